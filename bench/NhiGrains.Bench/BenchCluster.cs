using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NhiGrains.Grains;
using NhiGrains.Platforms;
using NhiGrains.Storage;
using Orleans.TestingHost;

namespace NhiGrains.Bench;

/// <summary>Two silos in this process on one store, and nothing logged.</summary>
internal static class BenchCluster
{
    /// <summary>With a platform that only counts.</summary>
    public static Task<InProcessTestCluster> StartAsync(NhiStore store, string platform) =>
        StartAsync(store, services => services.AddSingleton<IPlatformConnector>(new CountingConnector(platform, TimeProvider.System)));

    /// <param name="addPlatforms">To each silo.</param>
    public static async Task<InProcessTestCluster> StartAsync(NhiStore store, Action<IServiceCollection> addPlatforms)
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddNhiStorage(store, clustering: false);
            addPlatforms(silo.Services);
            silo.Services.AddNhiGrains();
            silo.Services.AddLogging(logging => logging.ClearProviders());
        });
        builder.ConfigureClient(client => client.Services.AddNhiSerialization());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }
}
