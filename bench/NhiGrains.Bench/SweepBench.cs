using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms;
using NhiGrains.Platforms.Aws;
using NhiGrains.Sandbox;
using NhiGrains.Sandbox.Aws;
using NhiGrains.Storage;

namespace NhiGrains.Bench;

/// <summary>
/// A sweep over very many roles of the sandbox's AWS account, a few of which somebody has changed by hand. Those that are changed
/// belong to identities that are registered; of the others there is the catalog's row, which is all that a sweep looks at.
/// </summary>
internal sealed class SweepBench
{
    private const string Platform = "aws:bench";
    private const string AccountId = "111122223333";
    private const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}]}""";

    public static async Task RunAsync(string folder, int principals, int differences)
    {
        await using var sandbox = new SandboxServer();
        var account = new AwsAccount(sandbox.Surroundings, AccountId, Platform);
        string[] roles = [.. Enumerable.Range(0, principals).Select(number => $"r{number}")];
        account.AddRoles(roles.Select(role => Seed(role, "given")));
        var options = new AwsPlatformOptions { Platform = Platform, AccountId = AccountId, Endpoint = await sandbox.AddAsync(account), Credentials = new(account.AdminKeyId, account.AdminSecret) };
        await using var store = await NhiStore.OpenAsync(new() { DataFolder = folder }, NullLoggerFactory.Instance);
        await using var cluster = await BenchCluster.StartAsync(store, services => services.AddAwsPlatform(options));
        var (grains, platform) = (cluster.Client, cluster.Client.GetGrain<IPlatformGrain>(Platform));
        string[] changed = [.. roles.Where((_, number) => number % (principals / differences) == 0).Take(differences)];

        await RegisterAsync(grains, changed);
        var rows = await PutRowsAsync(grains, cluster.Silos[0].ServiceProvider.GetRequiredService<IPlatformConnector>(), changed);
        Console.WriteLine($"{principals} roles, {rows} rows of the catalog, {changed.Length} identities registered");
        await SweepAsync(platform, "nothing changed", "first"); // What nobody answers for is told here.
        await SweepAsync(platform, "nothing changed, again", "second");
        account.AddRoles(changed.Select(role => Seed(role, "given", "by-hand")));
        await SweepAsync(platform, $"{changed.Length} changed by hand", "third");
        var found = await Task.WhenAll(changed.Select(role => grains.GetGrain<IIdentityGrain>(role).Get()));
        Console.WriteLine($"  found: {found.Count(view => view?.Platforms[0] is { Status: EnforcementStatus.Drifted } report && report.Message.Contains("by-hand", StringComparison.Ordinal))} of {changed.Length}");
    }

    private static AwsRoleSeed Seed(string role, params string[] policies) =>
        new(role, "/", new Dictionary<string, string>(StringComparer.Ordinal), policies.ToDictionary(name => name, _ => Policy, StringComparer.Ordinal));

    private static Task RegisterAsync(IClusterClient grains, string[] roles) => Task.WhenAll(roles.Select(async role =>
    {
        var identity = grains.GetGrain<IIdentityGrain>(role);
        await identity.Execute(new($"register-{role}", "bench", new IdentityCommand.RegisterIdentity(new(
            IdentityKind.ServiceAccount, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal), [new(Platform, $"role/{role}")]))));
        while (await identity.Get() is not { Platforms: [{ Settled: true }] })
            await Task.Delay(50);
    }));

    /// <summary>The row that an identity would have, had it looked at its principal.</summary>
    private static async Task<int> PutRowsAsync(IClusterClient grains, IPlatformConnector connector, string[] registered)
    {
        var known = registered.Select(role => $"role/{role}").ToHashSet(StringComparer.Ordinal);
        var rows = new List<CatalogRow>();
        await foreach (var seen in connector.ObserveAllAsync(CancellationToken.None))
        {
            if (seen.Principal.StartsWith("role/r", StringComparison.Ordinal) && !known.Contains(seen.Principal))
            {
                rows.Add(new(seen.Principal["role/".Length..], 1, IdentityKind.ServiceAccount, IdentityStatus.Active, "ada", "payments", "staging", new Dictionary<string, string>(StringComparer.Ordinal),
                    [new(Platform, seen.Principal, EnforcementStatus.Drifted, ObservedDigest: seen.OwnDigest())], []));
            }
        }

        await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = 512 }, async (row, _) => await grains.GetGrain<ICatalogShardGrain>(Shards.Of(row.Id)).Put(row));
        return rows.Count;
    }

    private static async Task SweepAsync(IPlatformGrain platform, string label, string key)
    {
        GC.Collect();
        var (before, cpu, since) = (GC.GetTotalMemory(forceFullCollection: true), Environment.CpuUsage.TotalTime, TimeProvider.System.GetTimestamp());
        var peak = before;
        var answer = await platform.Sweep(new("bench", key, TimeSpan.Zero));
        while (answer.Progress == SweepProgress.Running)
        {
            await Task.Delay(200);
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
            answer = await platform.Sweep(new("bench", key, TimeSpan.Zero));
        }

        var view = answer.Platform;
        var took = TimeProvider.System.GetElapsedTime(since);
        Console.WriteLine($"{label}: {answer.Progress}, {took.TotalSeconds:0.0} s, {(Environment.CpuUsage.TotalTime - cpu).TotalSeconds:0.0} s of processor (the sandbox's too), {view.Calls} calls, {view.Pages} pages, {view.Principals} principals, woken {view.Woken}, differences {view.Differences}, managed memory {before >> 20} MB before, {peak >> 20} MB at its peak");
    }
}
