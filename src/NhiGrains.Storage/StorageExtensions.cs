using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NhiGrains.Contracts.Storage;
using NhiGrains.Storage.Seams;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using StackExchange.Redis;

namespace NhiGrains.Storage;

public static class StorageExtensions
{
    /// <summary>
    /// Grain state (as the default provider), due index, audit segments, catalog rows, reminders and, unless
    /// <paramref name="clustering"/> is false, membership: all in the store. The store is the caller's to open before and to
    /// close after the silo; silos of one process may share it.
    /// </summary>
    /// <param name="clustering">False for a test cluster, which has a membership of its own.</param>
    public static ISiloBuilder AddNhiStorage(this ISiloBuilder silo, NhiStore store, bool clustering = true)
    {
        silo.Services.AddSingleton(store);
        silo.Services.AddSingleton<IDueIndex, DueIndex>();
        silo.Services.AddSingleton<IAuditSegments, AuditSegments>();
        silo.Services.AddSingleton<ICatalogStore, CatalogStore>();
        silo.Services.AddGrainStorage("Default", (services, _) => new GrainStateStorage(
            store, services.GetRequiredService<Serializer>(), services.GetRequiredService<IActivatorProvider>()));
        silo.UseRedisReminderService(options => options.ConfigurationOptions = Connection(store));
        return clustering ? silo.UseRedisClustering(options => options.ConfigurationOptions = Connection(store)) : silo;
    }

    /// <summary>Lets a client outside the silo find the silos that use the store.</summary>
    public static IClientBuilder UseNhiClustering(this IClientBuilder client, NhiStore store) =>
        client.UseRedisClustering(options => options.ConfigurationOptions = Connection(store));

    private static ConfigurationOptions Connection(NhiStore store) => store.Backend.Connection.Clone();
}
