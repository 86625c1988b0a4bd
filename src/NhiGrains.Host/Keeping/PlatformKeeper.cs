using NhiGrains.Contracts.Platforms;
using NhiGrains.GraphQL.Platforms;

namespace NhiGrains.Host.Keeping;

/// <summary>
/// Sees to it that every configured platform is watched, by asking again and again: the silo that watched it may have died
/// since. A fault is told when it begins and when it is over, not every time.
/// </summary>
internal sealed class PlatformKeeper(PlatformList platforms, IGrainFactory grains, TimeProvider time, ILogger<PlatformKeeper> logger) : BackgroundService
{
    private readonly Dictionary<string, string> _faults = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(platforms.AskEvery, time);
        do
            await Task.WhenAll(platforms.Ids.Select(AskAsync));
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task AskAsync(string platform)
    {
        var fault = await TryStartAsync(platform);
        lock (_faults)
        {
            _faults.TryGetValue(platform, out var before);
            if (fault == before)
                return;
            _faults.Remove(platform);
            if (fault is not null)
                _faults.Add(platform, fault);
        }

        if (fault is null)
            logger.LogInformation("Platform {Platform} is watched again", platform);
        else
            logger.LogWarning("Platform {Platform} is not watched: {Fault}", platform, fault);
    }

    private Task<string?> TryStartAsync(string platform) => Asking.FaultOfAsync(() => grains.GetGrain<IPlatformGrain>(platform).Start());
}

/// <param name="Ids">The platforms of this process, for example <c>k8s:staging</c>.</param>
internal sealed record PlatformList(IReadOnlyList<string> Ids) : IPlatformNames
{
    IReadOnlyList<string> IPlatformNames.Platforms => Ids;

    /// <summary>Default: 10 seconds, so that much time passes at worst between the death of a watcher and the next watch.</summary>
    public TimeSpan AskEvery { get; init; } = TimeSpan.FromSeconds(10);
}
