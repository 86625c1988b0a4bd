using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Expiry;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains;
using NhiGrains.Platforms;
using NhiGrains.Storage;
using Orleans.TestingHost;

namespace NhiGrains.Bench;

/// <summary>One repetition, on identities of its own.</summary>
/// <param name="First">The number of the first identity.</param>
/// <param name="Lead">From now to the first end: registering and granting have to be done by then.</param>
/// <param name="Spread">From the first end to the last one; zero: all end at the same instant.</param>
internal sealed record Storm(int First, int Count, TimeSpan Lead, TimeSpan Spread);

/// <summary>Identities with one grant each, all ending within one second or at one instant, on two silos in this process.</summary>
internal sealed class ExpiryBench(NhiStoreOptions storeOptions) : IAsyncDisposable
{
    private const string Platform = "count:bench";

    private readonly CountingConnector _connector = new(Platform, TimeProvider.System);
    private NhiStore? _store;
    private InProcessTestCluster? _cluster;

    private IGrainFactory Grains => _cluster?.Client ?? throw new InvalidOperationException("Not started.");

    public async Task StartAsync()
    {
        _store = await NhiStore.OpenAsync(storeOptions, NullLoggerFactory.Instance);
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddNhiStorage(_store, clustering: false);
            silo.Services.AddSingleton<IPlatformConnector>(_connector);
            silo.Services.AddNhiGrains();
            silo.Services.AddLogging(logging => logging.ClearProviders());
        });
        builder.ConfigureClient(client => client.Services.AddNhiSerialization());
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        await Grains.GetGrain<IPolicySetGrain>(PolicySets.Main).Apply(
            new("main", [new("all", PolicyEffect.Permit, new(), AllowControllerEnforcedEnd: true)]), "bench");
        await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => Grains.GetGrain<IExpiryShardGrain>(shard).Start()));
    }

    public async Task RunAsync(string label, Storm storm)
    {
        var (first, count, lead, spread) = storm;
        var all = Enumerable.Range(first, count).ToArray();
        await All(all, number => Do(number, new IdentityCommand.RegisterIdentity(new(
            IdentityKind.ServiceAccount, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal), [new(Platform, $"p{number}")]))));
        var begun = TimeProvider.System.GetUtcNow();
        var end = begun + lead;
        await All(all, number => Do(number, new IdentityCommand.RequestAccess(
            [new(Platform, [Verb.Read], [new("thing", "", ResourceMatch.Exact, $"t{number}")], Conditions.None)],
            end + (number - first) * spread / count - TimeProvider.System.GetUtcNow(), "bench")));
        var requested = TimeProvider.System.GetUtcNow() - begun;
        await Until(() => _connector.WithAccess == count, "granted", TimeSpan.FromMinutes(3));
        if (TimeProvider.System.GetUtcNow() > end)
            throw new InvalidOperationException($"Granting took until after the end; use a longer lead than {lead}.");
        await Task.Delay(end - TimeSpan.FromMilliseconds(500) - TimeProvider.System.GetUtcNow());
        _connector.ForgetTimes();
        var processor = Environment.CpuUsage.TotalTime;
        await Until(() => _connector.WithAccess == 0, "revoked", TimeSpan.FromMinutes(3));
        var used = Environment.CpuUsage.TotalTime - processor;
        var revoked = new ConcurrentBag<(RevokedGrant Grant, string Principal, DateTimeOffset End)>();
        await All(all, async number => revoked.Add(await Revoked(number)));
        var told = revoked.ToArray();
        Console.WriteLine($"{label}: {count} grants requested in {requested.TotalSeconds:0.0} s; all revoked exactly as desired");
        Console.WriteLine($"  woken and taken in hand after it:    {Percentiles.Of(told.Select(one => one.Grant.RevokingSince - one.End))}");
        Console.WriteLine($"  first platform call after the end:   {Percentiles.Of(told.Select(one => _connector.FirstCall[one.Principal] - one.End))}");
        Console.WriteLine($"  gone on the platform after the end:  {Percentiles.Of(told.Select(one => _connector.Emptied[one.Principal] - one.End))}");
        Console.WriteLine($"  Revoked said after the end:          {Percentiles.Of(told.Select(one => one.Grant.RevokedAt - one.End))}");
        Console.WriteLine($"  processor time until all were gone:  {used.TotalMilliseconds * 1000 / count:0} us each");
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_store is not null)
            await _store.DisposeAsync();
    }

    private async Task<(RevokedGrant Grant, string Principal, DateTimeOffset End)> Revoked(int number)
    {
        var identity = Grains.GetGrain<IIdentityGrain>($"i{number}");
        for (var patience = 0; patience < 600; patience++)
        {
            var view = await identity.Get() ?? throw new InvalidOperationException($"i{number} is gone.");
            if (view.Identity.Grants is [RevokedGrant revoked] && view.Platforms is [{ Status: EnforcementStatus.Revoked }])
                return (revoked, $"p{number}", revoked.Request.RequestedAt + revoked.Decision.Lifetime);
            await Task.Delay(100);
        }

        throw new InvalidOperationException($"i{number} is not revoked.");
    }

    private async Task Do(int number, IdentityCommand command)
    {
        var answer = await Grains.GetGrain<IIdentityGrain>($"i{number}").Execute(new($"{command.GetType().Name}-{number}", "bench", command));
        if (answer.Refusal is { } refusal)
            throw new InvalidOperationException(refusal.ToString());
    }

    private static Task All(int[] numbers, Func<int, Task> work) =>
        Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (number, _) => await work(number));

    private static async Task Until(Func<bool> condition, string what, TimeSpan within)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > within)
                throw new TimeoutException($"Not all {what} within {within}.");
            await Task.Delay(20);
        }
    }
}
