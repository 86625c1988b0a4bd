using System.Text.Json;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Storage;
using NhiGrains.Domain;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Grains.Catalog;

/// <summary>Loads its rows when it activates and answers from memory.</summary>
internal sealed class CatalogShardGrain : Grain, ICatalogShardGrain
{
    private readonly ICatalogStore _store;
    private readonly GroupCommit<CatalogRow> _commit;
    private readonly Dictionary<string, CatalogRow> _rows = new(StringComparer.Ordinal);

    public CatalogShardGrain(ICatalogStore store)
    {
        _store = store;
        _commit = new(Write, maxGroup: 500);
    }

    private int Shard => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var (id, bytes) in await _store.LoadAsync(Shard, cancellationToken))
        {
            _rows[id] = JsonSerializer.Deserialize<CatalogRow>(bytes, Canonical.Json)
                ?? throw new InvalidDataException($"The catalog row of '{id}' is empty.");
        }
    }

    public Task Put(CatalogRow row) => IsNews(row) ? _commit.Add(row) : Task.CompletedTask;

    public Task<CatalogPage> Query(CatalogQuery query)
    {
        var matching = _rows.Values.Where(row => CatalogFilters.Matches(query.Filter, row)).ToArray();
        var direction = query.Descending ? -1 : 1;
        var after = matching
            .Select(row => (Key: CatalogOrders.KeyOf(query.Order, row), Row: row))
            .Where(row => query.After is not { } key || direction * string.CompareOrdinal(row.Key, key) > 0)
            .Order(Comparer<(string Key, CatalogRow Row)>.Create((a, b) => direction * string.CompareOrdinal(a.Key, b.Key)))
            .Take(query.First + 1)
            .Select(row => row.Row)
            .ToArray();
        return Task.FromResult(new CatalogPage([.. after.Take(query.First)], matching.Length, after.Length > query.First));
    }

    public Task<CatalogGrantPage> QueryGrants(CatalogGrantQuery query)
    {
        var (page, total, more) = Page(
            row => row.Grants.Select(grant => new CatalogGrantRow(row.Id, grant)).Where(grant => CatalogFilters.Matches(query.Filter, grant)),
            CatalogOrders.KeyOf, query.After, query.First);
        return Task.FromResult(new CatalogGrantPage(page, total, more));
    }

    public Task<CatalogAskedPage> QueryAsked(CatalogAskedQuery query)
    {
        var (page, _, more) = Page(row => CatalogAskedRows.Of(row, query.Groups), CatalogAskedRows.KeyOf, query.After, query.First);
        return Task.FromResult(new CatalogAskedPage(page, more));
    }

    public Task<CatalogReviewPage> QueryReviews(CatalogReviewQuery query)
    {
        var (page, total, more) = Page(
            row => row.Reviews.Where(review => query.Open is null || review.Open == query.Open).Select(review => new CatalogReviewRow(row.Id, review)),
            CatalogReviewRows.KeyOf, query.After, query.First);
        return Task.FromResult(new CatalogReviewPage(page, total, more));
    }

    public Task<CatalogExceptionPage> QueryExceptions(CatalogExceptionQuery query)
    {
        var (page, total, more) = Page(
            row => row.Exceptions.Where(one => query.Status is null || one.Status == query.Status).Select(one => new CatalogExceptionRow(row.Id, one)),
            CatalogExceptionRows.KeyOf, query.After, query.First);
        return Task.FromResult(new CatalogExceptionPage(page, total, more));
    }

    private (T[] Page, int Total, bool HasMore) Page<T>(Func<CatalogRow, IEnumerable<T>> of, Func<T, string> keyOf, string? after, int first)
    {
        var matching = _rows.Values.SelectMany(of).ToArray();
        var page = matching
            .Where(row => after is null || string.CompareOrdinal(keyOf(row), after) > 0)
            .OrderBy(keyOf, StringComparer.Ordinal)
            .Take(first + 1)
            .ToArray();
        return ([.. page.Take(first)], matching.Length, page.Length > first);
    }

    public Task<IReadOnlyList<CatalogBinding>> BoundOn(string platform) => Task.FromResult<IReadOnlyList<CatalogBinding>>(
    [
        .. from row in _rows.Values
           where row.Status != IdentityStatus.Retired
           from bound in row.Platforms
           where bound.Platform == platform
           select new CatalogBinding(row.Id, bound),
    ]);

    public Task<IReadOnlyList<CatalogDue>> Owed() =>
        Task.FromResult<IReadOnlyList<CatalogDue>>([.. _rows.Values.Select(Dues.Of).OfType<CatalogDue>()]);

    private bool IsNews(CatalogRow row) => !(_rows.TryGetValue(row.Id, out var known) && (known.Sequence, known.AsOf ?? default).CompareTo((row.Sequence, row.AsOf ?? default)) >= 0);

    private async Task Write(IReadOnlyList<CatalogRow> rows)
    {
        var newest = rows.GroupBy(row => row.Id, StringComparer.Ordinal).Select(same => same.MaxBy(row => (row.Sequence, row.AsOf))).OfType<CatalogRow>().Where(IsNews).ToArray();
        var bytes = newest.ToDictionary(row => row.Id, row => JsonSerializer.SerializeToUtf8Bytes(row, Canonical.Json), StringComparer.Ordinal);
        await _store.WriteAsync(Shard, bytes, []);
        foreach (var row in newest)
            _rows[row.Id] = row;
    }
}
