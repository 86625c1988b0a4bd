using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Policies;

public enum PolicyFindingKind
{
    /// <summary>Access of an intent, or a whole grant, that the set does not permit.</summary>
    Lost,

    /// <summary>As <see cref="Lost"/>, but it would be permitted if people agreed.</summary>
    NeedsApproval,

    /// <summary>A grant that the set permits for less long than it has left.</summary>
    Shortened,

    /// <summary>It stays, but the set consents to less: to no end that only the controller keeps, or to nothing that is not exact.</summary>
    StricterTerms,

    /// <summary>A request that waits for approval and that the set denies.</summary>
    RequestDenied,

    /// <summary>A request that waits for approval and whose approvals are void: another set decides it, be it in the same way.</summary>
    RequestDecidedAnew,

    /// <summary>An exception in force, none of whose rules is what people agreed to lift. What rests on it is found by itself.</summary>
    ExceptionEnded,
}

/// <summary>What a policy set takes from one intent or grant, or asks for.</summary>
/// <param name="Owner">As it was when it was found.</param>
/// <param name="Source">A grant's id, or <see cref="Identity.IntentSource"/>; the name of an exception that ends.</param>
/// <param name="Lost">What ends; for a grant that is shortened, what ends earlier. Empty for what stays, and for requests, which give nothing yet.</param>
/// <param name="Reasons">The set's own, for people.</param>
public sealed record PolicyFinding(
    string IdentityId,
    Owner Owner,
    string Source,
    PolicyFindingKind Kind,
    IReadOnlyList<Entitlement> Lost,
    IReadOnlyList<string> Reasons)
{
    /// <summary>Who would have to agree; null unless approval is what is missing.</summary>
    public ApprovalRequirement? Needs { get; init; }

    /// <summary>Of a grant: when it ends, until the set is put to work on it.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Of a grant that is shortened: for how long from then on.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>Whether it takes something from what the identity has, be it only how it may be kept, and is not only about what was asked for.</summary>
    public bool TakesAccess => Kind is not (PolicyFindingKind.RequestDenied or PolicyFindingKind.RequestDecidedAnew or PolicyFindingKind.ExceptionEnded);
}

/// <summary>An identity has more than the policy set permits, and has it until an instant; then it is decided by the set that is in force then.</summary>
/// <param name="Version">Of the set that it was found by.</param>
public sealed record PolicyGrace(string Version, DateTimeOffset Until);
