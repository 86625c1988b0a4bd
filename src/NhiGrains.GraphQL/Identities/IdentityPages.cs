using GraphQL;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Identities;

/// <summary>Pages over all catalog shards: each sends its first rows, which are merged by their keys.</summary>
internal static class IdentityPages
{
    public static async Task<Page<IdentityView>> ReadAsync(IResolveFieldContext context)
    {
        var order = context.GetArgument<IdentityOrder?>("orderBy") ?? new(CatalogOrder.Id, Descending: false);
        var list = $"identities/{order.By}/{(order.Descending ? "desc" : "asc")}";
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var after = Cursors.Decode(list, context.GetArgument<string?>("after"));
        var filter = context.GetArgument<CatalogFilter?>("filter") ?? new();

        var pages = await QueryAll(context.Grains(), new(filter, order.By, order.Descending, after, first));
        var direction = order.Descending ? -1 : 1;
        var rows = pages.SelectMany(page => page.Rows)
            .Select(row => (Key: CatalogOrders.KeyOf(order.By, row), Row: row))
            .Order(Comparer<(string Key, CatalogRow Row)>.Create((a, b) => direction * string.CompareOrdinal(a.Key, b.Key)))
            .ToArray();
        // The rows are an index; what is answered is read from the identities themselves.
        var edges = await Task.WhenAll(rows.Take(first).Select(async row =>
            new Edge<IdentityView>(Cursors.Encode(list, row.Key), await context.Loaders().Identities.GetAsync(row.Row.Id))));
        return Page<IdentityView>.Of(edges, rows.Length > first || pages.Any(page => page.HasMore), after, pages.Sum(page => page.TotalCount));
    }

    public static Task<CatalogPage[]> QueryAll(IGrainFactory grains, CatalogQuery query) =>
        Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => grains.GetGrain<ICatalogShardGrain>(shard).Query(query)));
}
