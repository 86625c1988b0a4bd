using NhiGrains.Contracts;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Host.Health;
using NhiGrains.Host.Keeping;

namespace NhiGrains.Host.Notifications;

/// <summary>
/// Sees to it that the audit log is followed for every sink, by asking again and again: the silo that followed a shard may have died
/// since. What was not sent meanwhile waits in the log. A sink that is new has no place in the log before it was asked for, so the
/// process is not ready before all have one.
/// </summary>
internal sealed class NotificationKeeper(INotificationSender sender, IGrainFactory grains, Readiness readiness, TimeProvider time, ILogger<NotificationKeeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(10);

    private int _before;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (sender.Sinks.Count > 0 && !await AskAsync())
            await Task.Delay(FirstPause, time, stoppingToken);
        readiness.SinksFollow = true;
        using var timer = new PeriodicTimer(AskEvery, time);
        while (sender.Sinks.Count > 0 && await timer.WaitForNextTickAsync(stoppingToken))
            await AskAsync();
    }

    // A fault is told when it begins and when it is over, not every time.
    private async Task<bool> AskAsync()
    {
        var keys = sender.Sinks.SelectMany(sink => Enumerable.Range(0, Shards.Count).Select(shard => NotificationKeys.Of(sink, shard)));
        var faults = (await Task.WhenAll(keys.Select(TryStartAsync))).OfType<string>().ToArray();
        if (faults.Length > 0 && _before == 0)
            logger.LogWarning("The audit log is not followed for all sinks, {Count} shards are left: {Fault}", faults.Length, faults[0]);
        else if (faults.Length == 0 && _before > 0)
            logger.LogInformation("The audit log is followed for all sinks again");
        _before = faults.Length;
        return faults.Length == 0;
    }

    private Task<string?> TryStartAsync(string key) => Asking.FaultOfAsync(() => grains.GetGrain<INotificationGrain>(key).Start());
}
