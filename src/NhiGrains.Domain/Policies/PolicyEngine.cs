using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>
/// Decides before anything is granted. Every rule that matches counts: a deny beats all, otherwise the most restrictive of
/// the permits holds (the shortest lifetime, the verbs that all of them permit). No match is a deny. The order of rules is the
/// order of the explanation and changes no outcome, so a permissive rule can never shadow a strict one that comes later.
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

    public static Decision Decide(PolicySet set, DecisionInput input)
    {
        // Each entitlement is decided by itself, so that a harmless one cannot carry another along.
        var parts = input.Entitlements.Select(entitlement => DecideOne(set, input, entitlement)).ToArray();
        var denied = parts.Where(part => part.Granted is null).ToArray();
        var matched = set.Rules.Select(rule => rule.Name).Where(name => parts.Any(part => part.Matched.Contains(name))).ToArray();
        var digest = Canonical.Digest(input);
        if (denied.Length > 0 || parts.Length == 0)
            return new(DecisionOutcome.Deny, [], TimeSpan.Zero, matched, [.. denied.SelectMany(part => part.Reasons).Distinct()], set.Version, digest, false);

        var lifetime = input.Lifetime is { } asked ? parts.Min(part => part.Lifetime ?? asked) : TimeSpan.Zero;
        var reduced = parts.Any(part => part.Reduced) || lifetime < (input.Lifetime ?? TimeSpan.Zero);
        return new(
            reduced ? DecisionOutcome.PermitReduced : DecisionOutcome.Permit,
            [.. parts.Select(part => part.Granted!)], // Those without were returned as a deny above.
            lifetime,
            matched,
            [.. parts.SelectMany(part => part.Reasons).Distinct()],
            set.Version,
            digest,
            parts.All(part => part.ControllerEnforced))
        {
            OnlyExact = parts.Any(part => part.OnlyExact),
            Bundle = parts.All(part => part.BestEffort) ? BundleMode.BestEffort : BundleMode.AllOrNothing,
        };
    }

    private static Part DecideOne(PolicySet set, DecisionInput input, Entitlement entitlement)
    {
        var matching = set.Rules.Where(rule => Matching.Matches(rule, input, entitlement)).ToArray();
        var names = matching.Select(rule => rule.Name).ToArray();
        var denies = matching.Where(rule => rule.Effect == PolicyEffect.Deny).ToArray();
        if (denies.Length > 0)
            return Part.No(names, [.. denies.Select(rule => $"Rule '{rule.Name}' denies it.")]);
        if (matching.Length == 0)
            return Part.No(names, [$"No rule permits this on {entitlement.Platform}."]);

        var granted = Cut(entitlement, matching);
        var reduced = Size(granted) < Size(entitlement);
        if (reduced && Size(granted) == 0)
            return Part.No(names, ["None of the verbs and native actions that were asked for is permitted."]);
        var limit = matching.Select(rule => rule.MaxLifetime).Min();
        var lifetime = limit < input.Lifetime ? limit : input.Lifetime;
        var reasons = Reasons(entitlement, granted, input.Lifetime, lifetime, matching);
        return new(
            names,
            granted,
            lifetime,
            reduced,
            matching.All(rule => rule.AllowControllerEnforcedEnd),
            reasons)
        {
            OnlyExact = matching.Any(rule => rule.OnlyExact),
            BestEffort = matching.All(rule => rule.Bundle == BundleMode.BestEffort),
        };
    }

    // Native actions are outside the verbs, so a permit of only some verbs permits none of them.
    private static Entitlement Cut(Entitlement asked, PolicyRule[] matching) => asked with
    {
        Verbs = [.. asked.Verbs.Where(verb => matching.All(rule => rule.OnlyVerbs?.Contains(verb) ?? true))],
        NativeActions = matching.All(rule => rule.OnlyVerbs is null) ? asked.NativeActions : null,
    };

    private static int Size(Entitlement entitlement) => entitlement.Verbs.Count + (entitlement.NativeActions?.Count ?? 0);

    private static string[] Reasons(Entitlement asked, Entitlement granted, TimeSpan? askedLifetime, TimeSpan? lifetime, PolicyRule[] matching)
    {
        var reasons = matching.Select(rule => $"Rule '{rule.Name}' permits it.").ToList();
        if (granted.Verbs.Count < asked.Verbs.Count)
            reasons.Add($"Cut: {string.Join(", ", asked.Verbs.Except(granted.Verbs))}.");
        if (granted.NativeActions is null && asked.NativeActions is { Count: > 0 } native)
            reasons.Add($"Cut: the native actions {string.Join(", ", native)}.");
        if (lifetime < askedLifetime)
            reasons.Add($"The lifetime was cut from {askedLifetime} to {lifetime}.");
        return [.. reasons];
    }

    private sealed record Part(
        IReadOnlyList<string> Matched,
        Entitlement? Granted,
        TimeSpan? Lifetime,
        bool Reduced,
        bool ControllerEnforced,
        IReadOnlyList<string> Reasons)
    {
        public bool OnlyExact { get; init; }

        public bool BestEffort { get; init; }

        public static Part No(IReadOnlyList<string> matched, IReadOnlyList<string> reasons) => new(matched, null, null, false, false, reasons);
    }
}
