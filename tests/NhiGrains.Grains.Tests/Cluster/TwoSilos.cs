using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Expiry;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Contracts.Policies;
using NhiGrains.Contracts.Storage;
using NhiGrains.Domain.Policies;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit.Memory;
using NhiGrains.Storage;
using Orleans.TestingHost;

namespace NhiGrains.Grains.Tests.Cluster;

/// <summary>Two real silos in this process, with a clock that a test moves and a platform in memory that outlives them.</summary>
public sealed class TwoSilos : IAsyncDisposable
{
    public const string PlatformName = "mem:test";

    /// <summary>A second one, for identities that are on several.</summary>
    public const string OtherName = "mem:other";

    /// <summary>Principals in a page of a sweep of <see cref="PlatformName"/>.</summary>
    public const int PageSize = 4;

    private const string MembershipClock = "Orleans.Membership";

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-grains-").FullName;
    private readonly bool _isRival;
    private NhiStore? _store;
    private InProcessTestCluster? _cluster;

    private TwoSilos()
    {
    }

    private TwoSilos(TwoSilos other) => (_isRival, _store, Time, Platform, Other) = (true, other._store, other.Time, other.Platform, other.Other);

    public ShiftedTime Time { get; } = new();

    public MemoryPlatform Platform { get; } = new();

    public MemoryPlatform Other { get; } = new();

    /// <summary>Whether the silos that start next have the second one in their settings.</summary>
    public bool HasOther { get; set; } = true;

    /// <summary>Between the silos and the platform, for what should go wrong or take long there.</summary>
    public MemoryWay Way { get; } = new();

    /// <summary>Where loud events go; it outlives the silos.</summary>
    public MemorySinks Sinks { get; } = new();

    /// <summary>Of both silos.</summary>
    public Warnings Warnings { get; } = new();

    /// <summary>Comes before each call that arrives at a grain, which it may fail.</summary>
    public Action<IIncomingGrainCallContext>? BeforeCall { get; set; }

    public IGrainFactory Grains => Cluster.Client;

    /// <summary>Of the first of them.</summary>
    public IServiceProvider Services => Cluster.Silos[0].ServiceProvider;

    public IDueIndex Due => Services.GetRequiredService<IDueIndex>();

    private InProcessTestCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster is down.");

    /// <param name="rules">The policy set in force; without one, everything is permitted for up to an hour.</param>
    public static async Task<TwoSilos> StartAsync(params PolicyRule[] rules)
    {
        var silos = new TwoSilos();
        await silos.StartAgainAsync();
        await silos.Grains.GetGrain<IPolicySetGrain>(PolicySets.Main).Apply(new("main", rules.Length > 0 ? rules : [PermitAnHour]), "test");
        return silos;
    }

    /// <summary>
    /// Two more silos, on the same store and platform. Neither pair knows of the other, as a silo that was frozen does not know
    /// of those that took over. To be disposed first.
    /// </summary>
    public async Task<TwoSilos> RivalsAsync()
    {
        var rivals = new TwoSilos(this);
        await rivals.DeployAsync(_store ?? throw new InvalidOperationException("The store is closed."));
        return rivals;
    }

    /// <summary>Ends both silos at once, without a goodbye, and closes the store.</summary>
    public async Task CrashAsync()
    {
        foreach (var silo in Cluster.Silos.ToArray())
            await Cluster.KillSiloAsync(silo);
        await Cluster.DisposeAsync();
        _cluster = null;
        if (_store is not null)
            await _store.DisposeAsync();
        _store = null;
    }

    public Task KillOneAsync() => Cluster.KillSiloAsync(Cluster.Silos[1]);

    public async Task StartAgainAsync()
    {
        _store = await NhiStore.OpenAsync(new() { DataFolder = _folder }, NullLoggerFactory.Instance);
        await DeployAsync(_store);
    }

    private async Task DeployAsync(NhiStore store)
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddNhiStorage(store, clustering: false);
            silo.Services.AddSingleton<TimeProvider>(Time);
            // The start of a silo is taken from the real clock; by one that was moved it has been joining for hours, and is put out.
            silo.Services.AddKeyedSingleton(MembershipClock, TimeProvider.System);
            silo.Services.AddLogging(logging => logging.AddProvider(Warnings));
            silo.Services.AddSingleton<IPlatformConnector>(new MemoryConnector(PlatformName, Platform, Time, Way) { PageSize = PageSize });
            if (HasOther)
                silo.Services.AddSingleton<IPlatformConnector>(new MemoryConnector(OtherName, Other, Time));
            silo.Services.AddSingleton<INotificationSender>(Sinks);
            silo.Services.AddSingleton(MemorySinks.Pace);
            silo.Services.AddNhiGrains();
            silo.AddIncomingGrainCallFilter(call =>
            {
                BeforeCall?.Invoke(call);
                return call.Invoke();
            });
        });
        builder.ConfigureClient(client => client.Services.AddNhiSerialization());
        for (var attempt = 1; _cluster is null; attempt++)
            _cluster = await TryDeployAsync(builder, last: attempt == 3);
        await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => Grains.GetGrain<IExpiryShardGrain>(shard).Start()));
    }

    // On a busy machine the cluster's own client can ask a silo that is not there yet, and gives up: another cluster is as good.
    private static async Task<InProcessTestCluster?> TryDeployAsync(InProcessTestClusterBuilder builder, bool last)
    {
        var cluster = builder.Build();
        try
        {
            await cluster.DeployAsync(TestContext.Current.CancellationToken);
            return cluster;
        }
        catch (SiloUnavailableException) when (!last)
        {
            await cluster.DisposeAsync();
            return null;
        }
    }

    public static PolicyRule PermitAnHour { get; } =
        new("an-hour", PolicyEffect.Permit, new(), TimeSpan.FromHours(1), AllowControllerEnforcedEnd: true);

    public IIdentityGrain Identity(string id) => Grains.GetGrain<IIdentityGrain>(id);

    public IEnforcementGrain Enforcement(string id) => Grains.GetGrain<IEnforcementGrain>(EnforcementKeys.Of(PlatformName, id));

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_store is not null && !_isRival)
            await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
