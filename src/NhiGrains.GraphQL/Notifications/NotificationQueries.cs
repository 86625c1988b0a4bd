using GraphQL.Types;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Notifications;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Notifications;

internal static class NotificationQueries
{
    public static void AddTo(ObjectGraphType root) => root
        .Field("notificationSinks", Of.Many<NotificationSinkType>())
        .Description("The systems outside that are told what is loud, and how far each of them is.")
        .For(Role.Operator | Role.Auditor)
        .ResolveAsync(async context =>
            await Task.WhenAll(context.Service<INotificationSender>().Sinks.Select(sink => ReadAsync(context.Grains(), sink))));

    private static async Task<NotificationSinkNode> ReadAsync(IGrainFactory grains, string sink) => new(sink, await Task.WhenAll(
        Enumerable.Range(0, Shards.Count).Select(shard => grains.GetGrain<INotificationGrain>(NotificationKeys.Of(sink, shard)).Get())));
}

/// <summary>One sink, as all shards of the log know it.</summary>
internal sealed record NotificationSinkNode(string Name, IReadOnlyList<NotificationView> Shards)
{
    public NotificationView? LastFailed => Shards.MaxBy(shard => shard.LastErrorAt);
}

internal sealed class NotificationSinkType : Described<NotificationSinkNode>
{
    public NotificationSinkType()
        : base("NotificationSink", "A system outside that is told what is loud.")
    {
        Show("name", Of.Text, "Its name, as settings and audit events have it.", sink => sink.Name);
        Show("pending", Of.Int, $"Events that wait for it. Of the log, {NotificationKeys.Counted:N0} entries of each shard are looked through: more may wait.", sink => sink.Shards.Sum(shard => shard.Pending));
        Show("failing", Of.Bool, "Whether the last attempt failed in some shard of the log.", sink => sink.Shards.Any(shard => shard.Failures > 0));
        Show("lastSuccess", Of.Maybe<InstantType>(), "When it last took an event; null when it never did.", sink => sink.Shards.Max(shard => shard.LastSuccess));
        Show("lastError", Of.Maybe<StringGraphType>(), "What the last failure was, even if it is over; null when there was none.", sink => sink.LastFailed?.LastError);
        Show("lastErrorAt", Of.Maybe<InstantType>(), "When that was.", sink => sink.LastFailed?.LastErrorAt);
        Show("skipped", Of.Long, "Events that it refused again and again, and will not get.", sink => sink.Shards.Sum(shard => shard.Skipped));
        Show("skippedIds", Of.Texts, "The last of them in each shard of the log, as 'shard/sequence'.", sink => sink.Shards.Select(shard => shard.LastSkipped).OfType<string>());
    }
}
