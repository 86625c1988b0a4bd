using NhiGrains.Grains;
using NhiGrains.GraphQL;
using NhiGrains.GraphQL.Platforms;
using NhiGrains.GraphQL.Transport;
using NhiGrains.GraphQL.Transport.Errors;
using NhiGrains.GraphQL.Transport.Sockets;
using NhiGrains.Host.Audit;
using NhiGrains.Host.Authentication;
using NhiGrains.Host.Demo;
using NhiGrains.Host.Health;
using NhiGrains.Host.Keeping;
using NhiGrains.Host.Logging;
using NhiGrains.Host.Notifications;
using NhiGrains.Host.Policies;
using NhiGrains.Host.Settings;
using NhiGrains.Host.Webhooks;
using NhiGrains.Storage;

namespace NhiGrains.Host.Composition;

/// <summary>The server of one process: a silo, what keeps it going, and the front end.</summary>
internal static class Server
{
    /// <summary>Opens and verifies the store, runs until the process is told to stop, and closes the store last.</summary>
    /// <param name="configuration">What the settings were read from; the web server and the log read theirs from it.</param>
    /// <exception cref="SetupException">The port is taken, the store was refused, or a platform cannot be set up.</exception>
    public static async Task RunAsync(HostSettings settings, IConfiguration configuration, CancellationToken cancellation)
    {
        Listening.EnsureFree(settings.Urls);
        using var loggers = LoggerFactory.Create(logging => logging.AddNhiLogging(configuration));
        await using var store = await OpenAsync(settings, loggers, cancellation);
        await using var app = Build(settings, configuration, store);
        await app.RunAsync(cancellation);
    }

    private static async Task<NhiStore> OpenAsync(HostSettings settings, ILoggerFactory loggers, CancellationToken cancellation)
    {
        try
        {
            var options = new NhiStoreOptions { DataFolder = settings.DataFolder, Store = settings.Store, Salvage = settings.Salvage, RedisWithoutAof = settings.RedisWithoutAof };
            return await NhiStore.OpenAsync(options, loggers, TimeProvider.System, cancellation);
        }
        catch (StoreRefusedException refused)
        {
            throw new SetupException(refused.Message);
        }
    }

    /// <param name="store">Open and verified; the caller closes it after the server.</param>
    internal static WebApplication Build(HostSettings settings, IConfiguration configuration, NhiStore store)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseUrls([.. settings.Urls.Select(url => url.ToString())]);
        builder.WebHost.UseNhiTls(settings);
        builder.Logging.AddNhiLogging(configuration);
        builder.Host.UseOrleans(orleans => orleans.AddNhiSilo(settings.Silo).AddNhiStorage(store));
        AddServices(builder.Services, settings);
        var app = builder.Build();
        MapEndpoints(app);
        return app;
    }

    // Hosted services start in this order, after the silo.
    private static void AddServices(IServiceCollection services, HostSettings settings)
    {
        services.AddNhiAuthentication(settings.Tokens);
        services.AddNhiHealth();
        services.AddSingleton<AuditExport>();
        services.AddSingleton(settings);
        services.AddSingleton(settings.Sweeps);
        services.AddNhiGrains();
        services.AddNhiGraphQL();
        services.AddSingleton<IStoreCondition, StoreCondition>();
        services.AddSingleton<ISocketAuthenticator, SocketAuthenticator>();
        services.AddSingleton(new PlatformList(settings.Platforms));
        services.AddSingleton<IPlatformNames>(provider => provider.GetRequiredService<PlatformList>());
        if (!settings.Salvage)
            services.AddWebhooks(settings.Webhooks);
        services.AddNotifications(settings.Sinks);
        services.AddHostedService<Announcement>();
        services.AddHostedService<StoreGuard>();
        // Salvage reads what is left: nothing is decided or watched, and without connectors nothing changes on a platform.
        if (!settings.Salvage)
            services.AddPlatforms(settings);
        if (!settings.Salvage)
            services.AddEvidence(settings);
        services.AddNhiPolicyFile(settings.Salvage ? null : settings.PolicyFile);
        if (settings.Salvage)
            return;
        services.AddHostedService<ShardKeeper>();
        services.AddHostedService<PlatformKeeper>();
        services.AddHostedService<DirectoryKeeper>();
        services.AddHostedService<NotificationKeeper>();
        services.AddHostedService<UnheardNotices>();
        services.AddHostedService<RolloutKeeper>();
        if (settings.Demo)
            services.AddHostedService<DemoSeed>();
    }

    private static void MapEndpoints(WebApplication app)
    {
        app.UseNhiAuthentication();
        app.MapNhiHealth();
        app.MapAuditExport();
        app.MapPolicyFile();
        app.MapNhiGraphQL();
        app.MapWebhooks();
    }
}
