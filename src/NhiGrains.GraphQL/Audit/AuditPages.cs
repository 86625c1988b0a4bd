using GraphQL;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain.Audit;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Audit;

/// <summary>Pages over the log. A cursor holds the position in every shard, so entries that come later are not missed.</summary>
internal static class AuditPages
{
    /// <summary>Entries that one page looks at when few of them match; the page says then that there is more.</summary>
    private const int MaxLookedAt = 5_000;

    public static async Task<Page<AuditEntry>> ReadAsync(IResolveFieldContext context)
    {
        var first = Cursors.First(context.GetArgument<int?>("first"));
        var after = context.GetArgument<string?>("after");
        var identity = context.GetArgument<string?>("identityId");
        var positions = after is null ? new AuditPositions() : AuditPositions.Decode(after);
        int[] shards = identity is null ? [.. Enumerable.Range(0, Shards.Count)] : [Shards.Of(identity)];

        var edges = new List<Edge<AuditEntry>>();
        var more = true;
        for (var looked = 0; more && edges.Count < first && looked < MaxLookedAt;)
        {
            var entries = await NextAsync(context.Grains(), shards, positions, identity is null ? first - edges.Count : 500);
            more = entries.HasMore;
            looked += entries.Taken.Count;
            foreach (var entry in entries.Taken)
            {
                if (edges.Count == first)
                {
                    more = true;
                    break;
                }

                positions[entry.Shard] = entry.Sequence;
                if (identity is null || Concerns(entry.Event, identity))
                    edges.Add(new(positions.Encode(), entry));
            }
        }

        return new(edges, more, after is not null, TotalCount: null, positions.Encode());
    }

    public static bool Concerns(AuditEvent change, string identity) =>
        AuditSources.IsAbout(change.Source, identity) || change.Details.GetValueOrDefault("identity") == identity;

    public static async Task<AuditEntry?> FindAsync(IGrainFactory grains, string id)
    {
        if (id.Split('/') is not [var shardText, var sequenceText]
            || !int.TryParse(shardText, out var shard) || shard is < 0 or >= Shards.Count
            || !long.TryParse(sequenceText, out var sequence) || sequence < 1)
        {
            return null;
        }

        var page = await grains.GetGrain<IAuditShardGrain>(shard).Read(sequence - 1, 1);
        return page.Entries.SingleOrDefault(entry => entry.Sequence == sequence);
    }

    // The earliest of what the shards have next. Within a shard the chain decides, even where the clock went backwards.
    private static async Task<(List<AuditEntry> Taken, bool HasMore)> NextAsync(IGrainFactory grains, int[] shards, AuditPositions positions, int count)
    {
        var pages = await Task.WhenAll(shards.Select(shard => grains.GetGrain<IAuditShardGrain>(shard).Read(positions[shard], count)));
        var heads = new PriorityQueue<(AuditPage Page, int Index), (DateTimeOffset, int)>();
        foreach (var page in pages)
            Offer(page, 0);
        var taken = new List<AuditEntry>();
        while (taken.Count < count && heads.TryDequeue(out var head, out _))
        {
            taken.Add(head.Page.Entries[head.Index]);
            Offer(head.Page, head.Index + 1);
        }

        return (taken, heads.Count > 0 || pages.Any(page => page.Entries.Count > 0 && page.Entries[^1].Sequence < page.Head.Sequence));

        void Offer(AuditPage page, int index)
        {
            if (index < page.Entries.Count)
                heads.Enqueue((page, index), (page.Entries[index].Event.At, page.Entries[index].Shard));
        }
    }
}
