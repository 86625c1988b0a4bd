using GraphQL.Types;

namespace NhiGrains.GraphQL.Types;

internal sealed record Edge<T>(string Cursor, T? Node);

/// <param name="TotalCount">Null where counting would cost more than the page.</param>
internal sealed record Page<T>(IReadOnlyList<Edge<T>> Edges, bool HasNext, bool HasPrevious, int? TotalCount, string? EndCursor)
{
    public static Page<T> Of(IReadOnlyList<Edge<T>> edges, bool hasNext, string? after, int? total) =>
        new(edges, hasNext, after is not null, total, edges.Count > 0 ? edges[^1].Cursor : after);
}

internal sealed record PageInfo(bool HasNextPage, bool HasPreviousPage, string? StartCursor, string? EndCursor);

internal sealed class PageInfoType : Described<PageInfo>
{
    public PageInfoType()
        : base("PageInfo", "Where a page lies (Relay's cursor connections).")
    {
        Show("hasNextPage", Of.Bool, "Whether there is more after 'endCursor'.", page => page.HasNextPage);
        Show("hasPreviousPage", Of.Bool, "Whether the page was continued from a cursor.", page => page.HasPreviousPage);
        Show("startCursor", Of.Maybe<StringGraphType>(), "The cursor of the first edge.", page => page.StartCursor);
        Show("endCursor", Of.Maybe<StringGraphType>(), "What to pass as 'after' for the next page.", page => page.EndCursor);
    }
}

/// <summary>Named after its node: <c>IdentityType</c> makes <c>IdentityEdge</c>.</summary>
internal sealed class EdgeType<TGraph, T> : Described<Edge<T>>
    where TGraph : IGraphType
{
    public EdgeType()
        : base(ConnectionType<TGraph, T>.Node + "Edge", $"One {ConnectionType<TGraph, T>.Node} of a connection.")
    {
        Show("cursor", Of.Text, "Where it lies; opaque, and bound to the order that was asked.", edge => edge.Cursor);
        Show("node", Of.Maybe<TGraph>(), "The thing itself; null when it went away while the list was made.", edge => edge.Node);
    }
}

internal sealed class ConnectionType<TGraph, T> : Described<Page<T>>
    where TGraph : IGraphType
{
    public static string Node { get; } = typeof(TGraph).Name[..^"Type".Length];

    public ConnectionType()
        : base(Node + "Connection", $"A page of {Node} (Relay's cursor connections).")
    {
        Show("edges", Of.Many<EdgeType<TGraph, T>>(), "Each with its cursor, in the order that was asked.", page => page.Edges);
        Show("nodes", typeof(NonNullGraphType<ListGraphType<TGraph>>), "The same without the cursors.", page => page.Edges.Select(edge => edge.Node));
        Show("pageInfo", Of.One<PageInfoType>(), "Where the page lies.", page =>
            new PageInfo(page.HasNext, page.HasPrevious, page.Edges.Count > 0 ? page.Edges[0].Cursor : null, page.EndCursor));
        Show("totalCount", Of.Maybe<IntGraphType>(), "How many match in all; null where that is not counted.", page => page.TotalCount);
    }
}
