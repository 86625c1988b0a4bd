using System.Runtime.CompilerServices;
using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.People;
using NhiGrains.Domain.Audit;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Audit;
using NhiGrains.GraphQL.Feed;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Transport.Sockets;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Approvals;

/// <summary>
/// Each event says what is in the inbox now, and not what has moved: a client puts the item in, or takes it out, and is right again
/// whatever it missed.
/// </summary>
internal static class InboxSubscription
{
    public static void AddTo(ObjectGraphType root) => root
        .Field("approvalInboxChanged", Of.One<InboxEventType>())
        .Description("Whenever something that is, or was, asked of the caller's groups moves: it is asked for, answered by somebody, withdrawn, too old, or another plan. What moves an inbox without any of that is not told: groups, delegations and owners that change. Read 'approvalInbox' first, and again when one of those has changed.")
        .FollowedFrom()
        .For(Role.Approver)
        .ResolveStreamAsync(async context =>
        {
            var (feed, people, time, caller) = (context.Service<AuditFeed>(), context.Service<IPeople>(), context.Time(), context.Caller());
            var from = await feed.StartAsync(context.GetArgument<string?>("after"));
            return new PacedStream<FeedEvent>(
                stopped => OfTheirsAsync(feed, from, async () => Inbox.Of(caller, await people.Current(), time.GetUtcNow()), stopped),
                context.Service<SubscriptionFlow>());
        });

    // Who is in which group is looked at with every event, since it changes while a subscription lasts.
    private static async IAsyncEnumerable<FeedEvent> OfTheirsAsync(
        AuditFeed feed, AuditPositions from, Func<Task<Inbox>> inboxAsync, [EnumeratorCancellation] CancellationToken stopped)
    {
        await foreach (var change in feed.FollowAsync(from, entry => ApprovalDetails.Concerned(entry.Event).Any(), stopped))
        {
            if ((await inboxAsync()).Concerns(change.Entry.Event))
                yield return change;
        }
    }
}

internal sealed class InboxEventType : VoteEventType
{
    public InboxEventType()
        : base("InboxEvent", "Something that is, or was, asked of the caller's groups has moved.")
    {
        Show("action", Of.Text, "What happened, for example 'exception.requested', 'grant.approval-given' or 'grant.expired-unanswered'.", change => change.Entry.Event.Action);
        Show("itemId", Of.Id, "The 'id' that it has, or had, in the inbox.", change => InboxItemType.IdOf(GrantSubscriptions.IdentityOf(change.Entry.Event) ?? "", What(change), NameIn(change) ?? ""));
        Show("item", Of.Maybe<InboxItemType>(), "What waits for the caller now; null when it does not, or not any more: then it is not in the inbox.")
            .ResolveAsync(async context => await ItemAsync(context.Source, context));
    }

    private static async Task<InboxItem?> ItemAsync(FeedEvent change, IResolveFieldContext context) => GrantSubscriptions.IdentityOf(change.Entry.Event) is { } id
        ? (await Inbox.OfCallerAsync(context)).Find(await context.Loaders().Identities.GetAsync(id), What(change), NameIn(change))
        : null;

    private static AskedFor What(FeedEvent change) => GrantIn(change) is null ? AskedFor.Exception : AskedFor.Access;

    private static string? NameIn(FeedEvent change) => GrantIn(change) ?? ExceptionIn(change);
}
