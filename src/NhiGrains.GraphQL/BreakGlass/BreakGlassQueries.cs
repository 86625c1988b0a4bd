using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.BreakGlass;

internal static class BreakGlassQueries
{
    public static void AddTo(ObjectGraphType root) => root
        .Field("breakGlassReviews", Of.One<ConnectionType<BreakGlassReviewType, ReviewNode>>())
        .Description("Reviews of emergency access over all identities, retired ones too: the open ones first, and of those the ones that are overdue. The list follows changes within moments.")
        .Argument(Of.Maybe<BooleanGraphType>(), "open", argument => argument.Description = "Only those that are open, or only those that are closed; all when left out.")
        .Paged()
        .For(Role.Anyone)
        .ResolveAsync(async context => await ReadAsync(context));

    private static async Task<Page<ReviewNode>> ReadAsync(IResolveFieldContext context)
    {
        var open = context.GetArgument<bool?>("open");
        var list = $"break-glass-reviews/{open}";
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var after = Cursors.Decode(list, context.GetArgument<string?>("after"));
        var pages = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => context.Grains().GetGrain<ICatalogShardGrain>(shard).QueryReviews(new(open, after, first))));
        var rows = pages.SelectMany(page => page.Rows).OrderBy(CatalogReviewRows.KeyOf, StringComparer.Ordinal).ToArray();
        var edges = await Task.WhenAll(rows.Take(first).Select(async row => new Edge<ReviewNode>(
            Cursors.Encode(list, CatalogReviewRows.KeyOf(row)),
            ReviewNode.Find(await context.Loaders().Identities.GetAsync(row.IdentityId), row.Review.GrantId))));
        return Page<ReviewNode>.Of(edges, rows.Length > first || pages.Any(page => page.HasMore), after, pages.Sum(page => page.TotalCount));
    }
}
