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

    /// <summary>
    /// Ends it as <see cref="RolloutStatus.Superseded"/> as soon as what is under way has come to an end, unless it is at its own end by
    /// then. To be asked until it says that it has ended; harmless however often it is asked.
    /// </summary>
    [Alias("give-up")]
    Task<RolloutView> GiveUp(RolloutOrder order);

    /// <summary>How far it is; null when there is none with this id.</summary>
    [AlwaysInterleave]
    [Alias("get")]
    Task<RolloutView?> Get();

    /// <summary>What was found so far. While it runs more is added, also before a place that was read already.</summary>
    [AlwaysInterleave]
    [Alias("findings")]
    Task<RolloutFindings> Findings(RolloutPlace after, int first);

    /// <summary>Identities that could not be asked or told yet, by name, at most so many.</summary>
    [AlwaysInterleave]
    [Alias("unanswered")]
    Task<IReadOnlyList<string>> Unanswered(int most);

    /// <summary>
    /// Removes it with all that it found, some at a time: false when there is more, and it has to be asked again. Harmless however often
    /// it is asked; when it fails a part may be gone.
    /// </summary>
    [Alias("forget")]
    Task<bool> Forget();
}

/// <summary>The part of a rollout that is about the identities of one catalog shard; the key is <c>rollout/shard</c>.</summary>
[Alias("nhi.policy-rollout-shard")]
public interface IRolloutShardGrain : IGrainWithStringKey
{
    /// <summary>Begins it, or goes on where it was; returns at once.</summary>
    [Alias("run")]
    Task<RolloutProgress> Run(RolloutOrder order);

    /// <summary>As that of <see cref="IPolicyRolloutGrain"/>, for this shard; returns at once.</summary>
    [Alias("give-up")]
    Task<RolloutProgress> GiveUp(RolloutOrder order);

    [AlwaysInterleave]
    [Alias("get")]
    Task<RolloutProgress> Get();

    [AlwaysInterleave]
    [Alias("unanswered")]
    Task<IReadOnlyList<string>> Unanswered(int most);

    [AlwaysInterleave]
    [Alias("findings")]
    Task<RolloutFindings> Findings(RolloutPlace after, int first);

    /// <summary>As that of <see cref="IPolicyRolloutGrain"/>, for this shard.</summary>
    [Alias("forget")]
    Task<bool> Forget();
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

    /// <summary>Removes them; harmless when there are none.</summary>
    [Alias("forget")]
    Task Forget();
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

    /// <summary>Another set is in force by now, or another rollout was begun, so it was given up: the other one says what is done.</summary>
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
        Status == RolloutStatus.Running || other.Status == RolloutStatus.Running ? RolloutStatus.Running
        : Status == RolloutStatus.Superseded || other.Status == RolloutStatus.Superseded ? RolloutStatus.Superseded : RolloutStatus.Done,
        Total + other.Total, Examined + other.Examined, Affected + other.Affected, Findings + other.Findings, Unanswered + other.Unanswered,
        EndedAt > other.EndedAt ? EndedAt : other.EndedAt);
}

public sealed record RolloutView(RolloutOrder Order, RolloutProgress Progress);

/// <summary>For how long what was found is kept after the end. Then it is removed, and whoever asks for it is told so.</summary>
public static class RolloutRetention
{
    /// <summary>Of a simulation: it says what would have been, which is soon out of date.</summary>
    public static readonly TimeSpan OfSimulation = TimeSpan.FromDays(7);

    /// <summary>Of a rollout: as long as the longest time of grace, after which the last of what it began has happened.</summary>
    public static readonly TimeSpan OfRollout = TimeSpan.FromDays(90);

    public static TimeSpan Of(bool isSimulation) => isSimulation ? OfSimulation : OfRollout;
}

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
