using NhiGrains.Domain.Audit;

namespace NhiGrains.GraphQL.Feed;

/// <param name="Cursor">Where this reader stands after the event; it goes on from there without a gap or a duplicate.</param>
internal sealed record FeedEvent(AuditEntry Entry, string Cursor);

/// <summary>What arrives at a reader: entries of one shard, in order.</summary>
/// <param name="Kind">Where they come from.</param>
internal sealed record FeedPage(int Shard, IReadOnlyList<AuditEntry> Entries, FeedPageKind Kind);

internal enum FeedPageKind
{
    /// <summary>Fanned out by the pump as they were appended.</summary>
    Live,

    /// <summary>The reader asked for what came after its position; empty when that was everything.</summary>
    Read,

    /// <summary>The pump has just found its place: what came before is not fanned out.</summary>
    Started,
}
