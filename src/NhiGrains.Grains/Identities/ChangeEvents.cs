using NhiGrains.Contracts.Audit;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Grains.Identities;

/// <summary>What to tell the audit of a change of an identity: one event for each thing that changed (promise 9).</summary>
internal static class ChangeEvents
{
    public static IEnumerable<AuditEvent> Between(Identity? before, Identity after, DateTimeOffset at, Change change)
    {
        // Every command and wake comes by here, mostly with nothing that time has changed.
        if (ReferenceEquals(before, after))
            yield break;
        var changed = after.Grants.Where(grant => before?.Grants.Contains(grant) != true).ToArray();
        // The rest of the identity, without what moves along with every change of a grant.
        var rest = Digest(after);
        var restBefore = before is null ? null : Digest(before);
        if (rest != restBefore)
            yield return Event(after.Id, at, change, change.Action, restBefore, rest, AuditDetails.Of(before, after, change.RecordOf(before?.Intent, after.Intent), change.WholeOf(before?.Intent, after.Intent)));
        foreach (var risk in RiskChange.Between(before, after))
            yield return Event(after.Id, at, change with { Why = risk.Why ?? change.Why }, risk.Action, Canonical.Digest(before?.Risks ?? []), Canonical.Digest(after.Risks), risk.Details);
        foreach (var exception in ExceptionChange.Between(before, after))
            yield return Event(after.Id, at, change, exception.Action, exception.Before, exception.After, exception.Details);
        foreach (var grant in changed)
        {
            var old = before?.Grants.FirstOrDefault(known => known.Id == grant.Id);
            yield return Event(after.Id, at, change, ActionOf(old, grant, change.Action), old is null ? null : Canonical.Digest(old), Canonical.Digest(grant), DetailsOf(old, grant, after, at, change));
        }

        foreach (var review in ReviewChange.Between(before, after))
            yield return Event(after.Id, at, change, review.Action, review.Before, review.After, review.Details);
    }

    /// <summary>Policy said no to a change, so nothing has changed.</summary>
    public static AuditEvent Denial(Identity identity, DateTimeOffset at, Change change) =>
        Event(identity.Id, at, change, change.Action, Digest(identity), Digest(identity), AuditDetails.OfDenial(change.Record, change.GrantId));

    private static Dictionary<string, string> DetailsOf(Grant? before, Grant after, Identity identity, DateTimeOffset at, Change change)
    {
        var details = ApprovalDetails.AddTo(AuditDetails.Of(before, after, change.RecordOf(after)), before, after, identity.Profile.Owner.Team);
        return BreakGlassDetails.AddTo(details, before, after, identity, at);
    }

    private static AuditEvent Event(string id, DateTimeOffset at, Change change, string action, string? before, string after, Dictionary<string, string> details) =>
        new(AuditSources.OfIdentity(id), SourceSequence: 0, at, change.Actor, action, change.Why, before, after, details);

    // A credential that is handed out is told of by who hands it out.
    private static string Digest(Identity identity) => Canonical.Digest(identity with { Grants = [], Risks = [], Reviews = [], Exceptions = [], Holders = null, Generation = 0 });

    private static string ActionOf(Grant? before, Grant grant, string action) => grant.Status switch
    {
        GrantStatus.Active when before is ActiveGrant active && grant is ActiveGrant now && active.Awaiting.Count > now.Awaiting.Count && active.ExpiresAt == now.ExpiresAt => "grant.there-on-platform",
        GrantStatus.Active when before is ActiveGrant active && grant is ActiveGrant now && now.ExpiresAt < active.ExpiresAt => "grant.shortened",
        GrantStatus.Active when before is ActiveGrant && action is RolloutRules.PolicyChanged or RiskReviews.DecidedAnew => "grant.decided-anew",
        GrantStatus.Active when before is ActiveGrant => "grant.renewed",
        GrantStatus.PendingApproval => ApprovalDetails.ActionOf(before as PendingApprovalGrant, (PendingApprovalGrant)grant),
        GrantStatus.BecameIntent => "grant.became-intent",
        GrantStatus.ExpiredUnanswered => "grant.expired-unanswered",
        GrantStatus.Revoking when before is RevokingGrant => "grant.gone-on-platform",
        _ => "grant." + grant.Status.ToString().ToLowerInvariant(),
    };
}
