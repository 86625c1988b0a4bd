using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Risk;

/// <summary>
/// What signals that came or went take from an identity. What policy does not permit anyhow is not theirs to take: it was left by whoever
/// put the policy in force, or is let be for a time of grace.
/// </summary>
public static class RiskReconsideration
{
    /// <param name="without">What policy makes of the identity with the signals as they were.</param>
    /// <param name="with">What it makes of the identity with the signals as they are.</param>
    /// <returns>What is in line is the same value when they take nothing; the findings are those about what they take.</returns>
    public static Reconsidered Of(Identity identity, Reconsidered without, Reconsidered with)
    {
        var intent = Of(identity.Intent, without.InLine.Intent, with.InLine.Intent);
        Grant[] grants = [.. identity.Grants.Select((grant, at) => Of(grant, without.InLine.Grants[at], with.InLine.Grants[at]))];
        var taken = grants.Except(identity.Grants, ReferenceEqualityComparer.Instance).OfType<Grant>().Select(grant => grant.Id).ToHashSet(StringComparer.Ordinal);
        if (!ReferenceEquals(intent, identity.Intent))
            taken.Add(Identity.IntentSource);
        return new(
            taken.Count == 0 ? identity : (identity with { Intent = intent, Grants = grants }).AsNextGeneration(),
            [.. with.Findings.Where(found => taken.Contains(found.Source))]);
    }

    private static Intent Of(Intent intent, Intent without, Intent with) =>
        Coverage.AreWithin(without.Entitlements, with.Entitlements) && !(with.Decision is { } now && Reconsideration.IsStricter(without.Decision, now)) ? intent : with;

    private static Grant Of(Grant grant, Grant without, Grant with) => (without, with) switch
    {
        (ActiveGrant, RevokingGrant ending) => ending with { Reason = RevocationReason.RiskSignal },
        (ActiveGrant earlier, ActiveGrant now) when now.ExpiresAt < earlier.ExpiresAt || Reconsideration.IsStricter(earlier.Decision, now.Decision) => now,
        _ => grant,
    };
}
