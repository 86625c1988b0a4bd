namespace NhiGrains.Storage.Cells;

/// <summary>
/// A place for cells: the embedded store or a Redis. Everything above it is the same for both. Every member throws
/// <see cref="StoreLostException"/> when it finds that the store lost something, and <see cref="StoreUnavailableException"/>
/// when it does not answer.
/// </summary>
internal interface IStoreBackend : IAsyncDisposable
{
    /// <summary>Whether every write is refused, because the store was opened to salvage it.</summary>
    bool IsReadOnly { get; }

    /// <summary>Completes with the reason when the store cannot go on; only a new start, which verifies it, helps then.</summary>
    Task<Exception> Failed { get; }

    /// <summary>The host, port and credentials for Orleans' own providers.</summary>
    StackExchange.Redis.ConfigurationOptions Connection { get; }

    /// <summary>The values in the order of the keys; null where there is none.</summary>
    Task<Stored?[]> ReadValuesAsync(IReadOnlyList<string> keys);

    /// <summary>The members with a score up to <paramref name="until"/>, lowest first, <paramref name="max"/> at most.</summary>
    Task<IReadOnlyList<(string Member, long Score)>> ReadMembersAsync(string key, long until, int max);

    Task<IReadOnlyDictionary<string, long>> ReadNumbersAsync(string key);

    Task<IReadOnlyDictionary<string, byte[]>> ReadRowsAsync(string key);

    /// <summary>The scores of all members of an index, ascending.</summary>
    Task<IReadOnlyList<long>> ListSegmentsAsync(int shard);

    /// <summary>
    /// Stores the writes that meet their conditions, durably, and tells each its outcome. One call at a time. No cell occurs
    /// twice in a group. When it throws, the outcome of every write that was told nothing is unknown.
    /// </summary>
    Task CommitAsync(IReadOnlyList<Write> group);
}
