using NhiGrains.Contracts.Policies;

namespace NhiGrains.Grains.Policies;

/// <summary>How far a rollout is with the identities of one catalog shard. What it found is stored in pieces beside it.</summary>
[GenerateSerializer]
[Alias("nhi.policy-rollout-shard-state")]
internal sealed record RolloutShardState
{
    /// <summary>The last identity of the catalog that was looked at; null before the first.</summary>
    [Id(0)]
    public string? After { get; init; }

    /// <summary>Whether the catalog has been read to its end.</summary>
    [Id(1)]
    public bool IsRead { get; init; }

    [Id(2)]
    public int Total { get; init; }

    [Id(3)]
    public int Examined { get; init; }

    [Id(4)]
    public int Affected { get; init; }

    /// <summary>How many findings each piece has.</summary>
    [Id(5)]
    public int[] Pieces { get; init; } = [];

    /// <summary>What the last look found is being acted on: it was stored before anybody was told to change.</summary>
    [Id(6)]
    public bool IsActing { get; init; }

    /// <summary>Those that could not be asked yet.</summary>
    [Id(7)]
    public string[] Unanswered { get; init; } = [];

    /// <summary>How often those that did not answer were asked again.</summary>
    [Id(8)]
    public int Rounds { get; init; }

    [Id(9)]
    public DateTimeOffset? EndedAt { get; init; }

    [Id(10)]
    public bool IsSuperseded { get; init; }

    /// <summary>Those that were looked at, and could not be told yet.</summary>
    [Id(11)]
    public string[] Untold { get; init; } = [];

    /// <summary>Whom the last look was about: they are told next.</summary>
    [Id(12)]
    public string[] Telling { get; init; } = [];

    public RolloutProgress Progress => new(
        IsSuperseded ? RolloutStatus.Superseded : EndedAt is null ? RolloutStatus.Running : RolloutStatus.Done,
        Total, Examined, Affected, Pieces.Sum(), Unanswered.Length + Untold.Length, EndedAt);
}
