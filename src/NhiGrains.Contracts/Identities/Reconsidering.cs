using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Contracts.Identities;

/// <param name="Version">Of the policy set. To change something it has to be the one in force.</param>
/// <param name="Mode"><see cref="RolloutMode.Leave"/>: changes nothing, and says what it would.</param>
/// <param name="GraceUntil">For <see cref="RolloutMode.Grace"/>.</param>
public sealed record ReconsiderOrder(string Version, RolloutMode Mode, DateTimeOffset? GraceUntil, string Actor, string Why);

/// <param name="IsSuperseded">Another set is in force, so nothing was done.</param>
public sealed record ReconsiderAnswer(IReadOnlyList<PolicyFinding> Findings, bool IsSuperseded = false)
{
    /// <summary>Whether it has a time of grace by an earlier set, which this one may have no reason for.</summary>
    public bool HasGrace { get; init; }

    public static ReconsiderAnswer Nothing { get; } = new([]);
}
