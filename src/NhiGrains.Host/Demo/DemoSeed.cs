using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Identities;
using NhiGrains.Host.Keeping;

namespace NhiGrains.Host.Demo;

/// <summary>Registers the identities of the demo, each once, however often the process starts.</summary>
internal sealed class DemoSeed(IGrainFactory grains, PlatformList platforms, TimeProvider time, ILogger<DemoSeed> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var (id, profile) in DemoIdentities.On(platforms.Ids))
        {
            while (!await TryRegisterAsync(id, profile))
                await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task<bool> TryRegisterAsync(string id, IdentityProfile profile)
    {
        try
        {
            var identity = grains.GetGrain<IIdentityGrain>(id);
            if (await identity.Get() is not null)
                return true;
            var answer = await identity.Execute(new($"demo-register-{id}", Actors.Demo, new IdentityCommand.RegisterIdentity(profile)));
            if (answer.Refusal is { } refusal)
                logger.LogError("The demo's identity '{Identity}' was refused: {Refusal}", id, refusal.Message);
            else
                logger.LogInformation("Registered the demo's identity '{Identity}'", id);
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.LogWarning("The demo's identity '{Identity}' could not be registered yet: {Fault}", id, fault.Message);
            return false;
        }
    }
}
