namespace NhiGrains.Contracts.Storage;

/// <summary>
/// Catalog rows, one Redis hash a shard: derived data. An identity writes its row with each change, and at its first wake-up
/// after an activation; a store that has lost rows is refused as one that has lost anything else.
/// </summary>
public interface ICatalogStore
{
    /// <summary>Every row of a shard, by key.</summary>
    Task<IReadOnlyDictionary<string, byte[]>> LoadAsync(int shard, CancellationToken cancellation = default);

    /// <summary>Writes rows and removes others in one step; durable when it returns.</summary>
    Task WriteAsync(
        int shard,
        IReadOnlyDictionary<string, byte[]> put,
        IReadOnlyCollection<string> remove,
        CancellationToken cancellation = default);
}
