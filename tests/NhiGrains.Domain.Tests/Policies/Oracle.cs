using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>What a decision comes down to.</summary>
/// <param name="Rules">Those that took part, sorted.</param>
internal sealed record Verdict(DecisionOutcome Outcome, IReadOnlyList<Entitlement> Granted, TimeSpan Lifetime, string Approval, string Flags, IReadOnlyList<string> Rules, string Exceptions)
{
    public static Verdict Of(Decision decision) => new(
        decision.Outcome, decision.Entitlements, decision.Lifetime, Canonical.Text(decision.Approval),
        $"{decision.AllowsControllerEnforcedEnd} {decision.OnlyExact} {decision.Bundle} {Canonical.Text(decision.Review)}",
        [.. decision.MatchedRules.Order(StringComparer.Ordinal)], string.Join(' ', decision.Exceptions));
}

/// <summary>
/// The policy engine once more, slow and naive, from its description: every rule is held against every single thing that an
/// entitlement reaches in a small world (<see cref="SmallWorld"/>).
/// </summary>
internal static class Oracle
{
    public static Verdict Decide(PolicySet set, DecisionInput input)
    {
        var parts = input.Entitlements.Select(entitlement => new Part(set, input, entitlement)).ToArray();
        string[] rules = [.. parts.SelectMany(part => part.Rules).Select(rule => rule.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var exceptions = string.Join(' ', parts.SelectMany(part => part.Used).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        if (parts.Length == 0 || parts.Any(part => part.Granted is null))
            return new(DecisionOutcome.Deny, [], TimeSpan.Zero, "null", $"False False {BundleMode.AllOrNothing} null", rules, exceptions);

        var limits = parts.SelectMany(part => part.Permitting.Concat(part.Approving)).ToArray();
        TimeSpan? lifetime = input.Lifetime is null ? null : parts.SelectMany(part => part.Ends).Concat(limits.Select(rule => rule.MaxLifetime)).Append(input.Lifetime).Min();
        var approvals = parts.SelectMany(part => part.Approving).Select(rule => rule.Approval).OfType<ApprovalRequirement>().ToArray();
        var reviews = parts.SelectMany(part => part.Permitting).Select(rule => rule.Review).OfType<ReviewTerms>().ToArray();
        Entitlement[] granted = [.. parts.Select(part => part.Granted).OfType<Entitlement>()];
        var less = lifetime < input.Lifetime || !input.Entitlements.Zip(granted).All(pair => Coverage.IsWithin(pair.First, pair.Second));
        return new(
            approvals.Length > 0 ? DecisionOutcome.RequireApproval : less ? DecisionOutcome.PermitReduced : DecisionOutcome.Permit,
            granted,
            lifetime ?? TimeSpan.Zero,
            Canonical.Text(approvals.Length == 0 ? null : approvals.Aggregate((all, one) => all.With(one))),
            $"{limits.All(rule => rule.AllowControllerEnforcedEnd)} {limits.Any(rule => rule.OnlyExact)} " +
            $"{(limits.All(rule => rule.Bundle == BundleMode.BestEffort) ? BundleMode.BestEffort : BundleMode.AllOrNothing)} " +
            Canonical.Text(reviews.Length == 0 ? null : reviews.Aggregate((all, one) => all.With(one))),
            rules, exceptions);
    }

    private sealed class Part
    {
        public Part(PolicySet set, DecisionInput input, Entitlement entitlement)
        {
            var covering = set.Rules.Where(rule => OracleMatch.Covers(set, rule, input, entitlement)).ToArray();
            var touching = set.Rules.Where(rule => OracleMatch.Touches(set, rule, input, entitlement)).ToArray();
            Permitting = [.. covering.Where(rule => input.BreakGlass ? rule.Effect == PolicyEffect.BreakGlass && input.Lifetime is not null : rule.Effect is PolicyEffect.Permit or PolicyEffect.RequireApproval)];
            var against = touching.Where(rule => rule.Effect switch
            {
                PolicyEffect.Deny => !(input.BreakGlass && rule.ExceptBreakGlass),
                PolicyEffect.RequireApproval => !input.BreakGlass,
                _ => false,
            }).ToArray();
            var lifted = against.Select(rule => (Rule: rule, By: LiftedBy(rule, input, entitlement))).Where(pair => pair.By is not null).ToArray();
            Used = [.. lifted.Select(pair => pair.By?.Name ?? "")];
            Ends = [.. lifted.Select(pair => pair.By?.EndsAt - input.At)];
            PolicyRule[] standing = [.. against.Except(lifted.Select(pair => pair.Rule))];
            Approving = [.. standing.Where(rule => rule.Effect == PolicyEffect.RequireApproval)];
            PolicyRule[] denying = [.. standing.Where(rule => rule.Effect == PolicyEffect.Deny)];
            Rules = [.. Permitting, .. Approving, .. denying];
            var limits = Permitting.Concat(Approving).ToArray();
            var refused = denying.Length > 0 || Permitting.Length == 0 || (string.IsNullOrEmpty(input.Ticket) && limits.Any(rule => rule.TicketRequired));
            Granted = refused ? null : Left(entitlement, limits);
        }

        public PolicyRule[] Rules { get; }

        public PolicyRule[] Permitting { get; }

        public PolicyRule[] Approving { get; }

        public string[] Used { get; }

        public TimeSpan?[] Ends { get; }

        public Entitlement? Granted { get; }

        private static ExceptionFact? LiftedBy(PolicyRule rule, DecisionInput input, Entitlement entitlement) =>
            rule.Exceptions is null || input.Lifetime is null ? null
            : input.Exceptions.Where(one => one.Rules.Contains(rule.Name) && one.EndsAt > input.At && one.Entitlements.Any(scope => Coverage.IsWithin(entitlement, scope)))
                .OrderByDescending(one => one.EndsAt).ThenBy(one => one.Name, StringComparer.Ordinal).FirstOrDefault();

        private static Entitlement? Left(Entitlement asked, PolicyRule[] limits)
        {
            var native = limits.Any(rule => rule.OnlyVerbs is not null) ? null : asked.NativeActions;
            var resources = limits.Select(rule => rule.OnlyResources).OfType<IReadOnlyList<string>>().Aggregate(asked.Resources, SmallWorld.Only);
            Verb[] verbs = [.. asked.Verbs.Where(verb => limits.All(rule => rule.OnlyVerbs is null || OracleMatch.AreNamed(rule.OnlyVerbs, verb, resources)))];
            return (verbs.Length == 0 && native is null) || resources.Count == 0 ? null : asked with { Verbs = verbs, NativeActions = native, Resources = resources };
        }
    }
}
