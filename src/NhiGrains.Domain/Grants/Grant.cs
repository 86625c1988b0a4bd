using System.Text.Json.Serialization;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Grants;

/// <summary>What was asked for, as it was asked.</summary>
public sealed record AccessRequest(
    string RequestedBy,
    string Reason,
    IReadOnlyList<Entitlement> Entitlements,
    TimeSpan Lifetime,
    DateTimeOffset RequestedAt)
{
    /// <summary>Whose token asked, when it acts as or for an identity and names somebody besides; null otherwise.</summary>
    public string? Subject { get; init; }

    public string? Ticket { get; init; }

    /// <summary>Emergency access was asked for.</summary>
    public bool BreakGlass { get; init; }

    /// <summary>It is for standing access: <see cref="Entitlements"/> are to be the whole intent, and its lifetime is zero.</summary>
    public bool IsStanding { get; init; }

    /// <summary>As policy is asked: null for standing access.</summary>
    [JsonIgnore]
    public TimeSpan? LifetimeAsked => IsStanding ? null : Lifetime;

    /// <summary>
    /// What the requester showed, verified; once it was renewed, what the last renewal rests on. Empty in states from before that was
    /// asked for.
    /// </summary>
    public IReadOnlyList<VerifiedEvidence> Evidence { get; init; } = [];

    /// <summary>Who had it renewed last, by whose right it lasts since; null when nobody did, and in states from before that was kept.</summary>
    public string? RenewedBy { get; init; }

    /// <summary>As whose it is decided anew.</summary>
    [JsonIgnore]
    public string HeldBy => RenewedBy ?? RequestedBy;
}

public enum RevocationReason
{
    Expired,
    RevokedByRequest,
    IdentityOffboarded,
    PolicyChanged,

    /// <summary>One of its platforms refused it, or was not there in time, and policy wants all of it or nothing.</summary>
    BundleFailed,

    /// <summary>Something was noticed about the identity, or is over, for which policy suspends it or permits this no more.</summary>
    RiskSignal,

    /// <summary>It was there until a request was answered, and that one was.</summary>
    RequestAnswered,
}

/// <summary>
/// A grant in one of its states. A transition is a method of the state that it starts from, so an illegal one cannot be
/// written: <see cref="PendingApprovalGrant"/> to Active, BecameIntent, Denied or ExpiredUnanswered; <see cref="ActiveGrant"/> to
/// Active (renewed) or Revoking; <see cref="RevokingGrant"/> to Revoked. The rest are ends.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "state")]
[JsonDerivedType(typeof(PendingApprovalGrant), "PendingApproval")]
[JsonDerivedType(typeof(ActiveGrant), "Active")]
[JsonDerivedType(typeof(RevokingGrant), "Revoking")]
[JsonDerivedType(typeof(RevokedGrant), "Revoked")]
[JsonDerivedType(typeof(DeniedGrant), "Denied")]
[JsonDerivedType(typeof(IntentGrant), "BecameIntent")]
[JsonDerivedType(typeof(UnansweredGrant), "ExpiredUnanswered")]
public abstract record Grant(string Id, AccessRequest Request, Decision Decision)
{
    [JsonIgnore]
    public abstract GrantStatus Status { get; }

    /// <summary>The request that this one bridges the wait for: it ends when that is answered; null for others.</summary>
    public string? MeanwhileOf { get; init; }

    /// <summary>A request that was just decided: the only way into the state machine.</summary>
    public static Grant From(string id, AccessRequest request, Decision decision) => decision.Outcome switch
    {
        DecisionOutcome.Permit or DecisionOutcome.PermitReduced =>
            ActiveGrant.Begin(id, request, decision, request.RequestedAt),
        DecisionOutcome.RequireApproval => new PendingApprovalGrant(id, request, decision, request.RequestedAt + (decision.Approval?.AnswerWithin ?? decision.AnswerWithin)),
        _ => new DeniedGrant(id, request, decision),
    };
}

public enum GrantStatus
{
    PendingApproval,
    Active,
    Revoking,
    Revoked,
    Denied,
    ExpiredUnanswered,
    BecameIntent,
}

/// <summary>Waits for its approvers until <paramref name="AnswerBy"/>; silence is a no.</summary>
public sealed record PendingApprovalGrant(string Id, AccessRequest Request, Decision Decision, DateTimeOffset AnswerBy)
    : Grant(Id, Request, Decision)
{
    public override GrantStatus Status => GrantStatus.PendingApproval;

    /// <summary>The vote; null in states from before that was kept, which nobody can approve.</summary>
    public Ballot? Ballot { get; init; }

    /// <summary>What an approver left of the request; null: all of it.</summary>
    public NarrowedRequest? Narrowed { get; init; }

    /// <summary>What policy is asked for: what an approver left of the request.</summary>
    [JsonIgnore]
    public IReadOnlyList<Entitlement> EntitlementsAsked => Narrowed?.Entitlements ?? Request.Entitlements;

    /// <summary>The same for how long; null for standing access.</summary>
    [JsonIgnore]
    public TimeSpan? LifetimeAsked => Request.IsStanding ? null : Narrowed?.Lifetime ?? Request.Lifetime;

    /// <summary>Gives what was approved, from now on.</summary>
    /// <exception cref="InvalidOperationException">The quorum is not met, or voted on something else.</exception>
    public Grant Approve(Quorum quorum, DateTimeOffset now) =>
        !quorum.IsMet || quorum.Approvals.Any(approval => approval.PlanDigest != Ballot?.Digest)
            ? throw new InvalidOperationException($"The grant '{Id}' has no quorum.")
            : Request.IsStanding ? new IntentGrant(Id, Request, Decision, now) { Approvals = quorum.Approvals, PlanDigest = Ballot?.Digest }
            : ActiveGrant.Begin(Id, Request, Decision, now) with { Approvals = quorum.Approvals, PlanDigest = Ballot?.Digest };

    /// <summary>Gives what policy permits without an approval by now.</summary>
    /// <exception cref="InvalidOperationException">The decision permits nothing.</exception>
    public Grant Permit(Decision decision, DateTimeOffset now) =>
        decision.Outcome is not (DecisionOutcome.Permit or DecisionOutcome.PermitReduced)
            ? throw new InvalidOperationException($"The grant '{Id}' is not permitted.")
            : Request.IsStanding ? new IntentGrant(Id, Request, decision, now)
            : ActiveGrant.Begin(Id, Request, decision, now);

    public DeniedGrant Deny(Decision? decision = null) => new(Id, Request, decision ?? Decision);

    public DeniedGrant Deny(Rejection rejection) => Deny() with { Rejection = rejection };

    public UnansweredGrant Expire() => new(Id, Request, Decision);
}

/// <summary>What an approver left of a request: fewer entitlements or a shorter lifetime, never more.</summary>
public sealed record NarrowedRequest(IReadOnlyList<Entitlement> Entitlements, TimeSpan Lifetime, string By);

/// <summary>Gives access from <paramref name="Since"/> until <paramref name="ExpiresAt"/> (exclusive), whatever timers do.</summary>
public sealed record ActiveGrant(
    string Id,
    AccessRequest Request,
    Decision Decision,
    IReadOnlyList<Entitlement> Entitlements,
    DateTimeOffset Since,
    DateTimeOffset ExpiresAt)
    : Grant(Id, Request, Decision)
{
    public override GrantStatus Status => GrantStatus.Active;

    /// <summary>
    /// Of a grant that is all or nothing: the platforms that have not yet been seen with its access, without those where nothing of it
    /// begins with the grant. Empty for others, and when it was established everywhere: what fails later is no reason to take the rest back.
    /// </summary>
    public IReadOnlyList<string> Awaiting { get; init; } = [];

    /// <summary>Who approved it, each in their seat; empty when policy permitted it without.</summary>
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>What was approved; null when policy permitted it without.</summary>
    public string? PlanDigest { get; init; }

    /// <summary>When what was applied is taken back, because not every platform has come so far; null when nothing is awaited. Later when its identity was suspended meanwhile.</summary>
    [JsonIgnore]
    public DateTimeOffset? EstablishedBy => Awaiting.Count > 0 ? Since + BundleTime : null;

    /// <summary>How long the platforms of a grant that is all or nothing have to be there.</summary>
    public static TimeSpan BundleTime { get; } = TimeSpan.FromMinutes(2);

    public static ActiveGrant Begin(string id, AccessRequest request, Decision decision, DateTimeOffset since)
    {
        var bundle = decision.Bundle == BundleMode.AllOrNothing && PlatformsOf(decision.Entitlements).Length > 1;
        // What begins later gives nothing yet, so nothing of it can be seen.
        Entitlement[] begun = [.. decision.Entitlements.Where(entitlement => !(entitlement.Conditions.NotBefore > since))];
        return new(id, request, decision, decision.Entitlements, since, since + decision.Lifetime) { Awaiting = bundle ? PlatformsOf(begun) : [] };
    }

    /// <summary>A platform was seen with its access. The same value when that was known or does not matter.</summary>
    public ActiveGrant EstablishedOn(string platform) =>
        Awaiting.Contains(platform) ? this with { Awaiting = [.. Awaiting.Where(awaited => awaited != platform)] } : this;

    // Nothing is granted ahead of time: a clock that was set back takes nothing away.
    public bool IsAlive(DateTimeOffset now) => now < ExpiresAt;

    /// <summary>Moves the end, as a new decision of the same entitlements permits. Never shortens.</summary>
    /// <param name="evidence">What the new decision rests on.</param>
    /// <param name="by">Who asked for it.</param>
    public ActiveGrant Renew(Decision decision, IReadOnlyList<VerifiedEvidence> evidence, string by, DateTimeOffset now)
    {
        var end = now + decision.Lifetime;
        // What it has until then it has by the old decision, which may rest on less.
        return end > ExpiresAt ? this with { Decision = decision, ExpiresAt = end, Request = Request with { Evidence = evidence, RenewedBy = by } } : this;
    }

    public RevokingGrant BeginRevocation(RevocationReason reason, DateTimeOffset now) =>
        new(Id, Request, Decision, ExpiresAt, reason, now, PlatformsOf(Entitlements)) { MeanwhileOf = MeanwhileOf };

    private static string[] PlatformsOf(IReadOnlyList<Entitlement> entitlements) =>
        [.. entitlements.Select(entitlement => entitlement.Platform).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

/// <summary>Gives nothing any more; <paramref name="PendingPlatforms"/> have not yet been read back as without it.</summary>
public sealed record RevokingGrant(
    string Id,
    AccessRequest Request,
    Decision Decision,
    DateTimeOffset ExpiresAt,
    RevocationReason Reason,
    DateTimeOffset Since,
    IReadOnlyList<string> PendingPlatforms,
    DateTimeOffset? ResidualUntil = null)
    : Grant(Id, Request, Decision)
{
    public override GrantStatus Status => GrantStatus.Revoking;

    /// <summary>For <see cref="RevocationReason.BundleFailed"/>: where, and what was said.</summary>
    public string? Failure { get; init; }

    /// <summary>One platform was read back without the grant's access (promise 3). Revoked when it was the last one.</summary>
    public Grant ConfirmGone(string platform, DateTimeOffset now, DateTimeOffset? residualUntil)
    {
        var pending = PendingPlatforms.Where(pending => pending != platform).ToArray();
        var residual = residualUntil > ResidualUntil || ResidualUntil is null ? residualUntil : ResidualUntil;
        return pending.Length == 0
            ? new RevokedGrant(Id, Request, Decision, Reason, Since, now, residual, ExpiresAt) { Failure = Failure, MeanwhileOf = MeanwhileOf }
            : this with { PendingPlatforms = pending, ResidualUntil = residual };
    }
}

/// <param name="RevokingSince">When revocation began.</param>
/// <param name="RevokedAt">When the last platform was read back without it.</param>
/// <param name="ResidualUntil">Until when sessions, caches or tokens can still work; null when nothing lingers.</param>
/// <param name="ExpiresAt">When it ended, or was to end before it was revoked; null in states from before that was kept.</param>
public sealed record RevokedGrant(
    string Id,
    AccessRequest Request,
    Decision Decision,
    RevocationReason Reason,
    DateTimeOffset RevokingSince,
    DateTimeOffset RevokedAt,
    DateTimeOffset? ResidualUntil,
    DateTimeOffset? ExpiresAt = null)
    : Grant(Id, Request, Decision)
{
    public override GrantStatus Status => GrantStatus.Revoked;

    /// <summary>As <see cref="RevokingGrant.Failure"/>.</summary>
    public string? Failure { get; init; }
}

public sealed record DeniedGrant(string Id, AccessRequest Request, Decision Decision) : Grant(Id, Request, Decision)
{
    public override GrantStatus Status => GrantStatus.Denied;

    /// <summary>Who said no, when a person did; null when policy did, or its identity went.</summary>
    public Rejection? Rejection { get; init; }
}

public sealed record UnansweredGrant(string Id, AccessRequest Request, Decision Decision) : Grant(Id, Request, Decision)
{
    public override GrantStatus Status => GrantStatus.ExpiredUnanswered;
}

/// <summary>Standing access that was waited for: it is the identity's intent since <paramref name="Since"/>, or was until the next one.</summary>
public sealed record IntentGrant(string Id, AccessRequest Request, Decision Decision, DateTimeOffset Since) : Grant(Id, Request, Decision)
{
    public override GrantStatus Status => GrantStatus.BecameIntent;

    /// <summary>As <see cref="ActiveGrant.Approvals"/>.</summary>
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>As <see cref="ActiveGrant.PlanDigest"/>.</summary>
    public string? PlanDigest { get; init; }
}
