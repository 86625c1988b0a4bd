using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NhiGrains.Platforms.TestKit.Redis;
using NhiGrains.Platforms.TestKit.Waiting;
using NhiGrains.Storage.Tests.Fixtures;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;

namespace NhiGrains.Storage.Tests.Hosting;

/// <summary>Real silos on a store: state, reminders and membership, over restarts and with two silos that share it.</summary>
public sealed class SiloTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task State_and_reminders_of_a_silo_on_the_embedded_store_are_there_after_a_restart()
    {
        using var folder = new EmbeddedFolder();
        await using (var store = await folder.OpenAsync())
        {
            using var silo = await StartAsync(store);
            var grain = Grain(silo, "one");
            Assert.Equal(3, await grain.Add(3));
            await grain.Remind();
            // Not stopped but dropped, as a killed process drops it: its membership stays behind.
        }

        await using (var store = await folder.OpenAsync())
        {
            using var silo = await StartAsync(store);
            Assert.Equal(3, await Grain(silo, "one").Get());
            Assert.Equal(1, await Grain(silo, "one").Reminders());
            await silo.StopAsync(Stop);
        }
    }

    [Fact]
    public async Task Two_silos_of_one_process_share_the_embedded_store()
    {
        using var folder = new EmbeddedFolder();
        await using var store = await folder.OpenAsync();
        await TwoSilosAsync(store, store);
    }

    [Fact]
    public async Task Two_silos_share_a_Redis()
    {
        await using var server = await RedisServer.StartAsync();
        using var mine = new EmbeddedFolder();
        using var other = new EmbeddedFolder();
        await using var first = await server.OpenAsync(mine);
        await using var second = await server.OpenAsync(other);
        await TwoSilosAsync(first, second);
    }

    [Fact]
    public async Task A_conflict_deactivates_the_grain_and_it_goes_on_with_what_is_stored()
    {
        using var folder = new EmbeddedFolder();
        await using var store = await folder.OpenAsync();
        using var silo = await StartAsync(store);
        var grain = Grain(silo, "one");
        await grain.Add(1);
        // As another activation would, after a partition.
        var id = grain.GetGrainId();
        var storage = silo.Services.GetRequiredService<IGrainStorage>();
        var state = new CountGrainState();
        await storage.ReadStateAsync("count", id, state);
        state.State = new() { Count = 100 };
        await storage.WriteStateAsync("count", id, state);

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Add(1));
        await Eventually.TrueAsync(async () => await grain.Get() == 100, TimeSpan.FromSeconds(10), () => "It does not reload.", Stop);
        Assert.Equal(101, await grain.Add(1));
        await silo.StopAsync(Stop);
    }

    private static async Task TwoSilosAsync(NhiStore firstStore, NhiStore secondStore)
    {
        using var first = await StartAsync(firstStore);
        using var second = await StartAsync(secondStore);
        await Eventually.TrueAsync(
            () => Task.FromResult(first.Services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Count == 2),
            TimeSpan.FromSeconds(30), () => "The silos do not find each other.", Stop);

        var added = await Task.WhenAll(Enumerable.Range(0, 200).Select(index => Grain(index % 2 == 0 ? first : second, $"grain-{index}").Add(index + 1)));
        Assert.Equal(Enumerable.Range(1, 200), added);
        var silos = await Task.WhenAll(Enumerable.Range(0, 200).Select(index => Grain(first, $"grain-{index}").Silo()));
        Assert.Equal(2, silos.Distinct(StringComparer.Ordinal).Count());

        await second.StopAsync(Stop);
        var read = await Task.WhenAll(Enumerable.Range(0, 200).Select(index => Grain(first, $"grain-{index}").Get()));
        Assert.Equal(Enumerable.Range(1, 200), read);
        await first.StopAsync(Stop);
    }

    private static ICountGrain Grain(IHost silo, string name) => silo.Services.GetRequiredService<IGrainFactory>().GetGrain<ICountGrain>(name);

    private static async Task<IHost> StartAsync(NhiStore store)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("test", "nhigrains"));
            silo.ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort());
            silo.AddNhiStorage(store);
        });
        var host = builder.Build();
        await host.StartAsync(Stop);
        return host;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class CountGrainState : IGrainState<CountState>
    {
        [System.Diagnostics.CodeAnalysis.AllowNull]
        public CountState State { get; set; } = new();

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }
}
