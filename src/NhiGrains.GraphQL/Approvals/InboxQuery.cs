using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Approvals;

/// <summary>What waits for the caller. The shards know whose members are asked; whether a seat is open still, the identities.</summary>
internal static class InboxQuery
{
    private const string List = "approval-inbox";

    // Of what is asked of the groups without the caller's answer being any help; a page may be shorter for it, and is continued all the same.
    private const int MostLookedAt = 1_000;

    public static void AddTo(ObjectGraphType root) => root
        .Field("approvalInbox", Of.One<ConnectionType<InboxItemType, InboxItem>>())
        .Description("Everything that an answer of the caller would help: requests for access and exceptions in which a seat is open that the caller can fill, be it in the place of somebody who has delegated to them. The oldest first. The list follows changes within moments.")
        .Paged()
        .For(Role.Approver)
        .ResolveAsync(async context => await ReadAsync(context));

    private static async Task<Page<InboxItem>> ReadAsync(IResolveFieldContext context)
    {
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var start = Cursors.Decode(List, context.GetArgument<string?>("after"));
        var inbox = await Inbox.OfCallerAsync(context);
        var (edges, after, looked, more) = (new List<Edge<InboxItem>>(), start, 0, inbox.Groups.Count > 0);
        while (more && edges.Count < first && looked < MostLookedAt)
        {
            (var rows, more) = await ReadAsync(context, inbox.Groups, after, first);
            looked += rows.Length;
            foreach (var row in rows)
            {
                if (edges.Count == first)
                {
                    more = true;
                    break;
                }

                after = CatalogAskedRows.KeyOf(row);
                if (inbox.Find(await context.Loaders().Identities.GetAsync(row.IdentityId), row.What, row.Name) is { } item)
                    edges.Add(new(Cursors.Encode(List, after), item));
            }
        }

        return new(edges, more, start is not null, TotalCount: null, after is null ? null : Cursors.Encode(List, after));
    }

    private static async Task<(CatalogAskedRow[] Rows, bool More)> ReadAsync(IResolveFieldContext context, IReadOnlyList<string> groups, string? after, int first)
    {
        var pages = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard =>
            context.Grains().GetGrain<ICatalogShardGrain>(shard).QueryAsked(new(groups, after, first))));
        var rows = pages.SelectMany(page => page.Rows).OrderBy(CatalogAskedRows.KeyOf, StringComparer.Ordinal).ToArray();
        return (rows.Length > first ? rows[..first] : rows, rows.Length > first || pages.Any(page => page.HasMore));
    }
}
