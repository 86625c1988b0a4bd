using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Policies;

/// <summary>What of an intent a policy set still permits: each entitlement by itself, and what is left of them together.</summary>
internal static class IntentReconsideration
{
    /// <returns>The same intent when it stays as it is.</returns>
    public static (Intent Intent, PolicyFinding? Finding) Of(Identity identity, DecideAnew decide)
    {
        var held = identity.Intent;
        var others = identity with { Intent = Intent.Empty };
        if (held.Entitlements.Count == 0 || decide(others, held.Entitlements, null, held.Decision, null) is not { } whole)
            return (held, null);
        if (Reconsideration.Permitted(whole, held.Decision) is { } permitted && Reconsideration.Same(permitted.Entitlements, held.Entitlements))
        {
            return Reconsideration.IsStricter(held.Decision, permitted)
                ? (held with { Decision = permitted }, new(identity.Id, identity.Profile.Owner, Identity.IntentSource, PolicyFindingKind.StricterTerms, [], permitted.Reasons))
                : (held, null);
        }

        var parts = held.Entitlements.Select(entitlement => Part.Of(entitlement, decide(others, [entitlement], null, held.Decision, null), held.Decision)).ToArray();
        var left = Together(others, [.. parts.Select(part => part.Stays).OfType<Entitlement>()], decide, held.Decision);
        IReadOnlyList<Entitlement> lost = left is null ? held.Entitlements : [.. parts.Select(part => part.Lost).OfType<Entitlement>()];
        var missing = parts.Select(part => part.Decision).OfType<Decision>().FirstOrDefault(decision => decision.Approval is not null) ?? whole;
        string[] reasons = [.. parts.Where(part => part.Lost is not null).SelectMany(part => part.Decision?.Reasons ?? []).Concat(left is null ? whole.Reasons : []).Distinct(StringComparer.Ordinal)];
        var found = new PolicyFinding(identity.Id, identity.Profile.Owner, Identity.IntentSource, Reconsideration.KindOf(missing), lost, reasons) { Needs = missing.Approval };
        return (held with { Entitlements = left?.Entitlements ?? [], Decision = left ?? whole }, found);
    }

    // What stays part by part has to be permitted as a whole; where it is not, nothing is: never wider than what was decided.
    private static Decision? Together(Identity others, Entitlement[] stays, DecideAnew decide, Decision? held) =>
        stays.Length > 0 && decide(others, stays, null, held, null) is { } decision
        && Reconsideration.Permitted(decision, held) is { } permitted && Reconsideration.Same(permitted.Entitlements, stays)
            ? permitted
            : null;

    private sealed record Part(Entitlement? Stays, Entitlement? Lost, Decision? Decision)
    {
        public static Part Of(Entitlement had, Decision? decision, Decision? held) =>
            decision is null ? new(had, null, null)
            : Reconsideration.Permitted(decision, held)?.Entitlements is [var stays] ? new(stays, Difference(had, stays), decision)
            : new(null, had, decision);

        private static Entitlement? Difference(Entitlement had, Entitlement stays)
        {
            if (Canonical.Text(had) == Canonical.Text(stays))
                return null;
            Verb[] verbs = [.. had.Verbs.Except(stays.Verbs)];
            string[] native = [.. (had.NativeActions ?? []).Except(stays.NativeActions ?? [], StringComparer.Ordinal)];
            ResourceSelector[] resources = [.. had.Resources.Except(stays.Resources)];
            return verbs.Length > 0 || native.Length > 0 ? had with { Verbs = verbs, NativeActions = native.Length > 0 ? native : null }
                : resources.Length > 0 ? had with { Resources = resources }
                : had;
        }
    }
}
