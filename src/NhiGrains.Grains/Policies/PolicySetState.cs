using NhiGrains.Contracts.Policies;
using NhiGrains.Grains.Audit;

namespace NhiGrains.Grains.Policies;

[GenerateSerializer]
[Alias("nhi.policy-set-state")]
internal sealed record PolicySetState
{
    /// <summary>The one in force, and nothing before the first. Earlier releases kept the last 20 here, the newest last.</summary>
    [Id(0)]
    public PolicyVersion[] Versions { get; init; } = [];

    [Id(1)]
    public AuditOutbox Outbox { get; init; } = AuditOutbox.Empty;

    /// <summary>The newest last, at most <see cref="PolicySetChanges.MaxHistory"/>; the contents are elsewhere.</summary>
    [Id(2)]
    public PolicyEntry[] History { get; init; } = [];

    /// <summary>The version that the policy file was in force as last.</summary>
    [Id(3)]
    public string? FromFile { get; init; }

    /// <summary>What was begun and is not known to have ended.</summary>
    [Id(4)]
    public RolloutOrder[] Open { get; init; } = [];

    /// <summary>The last orders, for their idempotency keys.</summary>
    [Id(5)]
    public DonePolicyOrder[] Done { get; init; } = [];

    /// <summary>What has ended, and what it found is kept: the one that ended last comes last.</summary>
    [Id(6)]
    public EndedRollout[] Ended { get; init; } = [];

    /// <summary>What is being removed, perhaps in part already.</summary>
    [Id(7)]
    public EndedRollout[] Removing { get; init; } = [];

    /// <summary>The ids of what was removed last.</summary>
    [Id(8)]
    public string[] Removed { get; init; } = [];

    /// <summary>Of those that are open: another set came into force, or another rollout was begun.</summary>
    [Id(9)]
    public string[] GivenUp { get; init; } = [];

    public PolicyVersion? InForce => Versions is [.., var last] ? last : null;
}

/// <param name="Digest">Of the order: the same key for another one is refused.</param>
[GenerateSerializer]
[Alias("nhi.done-policy-order")]
internal sealed record DonePolicyOrder([property: Id(0)] string Key, [property: Id(1)] string Digest, [property: Id(2)] string? RolloutId, [property: Id(3)] bool Applied);

/// <param name="Version">The policy set that it was about.</param>
[GenerateSerializer]
[Alias("nhi.ended-rollout")]
internal sealed record EndedRollout(
    [property: Id(0)] string Id, [property: Id(1)] string Version, [property: Id(2)] bool IsSimulation, [property: Id(3)] DateTimeOffset At);
