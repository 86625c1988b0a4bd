using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.Storage;

namespace NhiGrains.Bench;

/// <summary>
/// What a decision costs when rules look at the groups of who asks, with a directory of a given size, on two silos in this process. The
/// ceiling is the same decision by the same rule without groups, which does not ask the directory.
/// </summary>
internal sealed class DirectoryBench(IGrainFactory grains, int memberships, int decisions)
{
    private const string Platform = "count:bench";
    private const int Identities = 64;
    private const int AtOnce = 16;

    private static readonly PolicyRule All = new("all", PolicyEffect.Permit, new(Standing: false), AllowControllerEnforcedEnd: true);
    private static readonly PolicyRule Members = All with { Name = "members", Match = new(Standing: false) { RequesterGroups = ["group-0", "group-7"] } };

    private int _asked;

    public static async Task RunAsync(string folder, int memberships, int decisions)
    {
        await using var store = await NhiStore.OpenAsync(new() { DataFolder = folder }, NullLoggerFactory.Instance);
        await using var cluster = await BenchCluster.StartAsync(store, Platform);
        await new DirectoryBench(cluster.Client, memberships, decisions).RunAsync();
    }

    private IDirectoryGrain Directory => grains.GetGrain<IDirectoryGrain>(Directories.Main);

    private async Task RunAsync()
    {
        for (var at = 0; at < memberships; at += GroupRules.MaxNames)
            await Change(at);
        var people = await Directory.Current();
        Console.WriteLine(FormattableString.Invariant(
            $"{people.Groups.Sum(group => group.Value.Count)} memberships in {people.Groups.Count} groups, {JsonSerializer.SerializeToUtf8Bytes(people, Canonical.Json).Length / 1e6:0.00} MB as JSON; {Identities} identities on two silos, {AtOnce} at once"));
        for (var number = 0; number < Identities; number++)
        {
            await grains.GetGrain<IIdentityGrain>($"i{number}").Execute(new($"register-{number}", "bench", new IdentityCommand.RegisterIdentity(new(
                IdentityKind.ServiceAccount, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal), [new(Platform, $"p{number}")]))));
        }

        await Measure(All, changes: 0); // On code that is not yet compiled for speed.
        var ceiling = await Measure(All, changes: 0);
        await Measure(Members, changes: 0);
        var ours = await Measure(Members, changes: 0);
        var changing = await Measure(Members, changes: 10);
        Console.WriteLine($"{"",-44}{"p50 ms",10}{"p99 ms",10}{"a second",10}{"core ms",10}   core time to the ceiling");
        Print("rules name no groups (the ceiling)", ceiling, ceiling);
        Print("rules name groups", ours, ceiling);
        Print("the same, 10 changes of groups in between", changing, ceiling);
    }

    private Task<DirectoryAnswer> Change(int at) => Directory.Execute(new($"fill-{at}-{_asked++}", "bench", new DirectoryCommand.SetGroupMembers(
        $"group-{at / GroupRules.MaxMembers}", [.. Enumerable.Range(at, GroupRules.MaxNames).Select(n => $"person-{n}@example.com")], [], "bench")));

    private async Task<(double P50, double P99, double PerSecond, double CoreMs)> Measure(PolicyRule rule, int changes)
    {
        await grains.GetGrain<IPolicySetGrain>(PolicySets.Main).Apply(new PolicySet("main", [rule]), "bench");
        var times = new double[decisions];
        var (wall, core) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await Parallel.ForEachAsync(Enumerable.Range(0, decisions), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            var start = Stopwatch.GetTimestamp();
            var answer = await grains.GetGrain<IIdentityGrain>($"i{number % Identities}").Simulate(
                new([new(Platform, [Verb.Read], [new("thing", "", ResourceMatch.Exact, "open")], Conditions.None)], TimeSpan.FromHours(1)) { Actor = "person-7@example.com" });
            times[number] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (answer.Decision?.Outcome != DecisionOutcome.Permit)
                throw new InvalidOperationException($"{answer.Refusal} {answer.Decision?.Outcome}");
            if (changes > 0 && number % (decisions / changes) == 0)
                await Directory.Execute(new($"change-{number}-{_asked++}", "bench", new DirectoryCommand.SetGroupMembers("last", [$"person-{number}"], [], "bench")));
        });
        var (seconds, busy) = (Stopwatch.GetElapsedTime(wall).TotalSeconds, (Environment.CpuUsage.TotalTime - core).TotalMilliseconds);
        Array.Sort(times);
        return (times[decisions / 2], times[(int)(decisions * 0.99)], decisions / seconds, busy / decisions);
    }

    private static void Print(string what, (double P50, double P99, double PerSecond, double CoreMs) ours, (double P50, double P99, double PerSecond, double CoreMs) ceiling) => Console.WriteLine(
        FormattableString.Invariant($"{what,-44}{ours.P50,10:0.00}{ours.P99,10:0.00}{ours.PerSecond,10:0}{ours.CoreMs,10:0.00}   {ours.CoreMs / ceiling.CoreMs:0.00}x"));
}
