using NhiGrains.Contracts;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Host.Keeping;

namespace NhiGrains.Host.Notifications;

/// <summary>
/// Sees to it that the audit log is followed for every sink, by asking again and again: the silo that followed a shard may have died
/// since. What was not sent meanwhile waits in the log.
/// </summary>
internal sealed class NotificationKeeper(INotificationSender sender, IGrainFactory grains, TimeProvider time, ILogger<NotificationKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(10);

    private int _before;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (sender.Sinks.Count == 0)
            return;
        using var timer = new PeriodicTimer(AskEvery, time);
        do
            await AskAsync();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // A fault is told when it begins and when it is over, not every time.
    private async Task AskAsync()
    {
        var keys = sender.Sinks.SelectMany(sink => Enumerable.Range(0, Shards.Count).Select(shard => NotificationKeys.Of(sink, shard)));
        var faults = (await Task.WhenAll(keys.Select(TryStartAsync))).OfType<string>().ToArray();
        if (faults.Length > 0 && _before == 0)
            logger.LogWarning("The audit log is not followed for all sinks, {Count} shards are left: {Fault}", faults.Length, faults[0]);
        else if (faults.Length == 0 && _before > 0)
            logger.LogInformation("The audit log is followed for all sinks again");
        _before = faults.Length;
    }

    private Task<string?> TryStartAsync(string key) => Asking.FaultOfAsync(() => grains.GetGrain<INotificationGrain>(key).Start());
}
