using System.Text.Json.Serialization;

namespace NhiGrains.Domain.Approvals;

/// <summary>Somebody who wants to answer.</summary>
/// <param name="IsAgent">Whether their token acts as or for an identity, whatever its name says.</param>
/// <param name="InPlaceOf">Whose seat they want to fill as a delegate; null: their own, or else that of anybody who has delegated to them.</param>
public sealed record Voter(string Name, bool IsAgent = false, string? InPlaceOf = null);

/// <summary>The yes of one person to exactly one plan.</summary>
/// <param name="OnBehalfOf">In whose place; null when in their own right.</param>
/// <param name="PlanDigest">Of what they have seen.</param>
/// <param name="Comment">At most <see cref="MaxComment"/> characters; may be empty.</param>
public sealed record Approval(string Approver, string? OnBehalfOf, string PlanDigest, string Comment, DateTimeOffset At)
{
    /// <summary>In UTF-16 code units.</summary>
    public const int MaxComment = 1_000;

    /// <summary>Once it has counted: the groups of the seat that it filled.</summary>
    public IReadOnlyList<string>? Seat { get; init; }

    /// <summary>Who sits when it counts: whose membership is asked for.</summary>
    [JsonIgnore]
    public string Sitting => OnBehalfOf ?? Approver;

    [JsonIgnore]
    public IReadOnlyList<string> People => OnBehalfOf is null ? [Approver] : [Approver, OnBehalfOf];
}

public enum VoidReason
{
    /// <summary>Whoever gave it took it back.</summary>
    Withdrawn,

    /// <summary>The request, its identity, the policy or a translation is another one by now.</summary>
    PlanChanged,

    /// <summary>It was for more than what another approver left of it.</summary>
    Narrowed,

    /// <summary>
    /// It was given in the place of somebody who has then voted; or it counted for nothing when one of those who were behind it voted anew,
    /// or another delegate in the same place.
    /// </summary>
    Superseded,
}

/// <summary>An approval that counts no more, and why.</summary>
public sealed record VoidedApproval(Approval Approval, VoidReason Why, DateTimeOffset At);

/// <summary>Who said no; the requester, when they took the request back.</summary>
public sealed record Rejection(string By, string? OnBehalfOf, string Comment, DateTimeOffset At);
