using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>The rules that take part in the decision about one entitlement, by what they do there; each in the set's order.</summary>
/// <param name="Permitting">What has to permit it: permits and approvals that cover it, or for emergency access the rules for that.</param>
/// <param name="Approving">Approvals that touch it.</param>
/// <param name="ExceptionsUsed">The exceptions that lifted a rule; sorted.</param>
internal sealed record RulesFor(
    IReadOnlyList<CompiledRule> Permitting, IReadOnlyList<CompiledRule> Approving, IReadOnlyList<CompiledRule> Denying, IReadOnlyList<string> ExceptionsUsed)
{
    public IReadOnlyList<CompiledRule> All => [.. Permitting, .. Approving, .. Denying];

    /// <summary>Whose limits hold: who asks for more than an approval covers does not get around what it says.</summary>
    public IReadOnlyList<CompiledRule> Limiting { get; } = [.. Permitting.Union(Approving)];

    public ApprovalRequirement? Approval => Approving
        .Select(rule => rule.Rule.Approval).OfType<ApprovalRequirement>()
        .Aggregate((ApprovalRequirement?)null, (all, one) => all?.With(one) ?? one);

    public static RulesFor Of(CompiledPolicy policy, Question question)
    {
        List<CompiledRule> permitting = [], approving = [], denying = [];
        var used = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var rule in policy.Candidates(question))
        {
            var list = rule.Rule.Effect switch
            {
                PolicyEffect.Deny when Strikes(rule, question) => denying,
                PolicyEffect.RequireApproval when Strikes(rule, question) => rule.Rule.Approval?.CanBeMet == true ? approving : denying,
                _ => null,
            };
            if (list is not null && LiftedBy(rule, question) is { } exception)
                used.Add(exception);
            else
                list?.Add(rule);
            if (Permits(rule, question))
                permitting.Add(rule);
        }

        return new(permitting, approving, denying, [.. used]);
    }

    /// <summary>The rules that want the number of a ticket, when there is none.</summary>
    public CompiledRule[] WithoutTicket(DecisionInput input) =>
        string.IsNullOrWhiteSpace(input.Ticket) ? [.. Limiting.Where(rule => rule.Rule.TicketRequired)] : [];

    /// <summary>What may be had until people have agreed: what all of the rules that ask for them leave; null for nothing.</summary>
    public Entitlement? Meanwhile(Question question, Entitlement granted)
    {
        if (Approving.Count == 0 || Approving.Any(rule => rule.Rule.Meanwhile is null))
            return null;
        var types = question.TypesOfMoreIn(granted.Resources);
        var verbs = granted.Verbs.Where(verb => Approving.All(rule => rule.Rule.Meanwhile is { } meanwhile && VerbsInVerbs.Cover(meanwhile.OnlyVerbs, types, verb))).ToArray();
        return verbs.Length == 0 ? null : granted with { Verbs = verbs, NativeActions = null };
    }

    /// <summary>Access that rests on an exception ends with it.</summary>
    public TimeSpan? UntilExceptionsEnd(DecisionInput input) => input.Exceptions
        .Where(exception => exception.EndsAt > input.At && ExceptionsUsed.Contains(exception.Name))
        .Select(exception => (TimeSpan?)(exception.EndsAt - input.At))
        .Min();

    private static bool Permits(CompiledRule rule, Question question) => rule.Rule.Effect switch
    {
        // It ends, and somebody looks at it afterwards.
        PolicyEffect.BreakGlass => question.Input is { BreakGlass: true, Lifetime: not null } && rule.Rule.Review is not null,
        PolicyEffect.Permit or PolicyEffect.RequireApproval => !question.Input.BreakGlass,
        _ => false,
    } && Matching.Matches(rule, question, Fit.Covers);

    // Who asks in an emergency waits for nobody; what is forbidden stays so unless the rule itself stands aside.
    private static bool Strikes(CompiledRule rule, Question question) =>
        !(question.Input.BreakGlass && (rule.Rule.Effect == PolicyEffect.RequireApproval || rule.Rule.ExceptBreakGlass))
        && Matching.Matches(rule, question, Fit.Touches);

    // Standing access has no end to cut to that of the exception.
    private static string? LiftedBy(CompiledRule rule, Question question) => rule.Rule.Exceptions is null || question.Input.Lifetime is null ? null
        : question.Input.Exceptions
            .Where(exception => exception.EndsAt > question.Input.At && exception.Rules.Contains(rule.Rule.Name)
                && exception.Entitlements.Any(scope => Coverage.IsWithin(question.Entitlement, scope)))
            .OrderByDescending(exception => exception.EndsAt).ThenBy(exception => exception.Name, StringComparer.Ordinal)
            .Select(exception => exception.Name)
            .FirstOrDefault();
}
