using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Identities;

/// <summary>What waits for approvers, in the life of its identity.</summary>
public static class PendingRequests
{
    public static Result<PendingApprovalGrant> Pending(this Identity identity, string grantId) =>
        identity.Grants.FirstOrDefault(grant => grant.Id == grantId) switch
        {
            null => new Refusal("UNKNOWN_GRANT", "The identity has no such grant.", "Ask the query 'grants' for its grants.", "grantId"),
            PendingApprovalGrant pending => pending,
            var answered => new Refusal("NOT_PENDING", $"The grant is {answered.Status} and waits for nobody.", "Nothing is to be done; request access anew if it is needed.", "grantId"),
        };

    /// <summary>Adds a request, and at once what may be granted until it is answered.</summary>
    /// <param name="meanwhileId">The id of the latter.</param>
    public static Result<Identity> AddRequest(this Identity identity, PendingApprovalGrant pending, string meanwhileId)
    {
        var added = identity.Add(pending);
        return added.IsOk && pending.Decision.Meanwhile is { Outcome: DecisionOutcome.Permit or DecisionOutcome.PermitReduced } meanwhile
            ? added.Value.Add(Bridge(pending, meanwhile, meanwhileId))
            : added;
    }

    /// <summary>The request with another vote. Nothing that is wanted changes by it, so the generation stays.</summary>
    public static Identity Vote(this Identity identity, PendingApprovalGrant pending) =>
        identity with { Grants = [.. identity.Grants.Select(grant => grant.Id == pending.Id ? pending : grant)] };

    /// <summary>
    /// Puts an answer in the place of the request, and ends what was granted until then, in the same step: what both give is there
    /// all the time (promise 4).
    /// </summary>
    public static Identity Answer(this Identity identity, Grant answered, DateTimeOffset now) => identity.Opened(answered) with
    {
        Intent = answered is IntentGrant agreed ? Intent.Of(agreed) : identity.Intent,
        // Behind the others: the oldest of those that have ended are forgotten first, and this one ends now.
        Grants = [.. identity.Grants.Where(grant => grant.Id != answered.Id).Select(grant => Ended(grant, answered.Id, now)), answered],
        Generation = identity.Generation + 1,
    };

    /// <summary>The intent that waits for approvers; there is at most one.</summary>
    public static PendingApprovalGrant? WaitingIntent(this Identity identity) =>
        identity.Grants.OfType<PendingApprovalGrant>().FirstOrDefault(pending => pending.Request.IsStanding);

    /// <summary>An intent is wanted as a whole, so the last one that was asked for is the one that is wanted.</summary>
    /// <param name="by">Who asked for that; null when it is not known.</param>
    public static Identity WithoutWaitingIntent(this Identity identity, string? by, DateTimeOffset now) => identity.WaitingIntent() is { } earlier
        ? identity.Answer(earlier.Deny(new Rejection(by ?? earlier.Request.RequestedBy, OnBehalfOf: null, "Another intent was asked for.", now)), now)
        : identity;

    /// <summary>Ends what was granted until a request is answered, although it is not.</summary>
    public static Identity EndMeanwhile(this Identity identity, string requestId, DateTimeOffset now) => identity with
    {
        Grants = [.. identity.Grants.Select(grant => Ended(grant, requestId, now))],
        Generation = identity.Generation + 1,
    };

    private static Grant Ended(Grant grant, string requestId, DateTimeOffset now) =>
        grant is ActiveGrant active && active.MeanwhileOf == requestId ? active.BeginRevocation(RevocationReason.RequestAnswered, now) : grant;

    // Its decision permits exactly what it gives (promise 1): not longer than there is something to wait for.
    private static ActiveGrant Bridge(PendingApprovalGrant pending, Decision meanwhile, string id)
    {
        var since = pending.Request.RequestedAt;
        var wait = pending.AnswerBy - since;
        var decision = meanwhile with { Lifetime = meanwhile.Lifetime < wait ? meanwhile.Lifetime : wait };
        return ActiveGrant.Begin(id, pending.Request, decision, since) with { MeanwhileOf = pending.Id };
    }
}
