using GraphQL;
using GraphQL.Builders;
using GraphQL.Types;
using NhiGrains.Domain.Audit;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Transport.Sockets;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Feed;

internal static class FeedSubscriptions
{
    /// <summary>A subscription whose events are entries of the audit log.</summary>
    public static void Subscription<TEventType, TFilterType, TFilter>(
        this ObjectGraphType root,
        string name,
        string description,
        Func<AuditEvent, TFilter, bool> wanted,
        Func<TFilter, string?> own)
        where TEventType : IGraphType
        where TFilterType : IGraphType
        where TFilter : class, new() => root
        .Field(name, Of.One<TEventType>())
        .Description(description)
        .Argument(Of.Maybe<TFilterType>(), "filter", argument => argument.Description = "Which events; all when left out.")
        .FollowedFrom()
        .For(Role.Anyone, context => own(FilterOf<TFilter>(context)))
        .ResolveStreamAsync(async context =>
        {
            var feed = context.Service<AuditFeed>();
            var filter = FilterOf<TFilter>(context);
            var from = await feed.StartAsync(context.GetArgument<string?>("after"));
            return new PacedStream<FeedEvent>(stopped => feed.FollowAsync(from, entry => wanted(entry.Event, filter), stopped), context.Service<SubscriptionFlow>());
        });

    /// <summary>The argument that says from where on.</summary>
    public static FieldBuilder<TSource, TReturn> FollowedFrom<TSource, TReturn>(this FieldBuilder<TSource, TReturn> field) => field
        .Argument(Of.Maybe<StringGraphType>(), "after", argument => argument.Description =
            "The 'cursor' of the last event that was seen: what came after it is sent first, and then what happens from now on. Only the latter when left out.");

    private static TFilter FilterOf<TFilter>(IResolveFieldContext context)
        where TFilter : class, new() => context.GetArgument<TFilter?>("filter") ?? new();
}

/// <summary>What every event has.</summary>
internal abstract class FeedEventType : Described<FeedEvent>
{
    protected FeedEventType(string name, string description)
        : base(name, description)
    {
        Show("cursor", Of.Text, "Pass it as 'after' to go on from here.", change => change.Cursor);
        Show("at", Of.Time, "When.", change => change.Entry.Event.At);
        Show("actor", Of.Text, "Who caused it: a subject, 'identity:' and an id, or 'system'.", change => change.Entry.Event.Actor);
        Show("why", Of.Text, "The decision or reason.", change => change.Entry.Event.Why);
    }

    protected static string? Detail(FeedEvent change, string name) => change.Entry.Event.Details.GetValueOrDefault(name);

    protected static T? DetailAs<T>(FeedEvent change, string name)
        where T : struct, Enum => Enum.TryParse<T>(Detail(change, name), ignoreCase: true, out var value) ? value : null;
}
