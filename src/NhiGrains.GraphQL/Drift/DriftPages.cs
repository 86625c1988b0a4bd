using GraphQL;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Domain.Enforcement;
using NhiGrains.GraphQL.Identities;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Platforms;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Drift;

/// <summary>
/// Pages over the drift of all identities. The catalog says who has drifted; the differences come from the enforcement grains,
/// a page of identities at a time and all of a page at once.
/// </summary>
internal sealed class DriftPages(IResolveFieldContext context, DriftFilter filter, int first, string? after)
{
    private const string List = "drift";

    // Sorts after every identity, since those begin with a letter or digit.
    private const string UnmanagedFrom = "~";

    private readonly List<(string Key, DriftNode Drift)> _found = [];

    public static async Task<Page<DriftNode>> ReadAsync(IResolveFieldContext context)
    {
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var after = Cursors.Decode(List, context.GetArgument<string?>("after"));
        var filter = context.GetArgument<DriftFilter?>("filter") ?? new();
        var pages = new DriftPages(context, filter, first, after);
        if (filter.IsPossible)
            await pages.FillAsync();
        var edges = pages._found.Take(first).Select(found => new Edge<DriftNode>(Cursors.Encode(List, found.Key), found.Drift)).ToArray();
        return Page<DriftNode>.Of(edges, pages._found.Count > first, after, total: null);
    }

    private bool IsFull => _found.Count > first;

    private async Task FillAsync()
    {
        if (filter.IdentityId is { } one)
        {
            await AddAsync(await BoundPlatforms(one));
            return;
        }

        if (after?.StartsWith(UnmanagedFrom, StringComparison.Ordinal) != true)
            await AddIdentitiesAsync();
        if (!IsFull)
            await AddUnmanagedAsync();
    }

    private async Task AddIdentitiesAsync()
    {
        // The page before may have ended among the differences of one identity.
        var last = after?.Split('\0')[0];
        if (last is not null)
            await AddAsync(await BoundPlatforms(last));
        for (var more = true; more && !IsFull;)
        {
            var query = new CatalogQuery(new(Platform: filter.Platform, Differs: true), CatalogOrder.Id, Descending: false, last, first);
            var pages = await IdentityPages.QueryAll(context.Grains(), query);
            var rows = pages.SelectMany(page => page.Rows).OrderBy(row => row.Id, StringComparer.Ordinal).ToArray();
            more = rows.Length > first || pages.Any(page => page.HasMore);
            rows = rows[..Math.Min(rows.Length, first)];
            await AddAsync(rows.SelectMany(row => row.Platforms.Where(on => on.Status.Differs()).Select(on => (on.Platform, row.Id))));
            last = rows.Length > 0 ? rows[^1].Id : last;
        }
    }

    private async Task<IEnumerable<(string Platform, string IdentityId)>> BoundPlatforms(string identityId) =>
        (await context.Loaders().Identities.GetAsync(identityId))?.Identity.Profile.Bindings.Select(binding => (binding.Platform, identityId)) ?? [];

    private async Task AddAsync(IEnumerable<(string Platform, string IdentityId)> keys)
    {
        var views = await Task.WhenAll(keys.Where(key => filter.NamesPlatform(key.Platform)).Select(context.Loaders().Enforcement.GetAsync));
        Add(views.SelectMany(view => view.Drift).Select(DriftNode.Of).Select(drift => ($"{drift.IdentityId}\0{drift.Platform}\0{drift.Id}", drift)));
    }

    private async Task AddUnmanagedAsync()
    {
        var platforms = context.Service<IPlatformNames>().Platforms.Where(filter.NamesPlatform);
        var views = await Task.WhenAll(platforms.Select(context.Loaders().Platforms.GetAsync));
        Add(views.SelectMany(view => view.Unmanaged.Where(unmanaged => unmanaged.WatchedOnly is null).Select(unmanaged => DriftNode.Of(view.Platform, unmanaged)))
            .Select(drift => ($"{UnmanagedFrom}{drift.Platform}\0{drift.Principal}", drift)));
    }

    private void Add(IEnumerable<(string Key, DriftNode Drift)> found) => _found.AddRange(found
        .Where(one => after is null || string.CompareOrdinal(one.Key, after) > 0)
        .OrderBy(one => one.Key, StringComparer.Ordinal));
}
