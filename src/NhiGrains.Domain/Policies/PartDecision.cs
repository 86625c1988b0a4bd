using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What the set says to one entitlement of a request.</summary>
/// <param name="Matched">The rules that took part.</param>
/// <param name="Granted">Null when it is denied.</param>
internal sealed record PartDecision(IReadOnlyList<CompiledRule> Matched, Entitlement? Granted, IReadOnlyList<string> Reasons)
{
    /// <summary>Null for standing access.</summary>
    public TimeSpan? Lifetime { get; init; }

    public bool Reduced { get; init; }

    public bool ControllerEnforced { get; init; }

    public bool OnlyExact { get; init; }

    public bool BestEffort { get; init; }

    public ApprovalRequirement? Approval { get; init; }

    public Entitlement? Meanwhile { get; init; }

    public TimeSpan? MeanwhileLifetime { get; init; }

    public ReviewTerms? Review { get; init; }

    public IReadOnlyList<string> Exceptions { get; init; } = [];

    public IReadOnlyList<RuleFinding> Findings { get; init; } = [];

    public static PartDecision Of(CompiledPolicy policy, Question question)
    {
        var rules = RulesFor.Of(policy, question);
        if (rules.Denying.Count > 0)
            return No(rules, [.. rules.Denying.Select(WhyDenied)], FindingsOf.Matched(rules.Denying, question));
        if (rules.Permitting.Count == 0)
            return No(rules, [NothingPermits(question)], FindingsOf.NearMisses(policy, question));
        if (rules.WithoutTicket(question.Input) is { Length: > 0 } ticketless)
            return No(rules, [.. ticketless.Select(rule => $"Rule '{rule.Rule.Name}' wants the number of a ticket with the request.")], FindingsOf.Matched(ticketless, question));
        var granted = Cuts.Apply(question, rules.Limiting);
        if (Cuts.IsNothing(granted))
            return No(rules, ["None of what was asked for is left by what the rules permit."], FindingsOf.Limits(rules, question, granted));
        return Yes(rules, question, granted);
    }

    private static PartDecision Yes(RulesFor rules, Question question, Entitlement granted)
    {
        var asked = question.Input.Lifetime;
        var lifetime = rules.Limiting.Select(rule => rule.Rule.MaxLifetime).Append(rules.UntilExceptionsEnd(question.Input)).Append(asked).Min();
        return new(rules.All, granted, ReasonsOf.Permit(rules, question.Entitlement, granted, asked, lifetime))
        {
            Lifetime = asked is null ? null : lifetime,
            Reduced = Cuts.IsLess(granted, question.Entitlement),
            ControllerEnforced = rules.Limiting.All(rule => rule.Rule.AllowControllerEnforcedEnd),
            OnlyExact = rules.Limiting.Any(rule => rule.Rule.OnlyExact),
            BestEffort = rules.Limiting.All(rule => rule.Rule.Bundle == BundleMode.BestEffort),
            Approval = rules.Approval,
            Meanwhile = asked is null ? null : rules.Meanwhile(question, granted),
            MeanwhileLifetime = rules.Approving.Select(rule => rule.Rule.Meanwhile?.MaxLifetime).Min(),
            Review = rules.Permitting.Select(rule => rule.Rule.Review).OfType<ReviewTerms>().Aggregate((ReviewTerms?)null, (all, one) => all?.With(one) ?? one),
            Exceptions = rules.ExceptionsUsed,
            Findings = FindingsOf.Limits(rules, question, granted),
        };
    }

    private static PartDecision No(RulesFor rules, string[] reasons, RuleFinding[] findings) => new(rules.All, null, reasons)
    {
        Exceptions = rules.ExceptionsUsed,
        Findings = findings,
    };

    private static string WhyDenied(CompiledRule rule) => rule.Rule.Effect == PolicyEffect.RequireApproval
        ? $"Rule '{rule.Rule.Name}' wants an approval that nobody can give."
        : $"Rule '{rule.Rule.Name}' denies it.";

    private static string NothingPermits(Question question) => question.Input.BreakGlass
        ? $"No rule permits emergency access to this on {question.Entitlement.Platform}."
        : $"No rule permits this on {question.Entitlement.Platform}.";
}
