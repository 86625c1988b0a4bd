using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Domain.Grants;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Grants;

internal static class GrantQueries
{
    private const string List = "grants";

    public static void AddTo(ObjectGraphType root) => root
        .Field("grants", Of.One<ConnectionType<GrantType, GrantNode>>())
        .Description("Grants of all identities, sorted by identity and grant. The list follows changes within moments.")
        .Argument(Of.Maybe<GrantFilterType>(), "filter", argument => argument.Description = "Which ones; all when left out.")
        .Paged()
        .For(Role.Anyone, own: context => context.GetArgument<CatalogGrantFilter?>("filter")?.IdentityId)
        .ResolveAsync(async context => await ReadAsync(context));

    private static async Task<Page<GrantNode>> ReadAsync(IResolveFieldContext context)
    {
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var after = Cursors.Decode(List, context.GetArgument<string?>("after"));
        var filter = context.GetArgument<CatalogGrantFilter?>("filter") ?? new();
        var shards = filter.IdentityId is { } one ? [Shards.Of(one)] : Enumerable.Range(0, Shards.Count);

        var pages = await Task.WhenAll(shards.Select(shard =>
            context.Grains().GetGrain<ICatalogShardGrain>(shard).QueryGrants(new(filter, after, first))));
        var rows = pages.SelectMany(page => page.Rows).OrderBy(CatalogOrders.KeyOf, StringComparer.Ordinal).ToArray();
        var edges = await Task.WhenAll(rows.Take(first).Select(async row => new Edge<GrantNode>(
            Cursors.Encode(List, CatalogOrders.KeyOf(row)),
            GrantNode.Find(await context.Loaders().Identities.GetAsync(row.IdentityId), row.Grant.Id))));
        return Page<GrantNode>.Of(edges, rows.Length > first || pages.Any(page => page.HasMore), after, pages.Sum(page => page.TotalCount));
    }
}

internal sealed class GrantFilterType : DescribedInput<CatalogGrantFilter>
{
    public GrantFilterType()
        : base("GrantFilter", "Which grants: those that match every member that is given.")
    {
        Take("identityId", Of.Maybe<StringGraphType>(), "Of this identity.");
        Take("status", Of.Maybe<GrantStatusType>(), "In this status.");
        Take("platform", Of.Maybe<StringGraphType>(), "With an entitlement on this platform.");
    }

    protected override CatalogGrantFilter Parse(Given given) =>
        new(given.Find<string>("identityId"), given.FindValue<GrantStatus>("status"), given.Find<string>("platform"));
}
