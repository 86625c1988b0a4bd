using GraphQL.Types;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Grants;
using NhiGrains.GraphQL.Approvals;
using NhiGrains.GraphQL.BreakGlass;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Evidence;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Policies;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Grants;

/// <summary>A grant, with the identity that has it.</summary>
internal sealed record GrantNode(IdentityView Identity, Grant Grant)
{
    public static GrantNode? Find(IdentityView? identity, string? grantId) =>
        identity?.Identity.Grants.FirstOrDefault(grant => grant.Id == grantId) is { } grant ? new(identity, grant) : null;
}

internal sealed class GrantStatusType() : DescribedEnum<GrantStatus>("GrantStatus", "Where a grant is in its life.",
    (GrantStatus.PendingApproval, "Waits for people to approve; silence is a no."),
    (GrantStatus.Active, "Gives access until it expires."),
    (GrantStatus.Revoking, "Gives nothing any more; not every platform was read back as without it."),
    (GrantStatus.Revoked, "Read back as gone on every platform."),
    (GrantStatus.Denied, "Never gave anything; its decision says why."),
    (GrantStatus.ExpiredUnanswered, "Nobody answered in time."),
    (GrantStatus.BecameIntent, "It was for standing access, and became the intent of its identity."));

internal sealed class RevocationReasonType() : DescribedEnum<RevocationReason>("RevocationReason", "Why a grant ended.",
    (RevocationReason.Expired, "Its time was over."),
    (RevocationReason.RevokedByRequest, "Somebody revoked it."),
    (RevocationReason.IdentityOffboarded, "Its identity was offboarded."),
    (RevocationReason.PolicyChanged, "Policy permits it no more: it, or what is said about the identity, has changed."),
    (RevocationReason.RiskSignal, "Something was noticed about the identity, or is over, for which policy suspends it or permits this no more."),
    (RevocationReason.BundleFailed, "One of its platforms refused it or was not there in time, and policy wants all of it or nothing."),
    (RevocationReason.RequestAnswered, "It was there until a request was answered, and that one was."));

internal sealed class GrantType : Described<GrantNode>
{
    public GrantType()
        : base("Grant", "An entitlement asked for, and its time-boxed result.")
    {
        Interface<NodeType>();
        Show("id", Of.Id, "The global id.", node => NodeIds.OfGrant(node.Identity.Identity.Id, node.Grant.Id));
        Show("grantId", Of.Text, "The id among the grants of its identity.", node => node.Grant.Id);
        Show("identityId", Of.Text, "Whose it is.", node => node.Identity.Identity.Id);
        Show("identity", Of.One<IdentityType>(), "Whose it is.", node => node.Identity);
        Show("status", Of.One<GrantStatusType>(), "Where it is in its life.", node => node.Grant.Status);
        Show("request", Of.One<AccessRequestType>(), "What was asked for.", node => node.Grant.Request);
        Show("decision", Of.One<DecisionType>(), "What policy answered.", node => node.Grant.Decision);
        Show("entitlements", Of.Many<EntitlementType>(), "What it gives, or gave, or would give once approved.",
            node => node.Grant is ActiveGrant active ? active.Entitlements : node.Grant.Decision.Entitlements);
        Show("since", Of.Maybe<InstantType>(), "Since when it is in its present status, where that is known.", node => GrantTimes.Since(node.Grant));
        Show("expiresAt", Of.Maybe<InstantType>(), "When it ends or ended, or was to end before it was revoked; null when it never gave anything, or not yet.", node => GrantTimes.ExpiresAt(node.Grant));
        Show("answerBy", Of.Maybe<InstantType>(), "Until when it can be approved.", node => (node.Grant as PendingApprovalGrant)?.AnswerBy);
        Show("approval", Of.Maybe<GrantApprovalType>(), "The vote on it, or what it was; null when it needed none.").ResolveAsync(async context => await GrantApproval.OfAsync(context.Source, context));
        Show("review", Of.Maybe<BreakGlassReviewType>(), "The review that emergency access owes, or owed; null for any other, and when it is history.", node => ReviewNode.Find(node.Identity, node.Grant.Id));
        Show("meanwhileOf", Of.Maybe<StringGraphType>(), "The grantId of the request that this one bridges the wait for; null for others.", node => node.Grant.MeanwhileOf);
        Show("rejection", Of.Maybe<RejectionType>(), "For DENIED: which person said no; null when policy did.", node => (node.Grant as DeniedGrant)?.Rejection);
        Show("revocationReason", Of.Maybe<RevocationReasonType>(), "Why it ended.", node => GrantTimes.Reason(node.Grant));
        Show("failure", Of.Maybe<StringGraphType>(), "For BUNDLE_FAILED: on which platform, and what it said.", node => GrantTimes.Failure(node.Grant));
        Show("outcomes", Of.Many<GrantOutcomeType>(), "For each platform that was asked for: how faithfully it says it, and what is known of it there.", GrantOutcome.Of);
        Show("pendingPlatforms", Of.Texts, "While REVOKING: where it was not yet read back as gone.",
            node => (node.Grant as RevokingGrant)?.PendingPlatforms ?? []);
        Show("revokedAt", Of.Maybe<InstantType>(), "When it was read back as gone everywhere.", node => (node.Grant as RevokedGrant)?.RevokedAt);
        Show("residualUntil", Of.Maybe<InstantType>(), "Until when sessions, caches or tokens can still work; null when nothing lingers.",
            node => GrantTimes.ResidualUntil(node.Grant));
    }
}

internal sealed class AccessRequestType : Described<AccessRequest>
{
    public AccessRequestType()
        : base("AccessRequest", "What was asked for, as it was asked.")
    {
        Show("requestedBy", Of.Text, "Who asked.", request => request.RequestedBy);
        Show("reason", Of.Text, "Why.", request => request.Reason);
        Show("entitlements", Of.Many<EntitlementType>(), "What for.", request => request.Entitlements);
        Show("lifetimeSeconds", Of.Maybe<FloatGraphType>(), "For how long, in seconds; null for standing access.", request => request.LifetimeAsked?.TotalSeconds);
        Show("standing", Of.Bool, "Whether it is for standing access: the entitlements are to be the whole intent.", request => request.IsStanding);
        Show("requestedAt", Of.Time, "When.", request => request.RequestedAt);
        Show("ticket", Of.Maybe<StringGraphType>(), "The number of a ticket; null when none was given.", request => request.Ticket);
        Show("breakGlass", Of.Bool, "Whether emergency access was asked for.", request => request.BreakGlass);
        Show("evidence", Of.Many<EvidenceType>(), "What the requester showed, as it was verified; of a grant that was renewed, what the last renewal rests on.", request => request.Evidence);
    }
}

/// <summary>What each state of a grant knows.</summary>
internal static class GrantTimes
{
    public static DateTimeOffset? Since(Grant grant) => grant switch
    {
        ActiveGrant active => active.Since,
        RevokingGrant revoking => revoking.Since,
        RevokedGrant revoked => revoked.RevokedAt,
        IntentGrant agreed => agreed.Since,
        PendingApprovalGrant or DeniedGrant => grant.Request.RequestedAt,
        _ => null,
    };

    public static DateTimeOffset? ExpiresAt(Grant grant) => grant switch
    {
        ActiveGrant active => active.ExpiresAt,
        RevokingGrant revoking => revoking.ExpiresAt,
        RevokedGrant revoked => revoked.ExpiresAt,
        _ => null,
    };

    public static RevocationReason? Reason(Grant grant) => grant switch
    {
        RevokingGrant revoking => revoking.Reason,
        RevokedGrant revoked => revoked.Reason,
        _ => null,
    };

    public static string? Failure(Grant grant) => grant switch
    {
        RevokingGrant revoking => revoking.Failure,
        RevokedGrant revoked => revoked.Failure,
        _ => null,
    };

    public static DateTimeOffset? ResidualUntil(Grant grant) => grant switch
    {
        RevokingGrant revoking => revoking.ResidualUntil,
        RevokedGrant revoked => revoked.ResidualUntil,
        _ => null,
    };
}
