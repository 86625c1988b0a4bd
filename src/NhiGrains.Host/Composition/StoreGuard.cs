using NhiGrains.Storage;

namespace NhiGrains.Host.Composition;

/// <summary>Ends the process when its store cannot go on: what the store holds then is verified by the next start.</summary>
internal sealed class StoreGuard(NhiStore store, IHostApplicationLifetime lifetime, ILogger<StoreGuard> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var fault = await store.Failed.WaitAsync(stoppingToken);
            logger.LogCritical("The store failed and the process stops: {Fault}", fault.Message);
            Environment.ExitCode = CommandLine.ExitCode.No;
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogDebug("The store held until the end");
        }
    }
}
