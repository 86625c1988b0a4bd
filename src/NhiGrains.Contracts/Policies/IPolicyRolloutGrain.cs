using NhiGrains.Domain.Policies;
using Orleans.Concurrency;

namespace NhiGrains.Contracts.Policies;

/// <summary>One look at all identities with a policy set, which may bring them in line; the key is the rollout's id.</summary>
[Alias("nhi.policy-rollout")]
public interface IPolicyRolloutGrain : IGrainWithStringKey
{
    /// <summary>Begins it, or sees to it that it goes on. Harmless however often it is asked.</summary>
    [Alias("run")]
    Task<RolloutView> Run(RolloutOrder order);

    /// <summary>How far it is; null when there is none with this id.</summary>
    [AlwaysInterleave]
    [Alias("get")]
    Task<RolloutView?> Get();

    /// <summary>What was found so far. While it runs more is added, also before a place that was read already.</summary>
    [AlwaysInterleave]
    [Alias("findings")]
    Task<RolloutFindings> Findings(RolloutPlace after, int first);
}

/// <summary>The part of a rollout that is about the identities of one catalog shard; the key is <c>rollout/shard</c>.</summary>
[Alias("nhi.policy-rollout-shard")]
public interface IRolloutShardGrain : IGrainWithStringKey
{
    /// <summary>Begins it, or goes on where it was; returns at once.</summary>
    [Alias("run")]
    Task<RolloutProgress> Run(RolloutOrder order);

    [AlwaysInterleave]
    [Alias("get")]
    Task<RolloutProgress> Get();

    [AlwaysInterleave]
    [Alias("findings")]
    Task<RolloutFindings> Findings(RolloutPlace after, int first);
}

/// <summary>Some findings of a rollout; the key is <c>rollout/shard/number</c>.</summary>
[Alias("nhi.policy-rollout-piece")]
public interface IRolloutPieceGrain : IGrainWithStringKey
{
    /// <summary>Durable when it returns.</summary>
    [Alias("put")]
    Task Put(IReadOnlyList<PolicyFinding> findings);

    [AlwaysInterleave]
    [Alias("get")]
    Task<IReadOnlyList<PolicyFinding>> Get();
}

public enum RolloutMode
{
    /// <summary>Nothing is done about what is there already.</summary>
    Leave,

    /// <summary>Those who have too much have it for a while.</summary>
    Grace,

    /// <summary>What is not permitted ends now.</summary>
    Now,
}

/// <param name="Grace">For <see cref="RolloutMode.Grace"/>.</param>
public sealed record RolloutPlan(RolloutMode Mode, TimeSpan Grace = default)
{
    public static RolloutPlan Leave { get; } = new(RolloutMode.Leave);
}

/// <param name="Mode"><see cref="RolloutMode.Leave"/> for a simulation.</param>
/// <param name="From">The version that was in force when it began.</param>
/// <param name="GraceUntil">For <see cref="RolloutMode.Grace"/>: the same instant for all.</param>
public sealed record RolloutOrder(string Id, RolloutMode Mode, string Version, string From, string Actor, string Why, DateTimeOffset At, DateTimeOffset? GraceUntil)
{
    public bool IsSimulation => Mode == RolloutMode.Leave;
}

public enum RolloutStatus
{
    Running,
    Done,

    /// <summary>Another set is in force by now, so it was given up: that set's own rollout says what is done.</summary>
    Superseded,
}

/// <param name="Total">Identities that there are to look at, as far as that is known yet.</param>
/// <param name="Examined">Identities that were looked at.</param>
/// <param name="Affected">Identities of which something was found.</param>
/// <param name="Unanswered">Identities that could not be asked; a rollout goes on asking, a simulation ends with them in the end.</param>
public sealed record RolloutProgress(RolloutStatus Status, int Total, int Examined, int Affected, int Findings, int Unanswered, DateTimeOffset? EndedAt)
{
    public static RolloutProgress None { get; } = new(RolloutStatus.Running, 0, 0, 0, 0, 0, null);

    /// <summary>Of both parts together.</summary>
    public RolloutProgress With(RolloutProgress other) => new(
        Status == RolloutStatus.Superseded || other.Status == RolloutStatus.Superseded ? RolloutStatus.Superseded
        : Status == RolloutStatus.Running || other.Status == RolloutStatus.Running ? RolloutStatus.Running : RolloutStatus.Done,
        Total + other.Total, Examined + other.Examined, Affected + other.Affected, Findings + other.Findings, Unanswered + other.Unanswered,
        EndedAt > other.EndedAt ? EndedAt : other.EndedAt);
}

public sealed record RolloutView(RolloutOrder Order, RolloutProgress Progress);

/// <summary>A place among the findings of a rollout: the next one to read.</summary>
public sealed record RolloutPlace(int Shard, int Piece, int Index)
{
    public static RolloutPlace Start { get; } = new(0, 0, 0);
}

/// <param name="Places">Beside each finding: the place after it.</param>
public sealed record RolloutFindings(IReadOnlyList<PolicyFinding> Found, IReadOnlyList<RolloutPlace> Places, bool HasMore);

public static class RolloutKeys
{
    public static string OfShard(string rollout, int shard) => $"{rollout}/{shard}";

    public static string OfPiece(string shardKey, int piece) => $"{shardKey}/{piece}";

    public static (string Rollout, int Shard) ShardIn(string key) =>
        (key[..key.LastIndexOf('/')], int.Parse(key[(key.LastIndexOf('/') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
}
