namespace NhiGrains.Contracts.Storage;

/// <summary>Catalog rows, one Redis hash a shard: derived data, rebuilt from the identities when it is lost.</summary>
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
