using NhiGrains.Contracts.People;

namespace NhiGrains.Host.Keeping;

/// <summary>
/// Sees to it that the directory of people is awake, by asking again and again: it may owe identities the news that their owner has
/// left, and the silo that ran it may have died since.
/// </summary>
internal sealed class DirectoryKeeper(IGrainFactory grains, TimeProvider time, ILogger<DirectoryKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(AskEvery, time);
        string? known = null;
        do
        {
            var fault = await TryStartAsync();
            if (fault is not null && fault != known)
                logger.LogWarning("The directory of people is not awake: {Fault}", fault);
            known = fault;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private Task<string?> TryStartAsync() => Asking.FaultOfAsync(() => grains.GetGrain<IDirectoryGrain>(Directories.Main).Start());
}
