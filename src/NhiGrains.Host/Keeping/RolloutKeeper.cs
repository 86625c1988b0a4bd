using NhiGrains.Contracts.Policies;

namespace NhiGrains.Host.Keeping;

/// <summary>
/// Sees to it that looks at all identities with a policy set come to their end, by asking again and again: the silo that was at it may
/// have died since. A fault is told when it begins and when it is over.
/// </summary>
internal sealed class RolloutKeeper(IGrainFactory grains, TimeProvider time, ILogger<RolloutKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    private string? _fault;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(AskEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var fault = await TryKeepAsync();
            if (fault is not null && fault != _fault)
                logger.LogWarning("What follows from policy sets is not seen to: {Fault}", fault);
            else if (fault is null && _fault is not null)
                logger.LogInformation("What follows from policy sets is seen to again");
            _fault = fault;
        }
    }

    private Task<string?> TryKeepAsync() => Asking.FaultOfAsync(() => grains.GetGrain<IPolicySetGrain>(PolicySets.Main).Keep());
}
