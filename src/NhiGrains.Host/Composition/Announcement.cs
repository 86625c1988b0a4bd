using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.Composition;

/// <summary>Says where the server is and how it is set up, once it listens.</summary>
internal sealed class Announcement(HostSettings settings, IServer server, IHostApplicationLifetime lifetime, ILogger<Announcement> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Announce);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Announce()
    {
        foreach (var url in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            logger.LogInformation("Listening on {Url}", url);
            if (Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed is { Scheme: "http", IsLoopback: false })
                logger.LogWarning("{Url} is reachable from outside without TLS: tokens travel in the clear. Use https, or put a proxy with TLS before it", url);
        }

        logger.LogInformation("Store: {Store} in {Folder}; platforms: {Platforms}", IsEmbedded ? "embedded" : "Redis", settings.DataFolder, Platforms());
        if (settings.Salvage)
            logger.LogWarning("SALVAGE: the store is open for reading only, and no platform is touched. Nothing is granted, and nothing ends");
        else if (settings.PolicyFile is null)
            logger.LogWarning("No policy file is named (--policy): the set applied last stays in force, and without one everything is denied");
    }

    private bool IsEmbedded => settings.Store == SettingsReader.EmbeddedStore;

    private string Platforms() => settings.Platforms.Count == 0 ? "none" : string.Join(", ", settings.Platforms);
}
