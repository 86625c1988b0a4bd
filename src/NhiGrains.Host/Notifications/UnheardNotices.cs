using NhiGrains.Contracts.Notifications;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Notifications;
using NhiGrains.Host.Keeping;

namespace NhiGrains.Host.Notifications;

/// <summary>
/// Warns at the start, and whenever another policy set comes into force, of what it has told to sinks that are not there: when it is to be
/// told is too late to find that out.
/// </summary>
internal sealed class UnheardNotices(INotificationSender sender, IGrainFactory grains, TimeProvider time, ILogger<UnheardNotices> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private string _told = "";
    private string? _fault;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        do
            await TryLookAsync();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // A fault is told when it begins, not every time.
    private async Task TryLookAsync()
    {
        var fault = await Asking.FaultOfAsync(LookAsync);
        if (fault is not null && _fault is null)
            logger.LogWarning("The policy in force could not be looked at for sinks that are not there; it is tried again: {Fault}", fault);
        _fault = fault;
    }

    private async Task LookAsync()
    {
        var policy = grains.GetGrain<IPolicySetGrain>(PolicySets.Main);
        if (await policy.CurrentVersion() == _told)
            return;
        var inForce = await policy.Current();
        foreach (var warning in Notices.Unheard(inForce.Set, sender.Sinks))
            logger.LogWarning("Policy version {Version}: {Warning}", inForce.Version, warning);
        _told = inForce.Version;
    }
}
