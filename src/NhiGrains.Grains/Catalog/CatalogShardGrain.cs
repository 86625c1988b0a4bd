using System.Text.Json;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Storage;
using NhiGrains.Domain;

namespace NhiGrains.Grains.Catalog;

/// <summary>Loads its rows when it activates and answers from memory.</summary>
internal sealed class CatalogShardGrain(ICatalogStore store) : Grain, ICatalogShardGrain
{
    private readonly SortedDictionary<string, CatalogRow> _rows = new(StringComparer.Ordinal);

    private int Shard => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var (id, bytes) in await store.LoadAsync(Shard, cancellationToken))
        {
            _rows[id] = JsonSerializer.Deserialize<CatalogRow>(bytes, Canonical.Json)
                ?? throw new InvalidDataException($"The catalog row of '{id}' is empty.");
        }
    }

    public async Task Put(CatalogRow row)
    {
        if (_rows.TryGetValue(row.Id, out var known) && known.Sequence >= row.Sequence)
            return;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(row, Canonical.Json);
        await store.WriteAsync(Shard, new Dictionary<string, byte[]>(StringComparer.Ordinal) { [row.Id] = bytes }, []);
        _rows[row.Id] = row;
    }

    public Task<CatalogPage> Query(CatalogQuery query)
    {
        var matching = _rows.Values.Where(row => CatalogFilters.Matches(query.Filter, row)).ToArray();
        if (query.Descending)
            Array.Reverse(matching);
        var after = matching.Where(row => query.After is not { } key
            || (query.Descending ? string.CompareOrdinal(row.Id, key) < 0 : string.CompareOrdinal(row.Id, key) > 0)).ToArray();
        return Task.FromResult(new CatalogPage([.. after.Take(query.First)], matching.Length, after.Length > query.First));
    }
}
