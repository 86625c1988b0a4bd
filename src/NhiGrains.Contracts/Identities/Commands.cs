using System.Text.Json.Serialization;
using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Contracts.Identities;

/// <param name="IdempotencyKey">Chosen by the caller, 1 to 128 characters; remembered for the identity's last commands.</param>
/// <param name="Actor">Who asks, as the front end authenticated it.</param>
public sealed record CommandEnvelope(string IdempotencyKey, string Actor, IdentityCommand Command)
{
    /// <summary>The identity that the caller's token acts as or for; null for a person.</summary>
    public string? ActorIdentity { get; init; }

    /// <summary>The subject of such a token, when it names one besides: whoever acted for an identity cannot approve what it asked for.</summary>
    public string? Subject { get; init; }

    /// <summary>Whether somebody else acts with the token in the place of the person whom it names.</summary>
    public bool IsDelegated { get; init; }

    /// <summary>Whether it is no person who acts in their own right: such a caller neither approves nor reviews.</summary>
    [JsonIgnore]
    public bool IsAgent => ActorIdentity is not null || IsDelegated;
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "command")]
[JsonDerivedType(typeof(RegisterIdentity), "register")]
[JsonDerivedType(typeof(UpdateIdentity), "update")]
[JsonDerivedType(typeof(SetIntent), "setIntent")]
[JsonDerivedType(typeof(RequestAccess), "requestAccess")]
[JsonDerivedType(typeof(RenewGrant), "renew")]
[JsonDerivedType(typeof(RevokeGrant), "revoke")]
[JsonDerivedType(typeof(SuspendIdentity), "suspend")]
[JsonDerivedType(typeof(ResumeIdentity), "resume")]
[JsonDerivedType(typeof(OffboardIdentity), "offboard")]
[JsonDerivedType(typeof(TransferOwnership), "transferOwnership")]
[JsonDerivedType(typeof(OwnerDeparted), "ownerDeparted")]
[JsonDerivedType(typeof(OwnerReturned), "ownerReturned")]
[JsonDerivedType(typeof(ReportRisk), "reportRisk")]
[JsonDerivedType(typeof(ClearRisk), "clearRisk")]
[JsonDerivedType(typeof(ApproveGrant), "approve")]
[JsonDerivedType(typeof(RejectGrant), "reject")]
[JsonDerivedType(typeof(WithdrawApproval), "withdrawApproval")]
[JsonDerivedType(typeof(UseGrant), "use")]
[JsonDerivedType(typeof(CloseReview), "closeReview")]
[JsonDerivedType(typeof(RequestException), "requestException")]
[JsonDerivedType(typeof(ApproveException), "approveException")]
[JsonDerivedType(typeof(RejectException), "rejectException")]
[JsonDerivedType(typeof(WithdrawExceptionApproval), "withdrawExceptionApproval")]
[JsonDerivedType(typeof(EndException), "endException")]
[JsonDerivedType(typeof(ReviewException), "reviewException")]
public abstract record IdentityCommand
{
    public sealed record RegisterIdentity(IdentityProfile Profile) : IdentityCommand;

    /// <param name="ExpectedGeneration">Refused unless the identity is at this generation; null: whatever it is at.</param>
    public sealed record UpdateIdentity(ProfileChanges Changes, long? ExpectedGeneration = null) : IdentityCommand;

    /// <param name="ExpectedGeneration">As above: an intent is replaced as a whole.</param>
    public sealed record SetIntent(IReadOnlyList<Entitlement> Entitlements, string Reason, long? ExpectedGeneration = null) : IdentityCommand;

    public sealed record RequestAccess(IReadOnlyList<Entitlement> Entitlements, TimeSpan Lifetime, string Reason) : IdentityCommand
    {
        /// <summary>The number of a ticket, at most 100 characters; null for none.</summary>
        public string? Ticket { get; init; }

        /// <summary>Emergency access: permitted by rules for that alone.</summary>
        public bool BreakGlass { get; init; }

        /// <summary>Verified, and taken into use for this identity.</summary>
        public IReadOnlyList<VerifiedEvidence> Evidence { get; init; } = [];
    }

    public sealed record RenewGrant(string GrantId, TimeSpan Lifetime, string Reason) : IdentityCommand
    {
        /// <summary>As for <see cref="RequestAccess"/>: it counts beside what still lasts of what was shown before.</summary>
        public IReadOnlyList<VerifiedEvidence> Evidence { get; init; } = [];
    }

    public sealed record RevokeGrant(string GrantId, string Reason) : IdentityCommand;

    public sealed record SuspendIdentity(string Reason) : IdentityCommand;

    public sealed record ResumeIdentity(string Reason) : IdentityCommand;

    public sealed record OffboardIdentity(string Reason) : IdentityCommand;

    public sealed record TransferOwnership(Owner Owner, string Reason) : IdentityCommand;

    /// <summary>Its owner may have departed: the directory is asked. Of somebody who does not own it, or is here: no change.</summary>
    public sealed record OwnerDeparted(string Person) : IdentityCommand;

    /// <summary>Its owner may be back: the directory is asked.</summary>
    public sealed record OwnerReturned(string Person) : IdentityCommand;

    /// <param name="Signal">
    /// As it was noticed; what becomes of it is decided when this is carried out. When it was noticed may be left at its default: then
    /// it is when this is carried out, so that the same call again is the same command.
    /// </param>
    /// <param name="Lifetime">From when it was noticed, in place of the signal's own end; null for that.</param>
    public sealed record ReportRisk(RiskSignal Signal, TimeSpan? Lifetime = null) : IdentityCommand;

    /// <param name="RiskKey">As <see cref="RiskSignal.Key"/>.</param>
    public sealed record ClearRisk(string RiskKey, string Reason) : IdentityCommand;

    /// <param name="PlanDigest">Of the plan that the approver has seen.</param>
    /// <param name="InPlaceOf">Who has delegated to the approver; null: the approver's own seat, or else that of anybody who has.</param>
    /// <param name="NarrowTo">What they approve of it; null: all of it.</param>
    public sealed record ApproveGrant(string GrantId, string PlanDigest, string Comment, string? InPlaceOf = null, Narrower? NarrowTo = null) : IdentityCommand;

    public sealed record RejectGrant(string GrantId, string Comment, string? InPlaceOf = null) : IdentityCommand;

    /// <summary>Takes one's own approval back, before the last one that is needed was given.</summary>
    public sealed record WithdrawApproval(string GrantId, string Comment) : IdentityCommand;

    /// <summary>
    /// The caller is about to be handed a credential, with which they can use all that the identity has. Of emergency access they cannot
    /// close the review from then on. Said twice, it is the same; its key is not remembered.
    /// </summary>
    public sealed record UseGrant(string GrantId) : IdentityCommand;

    /// <summary>Somebody else has looked at emergency access.</summary>
    /// <param name="GrantId">Which access it was.</param>
    public sealed record CloseReview(string GrantId, string Finding, bool Justified) : IdentityCommand;

    /// <summary>Asks for a departure from rules that permit one.</summary>
    public sealed record RequestException(
        string Name, IReadOnlyList<string> Rules, IReadOnlyList<Entitlement> Entitlements, TimeSpan Lifetime, string Justification) : IdentityCommand;

    /// <param name="PlanDigest">Of the exception that the approver has seen.</param>
    /// <param name="InPlaceOf">As for <see cref="ApproveGrant"/>.</param>
    public sealed record ApproveException(string Name, string PlanDigest, string Comment, string? InPlaceOf = null) : IdentityCommand;

    public sealed record RejectException(string Name, string Comment, string? InPlaceOf = null) : IdentityCommand;

    public sealed record WithdrawExceptionApproval(string Name, string Comment) : IdentityCommand;

    /// <param name="AsOperator">Whether the caller may end those of any identity, as the front end knows.</param>
    public sealed record EndException(string Name, string Why, bool AsOperator) : IdentityCommand;

    public sealed record ReviewException(string Name, string Note) : IdentityCommand;
}

/// <summary>Less than a plan: null stays as it is.</summary>
/// <param name="Entitlements">All of them, each within one of the plan's.</param>
public sealed record Narrower(IReadOnlyList<Entitlement>? Entitlements = null, TimeSpan? Lifetime = null);

/// <summary>Exactly one of a refusal and a view. A denied request is no refusal: its grant is Denied, with the decision.</summary>
public sealed record CommandAnswer(Refusal? Refusal, IdentityView? Identity, string? GrantId);

/// <param name="Lifetime">Null for standing access.</param>
public sealed record SimulationRequest(IReadOnlyList<Entitlement> Entitlements, TimeSpan? Lifetime)
{
    /// <summary>Who would ask.</summary>
    public string Actor { get; init; } = "simulation";

    public string? Ticket { get; init; }

    public bool BreakGlass { get; init; }

    /// <summary>Verified, and not taken into use.</summary>
    public IReadOnlyList<VerifiedEvidence> Evidence { get; init; } = [];
}

public sealed record SimulationAnswer(Refusal? Refusal, Decision? Decision, IReadOnlyList<PlatformPlan> Plans);

/// <summary>What would be on a platform if the entitlements were granted beside what the identity has; the fidelity is the request's own.</summary>
public sealed record PlatformPlan(string Platform, Translation Translation);

/// <param name="Sequence">Of the identity's last audited change; grows with every change that a reader can see.</param>
public sealed record IdentityView(Identity Identity, IReadOnlyList<EnforcementReport> Platforms, long Sequence);

/// <param name="Generation">The generation of the desired state that this is about.</param>
/// <param name="GrantsGone">Grants whose access was read back as gone (promise 3).</param>
/// <param name="RetryAt">When the next attempt, or the next look, is due; null when none is.</param>
/// <param name="Settled">Nothing is owed at this generation.</param>
/// <param name="ObservedDigest">Of what was seen (<see cref="Observation.OwnDigest"/>) and judged; null when that is not known.</param>
/// <param name="There">Everything that is wanted was read back, whether or not the platform's authorizer knows of it yet.</param>
/// <param name="Refused">The platform said no, and trying again without a change does not help.</param>
public sealed record EnforcementReport(
    string Platform,
    EnforcementStatus Status,
    long Generation,
    string Message,
    string? PrincipalNativeId,
    IReadOnlyList<string> GrantsGone,
    DateTimeOffset? ResidualUntil,
    DateTimeOffset? ObservedAt,
    DateTimeOffset? RetryAt,
    bool Settled,
    bool Refused = false,
    string? ObservedDigest = null,
    bool There = false);
