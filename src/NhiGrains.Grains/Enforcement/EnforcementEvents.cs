using System.Globalization;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Grains.Enforcement;

/// <summary>What to tell the audit of a change of enforcement: one event for each thing that changed (promise 9).</summary>
internal sealed class EnforcementEvents(string platform, string identityId)
{
    private string Source => AuditSources.OfEnforcement(platform, identityId);

    /// <param name="unnoticed">Drift that was found and put right in one go.</param>
    public IEnumerable<AuditEvent> Between(
        EnforcementState before, EnforcementState after, IReadOnlyList<DriftItem> unnoticed, string actor, string why, DateTimeOffset at)
    {
        var now = DriftItems.Open(after.Drift, after.Accepted, at).ToArray();
        var then = before.Drift.Where(item => !Accepts(before, item)).ToArray();
        foreach (var item in now.Concat(unnoticed).DistinctBy(item => item.Id).Where(item => then.All(known => known.Id != item.Id)))
            yield return Event("drift.detected", Actors.System, "observed", null, Canonical.Digest(item), at, DetailsOf(item));
        if ((before.Status, before.Generation) != (after.Status, after.Generation))
            yield return Event("enforcement." + after.Status.ToString().ToLowerInvariant(), actor, why, DigestOf(before), DigestOf(after), at, DetailsOf(after));
        foreach (var item in then.Concat(unnoticed).DistinctBy(item => item.Id).Where(item => now.All(known => known.Id != item.Id)))
            yield return Event(Accepts(after, item) ? "drift.accepted" : "drift.resolved", actor, why, Canonical.Digest(item), "", at, DetailsOf(item));
    }

    public AuditEvent CredentialIssued(string actor, string grantId, DateTimeOffset expiresAt, DateTimeOffset at) =>
        Event("credential.issued", actor, "asked for", null, "", at, new(StringComparer.Ordinal)
        {
            ["identity"] = identityId,
            ["platform"] = platform,
            ["grant"] = grantId,
            ["expiresAt"] = Canonical.Instant(expiresAt),
        });

    private static bool Accepts(EnforcementState state, DriftItem item) => state.Accepted.Any(accept => accept.DriftId == item.Id);

    private AuditEvent Event(
        string action, string actor, string why, string? before, string after, DateTimeOffset at, Dictionary<string, string> details) =>
        new(Source, SourceSequence: 0, at, actor, action, why, before, after, details);

    private static string DigestOf(EnforcementState state) =>
        Canonical.Digest(new { state.Status, state.Generation, Applied = Translation.DigestOf(state.Applied) });

    private Dictionary<string, string> DetailsOf(EnforcementState state)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["identity"] = identityId,
            ["platform"] = platform,
            ["generation"] = state.Generation.ToString(CultureInfo.InvariantCulture),
            ["message"] = state.Message,
            ["objects"] = Translation.DigestOf(state.Applied),
        };
        if (state.ResidualUntil is { } residual)
            details["residualUntil"] = Canonical.Instant(residual);
        return details;
    }

    private static Dictionary<string, string> DetailsOf(DriftItem item)
    {
        var difference = item.Difference;
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["identity"] = item.IdentityId,
            ["platform"] = item.Platform,
            ["drift"] = item.Id,
            ["kind"] = difference.Kind.ToString(),
            ["objectKind"] = difference.ObjectKind,
            ["key"] = difference.Key,
            ["ownership"] = difference.Ownership.ToString(),
        };
        if (difference.Desired is { } desired)
            details["desired"] = desired;
        if (difference.Observed is { } observed)
            details["observed"] = observed;
        return details;
    }
}
