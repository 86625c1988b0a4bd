using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>
/// Decides before anything is granted. Every rule that matches counts: a deny beats all, otherwise the most restrictive of
/// what permits holds: people who have to agree, the shortest lifetime, the verbs and resources that all of them permit. No match is a
/// deny. The order of rules is the order of the explanation and changes no outcome, so a permissive rule can never shadow a strict
/// one that comes later.
/// </summary>
public static class PolicyEngine
{
    /// <summary>The longest lifetime that can be asked for at all; longer access is standing access.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(365);

    public static Refusal? CheckLifetime(TimeSpan lifetime) =>
        lifetime < TimeSpan.FromSeconds(1)
            ? new("INVALID_LIFETIME", "A lifetime is at least one second.", "Ask for a positive number of seconds.", "lifetimeSeconds")
            : lifetime > MaxLifetime
                ? new("INVALID_LIFETIME", $"A lifetime is at most {MaxLifetime.TotalDays:0} days.", "Ask for less, or give the identity an intent.", "lifetimeSeconds")
                : null;

    public static Decision Decide(PolicySet set, DecisionInput input) => Decide(CompiledPolicy.Of(set), input);

    public static Decision Decide(CompiledPolicy policy, DecisionInput input)
    {
        // Each entitlement is decided by itself, so that a harmless one cannot carry another along.
        var parts = input.Entitlements.Select(entitlement => PartDecision.Of(policy, new Question(input, entitlement, policy.CatalogueBy(input.Reading)))).ToArray();
        var matched = parts.SelectMany(part => part.Matched).Distinct().OrderBy(rule => rule.Position).ToArray();
        var about = new Answered(
            [.. matched.Select(rule => rule.Rule.Name)],
            [.. parts.SelectMany(part => part.Exceptions).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. matched.SelectMany(rule => rule.Rule.Notify ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            policy.Version,
            Canonical.Digest(input));
        return parts.Length == 0 || parts.Any(part => part.Granted is null) ? Denied(parts, about) : Granted(input, parts, about);
    }

    private static Decision Denied(PartDecision[] parts, Answered about)
    {
        var denied = parts.Where(part => part.Granted is null).ToArray();
        return about.As(DecisionOutcome.Deny, [], TimeSpan.Zero, [.. denied.SelectMany(part => part.Reasons).Distinct()]) with
        {
            Findings = [.. denied.SelectMany(part => part.Findings)],
        };
    }

    private static Decision Granted(DecisionInput input, PartDecision[] parts, Answered about)
    {
        var lifetime = input.Lifetime is { } asked ? parts.Min(part => part.Lifetime ?? asked) : TimeSpan.Zero;
        var reduced = parts.Any(part => part.Reduced) || lifetime < (input.Lifetime ?? TimeSpan.Zero);
        var approval = parts.Select(part => part.Approval).OfType<ApprovalRequirement>().Aggregate((ApprovalRequirement?)null, (all, one) => all?.With(one) ?? one);
        var outcome = approval is not null ? DecisionOutcome.RequireApproval : reduced ? DecisionOutcome.PermitReduced : DecisionOutcome.Permit;
        var decision = about.As(outcome, [.. parts.Select(part => part.Granted!)], lifetime, [.. parts.SelectMany(part => part.Reasons).Distinct()]) with
        {
            // Those without were returned as a deny before.
            AllowsControllerEnforcedEnd = parts.All(part => part.ControllerEnforced),
            AnswerWithin = approval?.AnswerWithin ?? default,
            OnlyExact = parts.Any(part => part.OnlyExact),
            Bundle = parts.All(part => part.BestEffort) ? BundleMode.BestEffort : BundleMode.AllOrNothing,
            Approval = approval,
            Review = parts.Select(part => part.Review).OfType<ReviewTerms>().Aggregate((ReviewTerms?)null, (all, one) => all?.With(one) ?? one),
            Findings = outcome == DecisionOutcome.Permit ? [] : [.. parts.SelectMany(part => part.Findings)],
        };
        return approval is null ? decision : decision with { Meanwhile = Meanwhile(decision, parts) };
    }

    // Only when every part that waits for people has something to give meanwhile: what was asked for as one is not torn apart.
    private static Decision? Meanwhile(Decision whole, PartDecision[] parts) =>
        parts.All(part => part.Approval is null || part.Meanwhile is not null)
            ? whole with
            {
                Outcome = DecisionOutcome.PermitReduced,
                Entitlements = [.. parts.Select(part => part.Approval is null ? part.Granted! : part.Meanwhile!)], // Checked above.
                Lifetime = parts.Select(part => part.MeanwhileLifetime).Append(whole.AnswerWithin).Append(whole.Lifetime).Min() ?? whole.AnswerWithin,
                Approval = null,
                AnswerWithin = default,
            }
            : null;

    /// <summary>What every decision about the same input says.</summary>
    private sealed record Answered(string[] Matched, string[] Exceptions, string[] Notify, string Version, string InputDigest)
    {
        public Decision As(DecisionOutcome outcome, Entitlement[] entitlements, TimeSpan lifetime, string[] reasons) =>
            new(outcome, entitlements, lifetime, Matched, reasons, Version, InputDigest, AllowsControllerEnforcedEnd: false) { Exceptions = Exceptions, Notify = Notify };
    }
}
