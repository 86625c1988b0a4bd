namespace NhiGrains.Contracts.Storage;

/// <summary>An identity and the instant at which it has to be woken.</summary>
public readonly record struct DueEntry(string IdentityId, DateTimeOffset DueAt);

/// <summary>
/// The durable due index: which identity is due when, one sorted set a shard. An identity has at most one entry,
/// its earliest due time. A due entry too many is harmless, one too few is not, so every write is durable when it returns.
/// </summary>
public interface IDueIndex
{
    /// <summary>Sets the due time of an identity, replacing an earlier one. Precision: one millisecond, rounded down.</summary>
    Task SetAsync(int shard, string identityId, DateTimeOffset dueAt, CancellationToken cancellation = default);

    /// <summary>Removes the entry of an identity; succeeds when there is none.</summary>
    Task RemoveAsync(int shard, string identityId, CancellationToken cancellation = default);

    /// <summary>The entries due at or before <paramref name="until"/>, earliest first, <paramref name="max"/> at most.</summary>
    Task<IReadOnlyList<DueEntry>> ReadAsync(int shard, DateTimeOffset until, int max, CancellationToken cancellation = default);
}
