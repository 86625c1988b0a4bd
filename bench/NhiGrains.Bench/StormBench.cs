using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Expiry;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;
using NhiGrains.Platforms;
using NhiGrains.Storage;
using Orleans.TestingHost;

namespace NhiGrains.Bench;

/// <summary>Grants and revocations on a bad day of one platform, by the real connector and two silos in this process.</summary>
internal sealed class StormBench
{
    /// <param name="among">How many identities.</param>
    /// <param name="usualBudget">With the budget of calls that connectors have by default; else as fast as they can.</param>
    /// <returns>Whether all is exactly as desired.</returns>
    public static async Task<bool> RunAsync(string folder, string kind, int grants, int among, bool usualBudget)
    {
        await using var platform = StormPlatform.Of(kind, folder, grants, usualBudget);
        await platform.StartAsync();
        var (clean, tally) = (platform.Connect(), new Tally());
        await using var store = await NhiStore.OpenAsync(new() { DataFolder = folder }, NullLoggerFactory.Instance);
        await using var cluster = await DeployAsync(store, () => new TallyConnector(platform.Connect(), tally));
        var check = new StormCheck(platform, clean, cluster.Client);
        var bystanders = await check.BystandersAsync();
        string[] identities = [.. Enumerable.Range(0, Math.Min(grants, among)).Select(number => $"agent-{number:00}")];

        await platform.BeginBadDayAsync();
        var since = TimeProvider.System.GetTimestamp();
        var ends = new ConcurrentBag<StormGrant>();
        using var progress = new StormProgress(grants, ends, platform, tally, since);
        await Task.WhenAll(identities.Select((identity, number) => new StormIdentity(platform, cluster.Client, identity, ends)
            .RunAsync([.. Enumerable.Range(0, grants).Where(grant => grant % identities.Length == number)])));
        var took = TimeProvider.System.GetElapsedTime(since);
        await platform.EndBadDayAsync();

        await new StormStory(platform, tally, [.. ends], took).TellAsync();
        Console.WriteLine($"  reported as drift: {await check.DriftAsync()}; of others {bystanders.Count} objects before");
        var differences = await check.DifferencesAsync(identities, [.. ends], bystanders);
        Console.WriteLine(differences.Count == 0 ? "  exactly as desired" : $"  {differences.Count} DIFFER:");
        foreach (var difference in differences.Take(20))
            Console.WriteLine($"    {difference}");
        return differences.Count == 0;
    }

    private static async Task<InProcessTestCluster> DeployAsync(NhiStore store, Func<IPlatformConnector> connect)
    {
        var cluster = await BenchCluster.StartAsync(store, services => services.AddSingleton(connect()));
        await cluster.Client.GetGrain<IPolicySetGrain>(PolicySets.Main).Apply(
            new("main", [new("all", PolicyEffect.Permit, new(), AllowControllerEnforcedEnd: true)]), "bench");
        await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => cluster.Client.GetGrain<IExpiryShardGrain>(shard).Start()));
        return cluster;
    }
}
