using NhiGrains.Contracts;
using NhiGrains.Contracts.Expiry;
using NhiGrains.Host.Health;

namespace NhiGrains.Host.Keeping;

/// <summary>
/// Starts every expiry shard, and does not rest before all of them run: until then nothing would end on time, so the process
/// is not ready. From then on it asks again every few seconds: the silo that ran a shard may have died since, and the shard's
/// own reminder takes up to a minute to notice.
/// </summary>
internal sealed class ShardKeeper(IGrainFactory grains, Readiness readiness, TimeProvider time, ILogger<ShardKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IReadOnlyList<int> waiting = [.. Enumerable.Range(0, Shards.Count)];
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var started = await Task.WhenAll(waiting.Select(TryStartAsync));
            waiting = [.. waiting.Where((_, index) => !started[index])];
            if (waiting.Count == 0)
                break;
            logger.LogWarning("{Waiting} of {All} expiry shards do not run yet; trying again in {Pause}", waiting.Count, Shards.Count, pause);
            await Task.Delay(pause, time, stoppingToken);
        }

        readiness.ShardsRun = true;
        logger.LogInformation("All {Count} expiry shards run", Shards.Count);
        using var timer = new PeriodicTimer(AskEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(TryStartAsync));
    }

    private async Task<bool> TryStartAsync(int shard)
    {
        try
        {
            await grains.GetGrain<IExpiryShardGrain>(shard).Start();
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.LogWarning("Expiry shard {Shard} did not start: {Fault}", shard, fault.Message);
            return false;
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
