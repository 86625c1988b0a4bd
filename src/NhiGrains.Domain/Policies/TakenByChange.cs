using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Policies;

/// <summary>
/// What one change takes from an identity, under a policy set that may not permit all of it anyhow: what it was left with when the set came
/// into force, or has a time of grace for, is not the change's to take.
/// </summary>
public static class TakenByChange
{
    /// <param name="without">What policy makes of the identity as it was.</param>
    /// <param name="with">What it makes of the identity as it is.</param>
    /// <param name="reason">Of what ends by it.</param>
    /// <returns>What is in line is the same value when nothing is taken; the findings are those about what is.</returns>
    public static Reconsidered Of(Identity identity, Reconsidered without, Reconsidered with, RevocationReason reason = RevocationReason.PolicyChanged)
    {
        var intent = Of(identity.Intent, without.InLine.Intent, with.InLine.Intent);
        Grant[] grants = [.. identity.Grants.Select((grant, at) => Of(grant, without.InLine.Grants[at], with.InLine.Grants[at], reason))];
        var taken = grants.Except(identity.Grants, ReferenceEqualityComparer.Instance).OfType<Grant>().Select(grant => grant.Id).ToHashSet(StringComparer.Ordinal);
        if (!ReferenceEquals(intent, identity.Intent))
            taken.Add(Identity.IntentSource);
        return new(
            taken.Count == 0 ? identity : (identity with { Intent = intent, Grants = grants }).AsNextGeneration(),
            [.. with.Findings.Where(found => taken.Contains(found.Source))]);
    }

    private static Intent Of(Intent intent, Intent without, Intent with) =>
        Coverage.AreWithin(without.Entitlements, with.Entitlements) && !(with.Decision is { } now && Reconsideration.IsStricter(without.Decision, now)) ? intent : with;

    private static Grant Of(Grant grant, Grant without, Grant with, RevocationReason reason) => (without, with) switch
    {
        (ActiveGrant, RevokingGrant ending) => ending with { Reason = reason },
        (ActiveGrant earlier, ActiveGrant now) when now.ExpiresAt < earlier.ExpiresAt || Reconsideration.IsStricter(earlier.Decision, now.Decision) => now,
        _ => grant,
    };
}
