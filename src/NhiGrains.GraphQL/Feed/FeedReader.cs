using System.Threading.Channels;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain.Audit;
using NhiGrains.GraphQL.Audit;

namespace NhiGrains.GraphQL.Feed;

/// <summary>
/// One reader of the feed. What the pumps offer goes into a bounded inbox; what does not fit is not kept but read later, from
/// the log, at the reader's own pace. So a slow reader costs a bounded amount of memory, and misses nothing.
/// </summary>
internal sealed class FeedReader(IGrainFactory grains, TimeProvider time, AuditPositions from, CancellationToken cancellation)
{
    private const int InboxPages = 64;
    private const int PageSize = 200;

    private readonly Channel<FeedPage> _inbox = Channel.CreateBounded<FeedPage>(new BoundedChannelOptions(InboxPages) { SingleReader = true });
    private readonly CatchUp[] _catchUps = new CatchUp[Shards.Count];
    private readonly AuditPositions _seen = from.Copy();
    private int _overflowed;

    private enum CatchUp
    {
        None,
        Reading,

        /// <summary>Something may have come after the read under way was made.</summary>
        ReadAgain,
    }

    /// <summary>Takes a page from a pump, or notes that there was no room for it.</summary>
    public void Offer(FeedPage page)
    {
        if (!_inbox.Writer.TryWrite(page))
            Volatile.Write(ref _overflowed, 1);
    }

    /// <summary>Every entry after the position, each with the position after it; the latter is only valid until the next.</summary>
    public async IAsyncEnumerable<(AuditEntry Entry, AuditPositions Positions)> ReadAsync()
    {
        ReadAll();
        while (true)
        {
            // An inbox that overflowed is not empty, so this is always reached again.
            var page = await _inbox.Reader.ReadAsync(cancellation);
            if (Interlocked.Exchange(ref _overflowed, 0) == 1)
                ReadAll();
            foreach (var entry in page.Entries)
            {
                if (entry.Sequence <= _seen[page.Shard])
                    continue;
                if (entry.Sequence > _seen[page.Shard] + 1)
                {
                    // Something in between did not arrive; the log has it, and this entry too.
                    ReadFromLog(page.Shard);
                    break;
                }

                _seen[page.Shard] = entry.Sequence;
                yield return (entry, _seen);
            }

            if (page.Kind == FeedPageKind.Started)
                ReadFromLog(page.Shard);
            else if (page.Kind == FeedPageKind.Read)
                HasRead(page);
        }
    }

    private void ReadAll()
    {
        for (var shard = 0; shard < Shards.Count; shard++)
            ReadFromLog(shard);
    }

    private void ReadFromLog(int shard)
    {
        if (_catchUps[shard] == CatchUp.None)
            _ = ReadAsync(shard);
        _catchUps[shard] = _catchUps[shard] == CatchUp.None ? CatchUp.Reading : CatchUp.ReadAgain;
    }

    // A page that was not empty is followed by another read, until one is.
    private void HasRead(FeedPage page)
    {
        var again = page.Entries.Count > 0 || _catchUps[page.Shard] == CatchUp.ReadAgain;
        _catchUps[page.Shard] = CatchUp.None;
        if (again)
            ReadFromLog(page.Shard);
    }

    private async Task ReadAsync(int shard)
    {
        var after = _seen[shard];
        for (var failures = 0; !cancellation.IsCancellationRequested;)
        {
            try
            {
                var page = await grains.GetGrain<IAuditShardGrain>(shard).Read(after, PageSize).WaitAsync(cancellation);
                await _inbox.Writer.WriteAsync(new(shard, page.Entries, FeedPageKind.Read), cancellation);
                return;
            }
            catch (Exception) when (!cancellation.IsCancellationRequested)
            {
                // The pump of the shard fails likewise, and says so in the log once for all readers.
                await Backoff.WaitAsync(++failures, time, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
