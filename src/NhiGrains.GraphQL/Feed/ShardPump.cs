using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.GraphQL.Feed;

/// <summary>Follows one shard of the log for all readers of the process.</summary>
/// <param name="fanOut">Hands a page to the readers; false when there is none left, and the pump is stopped.</param>
internal sealed class ShardPump(
    int shard, IGrainFactory grains, TimeProvider time, ILogger logger, Func<ShardPump, FeedPage?, bool> fanOut, CancellationToken stopping)
{
    public const int PageSize = 500;

    private bool _running;

    /// <summary>Called under the feed's lock.</summary>
    public void EnsureRunning()
    {
        if (_running || stopping.IsCancellationRequested)
            return;
        _running = true;
        _ = RunAsync();
    }

    /// <summary>Called under the feed's lock.</summary>
    public void HasStopped() => _running = false;

    private async Task RunAsync()
    {
        // The caller holds the lock.
        await Task.Yield();
        long? position = null;
        var failures = 0;
        while (!stopping.IsCancellationRequested && fanOut(this, null))
        {
            try
            {
                position = await StepAsync(position);
                failures = 0;
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested)
            {
                failures++;
                logger.LogWarning(fault, "Audit shard {Shard} could not be followed after entry {Position}, attempt {Attempt}", shard, position, failures);
                await Backoff.WaitAsync(failures, time, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<long?> StepAsync(long? position)
    {
        var grain = grains.GetGrain<IAuditShardGrain>(shard);
        if (position is not { } after)
        {
            var head = await grain.Head().WaitAsync(stopping);
            fanOut(this, new(shard, [], FeedPageKind.Started));
            return head.Sequence;
        }

        var page = await grain.ReadNext(after, PageSize).WaitAsync(stopping);
        if (page.Entries.Count == 0)
            return after;
        fanOut(this, new(shard, page.Entries, FeedPageKind.Live));
        return page.Entries[^1].Sequence;
    }
}

/// <summary>Short at first, since a subscriber waits; capped, since a shard that moves to another silo is back in seconds.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(5);

    /// <summary>Returns early, and without an exception, when it is cancelled.</summary>
    public static async Task WaitAsync(int failures, TimeProvider time, CancellationToken cancellation) =>
        await Task.Delay(RetrySchedule.Delay(failures, Random.Shared.NextDouble(), First, Cap), time, cancellation)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
