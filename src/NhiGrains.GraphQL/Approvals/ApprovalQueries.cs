using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.People;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Approvals;

/// <summary>What waits for the caller. The shards know whose members are asked; whether a seat is open still, the identities.</summary>
internal static class ApprovalQueries
{
    private const string List = "approval-inbox";

    // Of requests whose seats for the caller are filled already; a page may be shorter for them, and is continued all the same.
    private const int MostLookedAt = 1_000;

    public static void AddTo(ObjectGraphType root) => root
        .Field("approvalInbox", Of.One<ConnectionType<GrantType, GrantNode>>())
        .Description("Requests in which an approval of the caller would fill a seat that is open, be it in the place of somebody who has delegated to them: the oldest first. The list follows changes within moments.")
        .Paged()
        .For(Role.Approver)
        .ResolveAsync(async context => await ReadAsync(context));

    private static async Task<Page<GrantNode>> ReadAsync(IResolveFieldContext context)
    {
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var start = Cursors.Decode(List, context.GetArgument<string?>("after"));
        var caller = context.Caller();
        var (people, now) = (await context.Loaders().PeopleAsync(), context.Time().GetUtcNow());
        var groups = caller.IdentityId is null ? GroupsOf(caller.Actor, people, now) : [];
        var (edges, after, looked, more) = (new List<Edge<GrantNode>>(), start, 0, groups.Length > 0);
        while (more && edges.Count < first && looked < MostLookedAt)
        {
            (var rows, more) = await ReadAsync(context, groups, after, first);
            looked += rows.Length;
            foreach (var row in rows)
            {
                if (edges.Count == first)
                {
                    more = true;
                    break;
                }

                after = CatalogOrders.KeyOfAsked(row);
                var node = GrantNode.Find(await context.Loaders().Identities.GetAsync(row.IdentityId), row.Grant.Id);
                if (node?.Grant is PendingApprovalGrant { Ballot: { } ballot }
                    && ballot.IsAwaiting(new(caller.Actor), new Electorate(people, node.Identity.Identity.Profile.Owner.Team, now)))
                {
                    edges.Add(new(Cursors.Encode(List, after), node));
                }
            }
        }

        return new(edges, more, start is not null, TotalCount: null, after is null ? null : Cursors.Encode(List, after));
    }

    private static async Task<(CatalogGrantRow[] Rows, bool More)> ReadAsync(IResolveFieldContext context, string[] groups, string? after, int first)
    {
        var pages = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard =>
            context.Grains().GetGrain<ICatalogShardGrain>(shard).QueryAsked(new(groups, after, first))));
        var rows = pages.SelectMany(page => page.Rows).OrderBy(CatalogOrders.KeyOfAsked, StringComparer.Ordinal).ToArray();
        return (rows.Length > first ? rows[..first] : rows, rows.Length > first || pages.Any(page => page.HasMore));
    }

    // Their own, and those of whoever has delegated to them.
    private static string[] GroupsOf(string person, PeopleDirectory people, DateTimeOffset now)
    {
        string[] sitting = [person, .. new Electorate(people, "", now).DelegatorsOf(person)];
        return [.. people.Groups.Keys.Where(group => sitting.Any(one => people.IsMember(one, group))).Order(StringComparer.Ordinal)];
    }
}
