using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NhiGrains.Grains;
using NhiGrains.Platforms;
using NhiGrains.Storage;
using Orleans.TestingHost;

namespace NhiGrains.Bench;

/// <summary>Two silos in this process on one store, with a platform that only counts, and nothing logged.</summary>
internal static class BenchCluster
{
    public static async Task<InProcessTestCluster> StartAsync(NhiStore store, string platform)
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddNhiStorage(store, clustering: false);
            silo.Services.AddSingleton<IPlatformConnector>(new CountingConnector(platform, TimeProvider.System));
            silo.Services.AddNhiGrains();
            silo.Services.AddLogging(logging => logging.ClearProviders());
        });
        builder.ConfigureClient(client => client.Services.AddNhiSerialization());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }
}
