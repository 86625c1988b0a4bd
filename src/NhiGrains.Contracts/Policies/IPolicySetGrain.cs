using System.Text.Json.Serialization;
using NhiGrains.Domain.Policies;
using Orleans.Concurrency;

namespace NhiGrains.Contracts.Policies;

/// <summary>Which version of a policy set is in force, and which ones were; the key is the set's name.</summary>
[Alias("nhi.policy-set")]
public interface IPolicySetGrain : IGrainWithStringKey
{
    /// <summary>
    /// The set in force; the empty set, which denies everything, before one was applied. Never one that is not stored yet, and never one
    /// that is not known to have been in force within the last seconds: an exception then.
    /// </summary>
    [AlwaysInterleave] // Every command of every identity asks.
    [Alias("current")]
    Task<PolicyVersion> Current();

    /// <summary>The same without the content.</summary>
    [AlwaysInterleave]
    [Alias("current-version")]
    Task<string> CurrentVersion();

    /// <summary>
    /// Puts a set in force, once per idempotency key, and answers after that is durable (promise 7). The content that is in force
    /// already changes nothing. Codes: POLICY_CONFLICT, POLICY_LOCKOUT, POLICY_TOO_LARGE, NOT_POLICY_ADMINISTRATOR.
    /// </summary>
    [Alias("put-in-force")]
    Task<PolicyAnswer> Apply(PolicyOrder order);

    /// <summary>Puts a version in force again that was before. As <see cref="Apply"/>; and UNKNOWN_POLICY_VERSION.</summary>
    [Alias("roll-back")]
    Task<PolicyAnswer> RollBack(RollbackOrder order);

    /// <summary>
    /// Begins to look at what a set would take from all identities; the answer is durable, and the work goes on by itself. Codes:
    /// UNKNOWN_POLICY_VERSION, POLICY_TOO_LARGE, TOO_MANY_SIMULATIONS; and POLICY_FINDINGS_REMOVED for an idempotency key of long ago.
    /// </summary>
    [Alias("simulate")]
    Task<SimulationBegun> Simulate(PolicySimulation simulation);

    /// <summary>What was put in force, the newest first.</summary>
    [Alias("history")]
    Task<PolicyHistory> History(long? before, int first);

    /// <summary>
    /// Whether what a simulation or a rollout found was removed, since it ended long ago (<see cref="RolloutRetention"/>). False for an id
    /// that there never was, and for those that were removed before many others.
    /// </summary>
    [AlwaysInterleave]
    [Alias("was-removed")]
    Task<bool> WasRemoved(string rolloutId);

    /// <summary>
    /// Sees to it that what was begun goes on, whichever silo died meanwhile, and that what ended long ago is removed. To be asked again and
    /// again.
    /// </summary>
    [Alias("keep")]
    Task Keep();
}

public sealed record PolicyVersion(PolicySet Set, string Version, DateTimeOffset InForceSince, string AppliedBy);

/// <param name="IdempotencyKey">Chosen by the caller, 1 to 128 characters; remembered for the last orders.</param>
public sealed record PolicyOrder(string IdempotencyKey, string Actor, string Why, PolicySet Set)
{
    /// <summary>Refused unless this version is in force; null: whichever is.</summary>
    public string? ExpectedVersion { get; init; }

    /// <summary>Only says what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>Puts it in force although nobody may change the policy afterwards.</summary>
    public bool OverrideLockout { get; init; }

    /// <summary>
    /// The set is what the policy file says: it is put in force only when the file says something else than it did when it was put in
    /// force last, so that a file that did not change takes nothing back that was applied since.
    /// </summary>
    public bool FromFile { get; init; }

    /// <summary>
    /// Of a file that nobody has changed since the process began: what was in force before, and is not now, is not put in force again.
    /// Whoever begins with an old file undoes nothing by that.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // The digests of other orders are what they were.
    public bool AtStart { get; init; }

    public RolloutPlan Rollout { get; init; } = RolloutPlan.Leave;
}

/// <param name="Version">One that was in force.</param>
public sealed record RollbackOrder(string IdempotencyKey, string Actor, string Why, string Version)
{
    public string? ExpectedVersion { get; init; }

    public bool OverrideLockout { get; init; }

    public RolloutPlan Rollout { get; init; } = RolloutPlan.Leave;
}

/// <summary>Exactly one of <paramref name="Refusal"/> and <paramref name="InForce"/>.</summary>
/// <param name="InForce">What is in force now; for a dry run, still.</param>
/// <param name="Diff">From what was in force before to the set of the order.</param>
/// <param name="Applied">Whether something else is in force than before.</param>
/// <param name="RolloutId">Of the work that brings identities in line; null when there is none.</param>
public sealed record PolicyAnswer(Domain.Refusal? Refusal, PolicyVersion? InForce, PolicyDiff? Diff, IReadOnlyList<string> Warnings, bool Applied, string? RolloutId)
{
    public static PolicyAnswer Of(Domain.Refusal refusal) => new(refusal, null, null, [], Applied: false, RolloutId: null);
}

/// <param name="Set">Null: <paramref name="Version"/> says which.</param>
/// <param name="Version">One that was in force; null: <paramref name="Set"/> is the candidate.</param>
public sealed record PolicySimulation(string IdempotencyKey, string Actor, PolicySet? Set, string? Version);

public sealed record SimulationBegun(Domain.Refusal? Refusal, string? RolloutId, PolicyDiff? Diff);

/// <summary>A version was put in force.</summary>
/// <param name="Number">Counts from 1, without gaps.</param>
/// <param name="From">The version that was in force before; null for the first one.</param>
/// <param name="IsRollback">Whether it had been in force before, and that was asked for.</param>
public sealed record PolicyEntry(long Number, string Version, string Name, int Rules, DateTimeOffset At, string By, string Why, string? From, bool IsRollback, string? RolloutId);

/// <param name="Total">How many there ever were; the oldest are in the audit only.</param>
public sealed record PolicyHistory(IReadOnlyList<PolicyEntry> Entries, bool HasMore, long Total);

public static class PolicySets
{
    /// <summary>The name of the set that decides.</summary>
    public const string Main = "main";

    /// <summary>For programs that put a set in force as it is, with nothing to ask and nobody to bring in line.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public static async Task<PolicyVersion> Apply(this IPolicySetGrain grain, PolicySet set, string actor)
    {
        var answer = await grain.Apply(new PolicyOrder(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N"), actor, "applied", set));
        return answer.InForce ?? throw new InvalidOperationException(answer.Refusal?.ToString());
    }
}
