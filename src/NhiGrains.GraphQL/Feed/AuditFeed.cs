using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain.Audit;
using NhiGrains.GraphQL.Audit;
using NhiGrains.GraphQL.Transport.Errors;

namespace NhiGrains.GraphQL.Feed;

/// <summary>
/// The audit log as a stream, for this process: one pump a shard follows the log for as long as anybody listens, and fans out
/// to the readers. A reader counts sequence numbers itself and reads whatever the pump did not bring, so it has neither a gap
/// nor a duplicate, whatever order things start, fail or overflow in.
/// </summary>
internal sealed class AuditFeed : IDisposable
{
    private readonly Lock _changing = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ShardPump[] _pumps;
    private ImmutableArray<FeedReader> _readers = [];

    public AuditFeed(IGrainFactory grains, TimeProvider time, ILogger<AuditFeed> logger)
    {
        (_grains, _time) = (grains, time);
        _pumps = [.. Enumerable.Range(0, Shards.Count).Select(shard => new ShardPump(shard, grains, time, logger, FanOut, _stopping.Token))];
    }

    /// <summary>Readers that are following now.</summary>
    public int Readers
    {
        get
        {
            lock (_changing)
                return _readers.Length;
        }
    }

    /// <summary>The position to follow from: that of the cursor, or the end of the log as it is now.</summary>
    /// <exception cref="TransportError">BAD_CURSOR, CURSOR_AHEAD.</exception>
    public async Task<AuditPositions> StartAsync(string? after)
    {
        var from = after is null ? null : AuditPositions.Decode(after);
        var heads = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => _grains.GetGrain<IAuditShardGrain>(shard).Head()));
        if (from is null)
            return new(heads.Select(head => head.Sequence));
        // Following from there would be silent until the log has grown that far, and then miss what came before.
        return heads.Any(head => head.Sequence < from[head.Shard])
            ? throw new TransportError("CURSOR_AHEAD", "The cursor lies after the end of the log: it is of another store, or the log lost entries.",
                "Subscribe without 'after', and tell an operator.")
            : from;
    }

    /// <summary>Every wanted entry after the position, for as long as the reader wants.</summary>
    public async IAsyncEnumerable<FeedEvent> FollowAsync(
        AuditPositions from, Func<AuditEntry, bool> wanted, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        var reader = new FeedReader(_grains, _time, from, ended.Token);
        Add(reader);
        try
        {
            await foreach (var (entry, positions) in reader.ReadAsync())
                if (wanted(entry))
                    yield return new(entry, positions.Encode());
        }
        finally
        {
            lock (_changing)
                _readers = _readers.Remove(reader);
            await ended.CancelAsync();
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void Add(FeedReader reader)
    {
        lock (_changing)
        {
            _readers = _readers.Add(reader);
            foreach (var pump in _pumps)
                pump.EnsureRunning();
        }
    }

    // False when nobody listens any more: then the pump stops, and under the same lock, so that no new reader is left without.
    private bool FanOut(ShardPump pump, FeedPage? page)
    {
        lock (_changing)
        {
            if (_readers.IsEmpty)
            {
                pump.HasStopped();
                return false;
            }

            if (page is not null)
                foreach (var reader in _readers)
                    reader.Offer(page);
            return true;
        }
    }
}
