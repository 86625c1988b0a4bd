using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Policies;

/// <summary>What of an intent a policy set still permits: each entitlement by itself, and what is left of them together.</summary>
internal static class IntentReconsideration
{
    /// <returns>The same intent when it stays as it is.</returns>
    public static (Intent Intent, IReadOnlyList<PolicyFinding> Findings) Of(Identity identity, DecideAnew decide)
    {
        var held = identity.Intent;
        var others = identity with { Intent = Intent.Empty };
        if (held.Entitlements.Count == 0 || decide(others, held.Entitlements, null, held.Decision, null) is not { } whole)
            return (held, []);
        if (Reconsideration.Permitted(whole, held.Decision) is { } permitted && EntitlementRules.AreSame(permitted.Entitlements, held.Entitlements))
        {
            return Reconsideration.IsStricter(held.Decision, permitted)
                ? (held with { Decision = permitted }, [Finding(identity, PolicyFindingKind.StricterTerms, [], [permitted])])
                : (held, []);
        }

        var parts = held.Entitlements.Select(entitlement => Part.Of(entitlement, decide(others, [entitlement], null, held.Decision, null), held.Decision)).ToArray();
        var left = Together(others, [.. parts.Select(part => part.Stays).OfType<Entitlement>()], decide, held);
        var lost = parts.SelectMany(part => part.Lost).ToList();
        // What is permitted by itself, and not together with the rest.
        if (left is null)
            lost.AddRange(parts.Where(part => part.Stays is not null).Select(part => new Loss(part.Stays!, Reconsideration.KindOf(whole), whole))); // Just looked.
        return (left ?? held with { Entitlements = [], Decision = whole },
        [
            .. lost.GroupBy(loss => loss.Kind).OrderBy(kind => kind.Key)
                .Select(kind => Finding(identity, kind.Key, [.. kind.Select(loss => loss.What)], [.. kind.Select(loss => loss.By)])),
        ]);
    }

    private static PolicyFinding Finding(Identity identity, PolicyFindingKind kind, IReadOnlyList<Entitlement> lost, IReadOnlyList<Decision> by) =>
        new(identity.Id, identity.Profile.Owner, Identity.IntentSource, kind, lost, [.. by.SelectMany(decision => decision.Reasons).Distinct(StringComparer.Ordinal)])
        {
            Needs = kind != PolicyFindingKind.NeedsApproval ? null
                : by.Select(decision => decision.Approval).OfType<ApprovalRequirement>().Aggregate((ApprovalRequirement?)null, (all, one) => all?.With(one) ?? one),
        };

    // What stays part by part has to be permitted as a whole; where it is not, nothing is: never wider than what was decided.
    private static Intent? Together(Identity others, Entitlement[] stays, DecideAnew decide, Intent held)
    {
        if (stays.Length == 0)
            return null;
        if (decide(others, stays, null, held.Decision, null) is not { } decision)
            return held with { Entitlements = stays, Decision = held.Decision is { } before ? before with { Entitlements = stays } : null };
        return Reconsideration.Permitted(decision, held.Decision) is { } permitted && EntitlementRules.AreSame(permitted.Entitlements, stays)
            ? held with { Entitlements = permitted.Entitlements, Decision = permitted }
            : null;
    }

    private sealed record Loss(Entitlement What, PolicyFindingKind Kind, Decision By);

    private sealed record Part(Entitlement? Stays, IReadOnlyList<Loss> Lost)
    {
        public static Part Of(Entitlement had, Decision? decision, Decision? held)
        {
            if (decision is null)
                return new(had, []);
            var stays = Reconsideration.Permitted(decision, held)?.Entitlements is [var permitted] ? permitted : null;
            // What people could agree to, and what they could not.
            var reachable = decision.Outcome == DecisionOutcome.RequireApproval && decision.Entitlements is [var asked] ? asked : stays;
            return new(stays,
            [
                .. Differences(had, reachable).Select(lost => new Loss(lost, PolicyFindingKind.Lost, decision)),
                .. reachable is null ? [] : Differences(reachable, stays).Select(lost => new Loss(lost, PolicyFindingKind.NeedsApproval, decision)),
            ]);
        }

        // Actions that are cut are lost on every resource; those that stay, on the resources that are cut. Of a selector that was narrowed
        // the rest cannot be said, so the whole of it is told.
        private static IEnumerable<Entitlement> Differences(Entitlement had, Entitlement? stays)
        {
            if (stays is null)
            {
                yield return had;
                yield break;
            }

            Verb[] verbs = [.. had.Verbs.Except(stays.Verbs)];
            string[] native = [.. (had.NativeActions ?? []).Except(stays.NativeActions ?? [], StringComparer.Ordinal)];
            ResourceSelector[] resources = [.. had.Resources.Where(resource => !stays.Resources.Any(left => Coverage.IsWithin(resource, left)))];
            if (verbs.Length > 0 || native.Length > 0)
                yield return had with { Verbs = verbs, NativeActions = native.Length > 0 ? native : null };
            if (resources.Length > 0)
                yield return stays with { Resources = resources };
        }
    }
}
