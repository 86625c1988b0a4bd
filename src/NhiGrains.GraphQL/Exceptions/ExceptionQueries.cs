using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Domain.Exceptions;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Exceptions;

internal static class ExceptionQueries
{
    public static void AddTo(ObjectGraphType root) => root
        .Field("policyExceptions", Of.One<ConnectionType<PolicyExceptionType, ExceptionNode>>())
        .Description("Departures from policy over all identities, the oldest first. The list follows changes within moments.")
        .Argument(Of.Maybe<ExceptionStatusType>(), "status", argument => argument.Description = "Only those in this one; all when left out.")
        .Paged()
        .For(Role.Anyone)
        .ResolveAsync(async context => await ReadAsync(context));

    private static async Task<Page<ExceptionNode>> ReadAsync(IResolveFieldContext context)
    {
        var status = context.GetArgument<ExceptionStatus?>("status");
        var list = $"policy-exceptions/{status}";
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var after = Cursors.Decode(list, context.GetArgument<string?>("after"));
        var pages = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => context.Grains().GetGrain<ICatalogShardGrain>(shard).QueryExceptions(new(status, after, first))));
        var rows = pages.SelectMany(page => page.Rows).OrderBy(CatalogExceptionRows.KeyOf, StringComparer.Ordinal).ToArray();
        var edges = await Task.WhenAll(rows.Take(first).Select(async row => new Edge<ExceptionNode>(
            Cursors.Encode(list, CatalogExceptionRows.KeyOf(row)),
            ExceptionNode.Find(await context.Loaders().Identities.GetAsync(row.IdentityId), row.Exception.Name))));
        return Page<ExceptionNode>.Of(edges, rows.Length > first || pages.Any(page => page.HasMore), after, pages.Sum(page => page.TotalCount));
    }
}
