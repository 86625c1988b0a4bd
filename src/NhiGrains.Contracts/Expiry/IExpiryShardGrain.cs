using Orleans.Concurrency;

namespace NhiGrains.Contracts.Expiry;

/// <summary>Wakes the identities of one shard when they are due; the key is its number.</summary>
[Alias("nhi.expiry")]
public interface IExpiryShardGrain : IGrainWithIntegerKey
{
    /// <summary>Sets when an identity is to be woken; durable when it returns. Null: no more.</summary>
    [AlwaysInterleave] // One slow write must not hold up the others: an identity only ever has one call under way.
    [Alias("schedule")]
    Task Schedule(string identityId, DateTimeOffset? dueAt);

    /// <summary>Makes sure that the shard is awake and has its reminder.</summary>
    [Alias("start")]
    Task Start();
}
