using NhiGrains.Contracts.Storage;
using NhiGrains.Storage.Cells;

namespace NhiGrains.Storage.Seams;

/// <inheritdoc cref="ICatalogStore"/>
/// <remarks>The ledger does not answer for rows: they are derived, so a lost one is found and made again, not refused.</remarks>
internal sealed class CatalogStore(NhiStore store) : ICatalogStore
{
    public Task<IReadOnlyDictionary<string, byte[]>> LoadAsync(int shard, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return store.Backend.ReadRowsAsync(Keys.RowsOf(shard));
    }

    public Task WriteAsync(
        int shard,
        IReadOnlyDictionary<string, byte[]> put,
        IReadOnlyCollection<string> remove,
        CancellationToken cancellation = default)
    {
        var key = Keys.RowsOf(shard);
        CellChange[] changes =
        [
            .. put.Select(row => CellChange.PutRow(key, row.Key, row.Value)),
            .. remove.Where(gone => !put.ContainsKey(gone)).Select(gone => CellChange.RemoveRow(key, gone)),
        ];
        return changes.Length == 0 ? Task.CompletedTask : store.Committer.WriteAsync(changes, cancellation);
    }
}
