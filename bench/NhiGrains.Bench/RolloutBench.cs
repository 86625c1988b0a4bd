using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Expiry;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Storage;

namespace NhiGrains.Bench;

/// <summary>
/// Identities with an intent of two entitlements and a grant each, on two silos in this process. A policy set is simulated and then
/// put in force at once, and what happened is compared with what was said, and with what the numbers of the identities say.
/// </summary>
internal sealed class RolloutBench(IGrainFactory grains, int count)
{
    private const string Platform = "count:bench";

    private static readonly PolicyRule All = new("all", PolicyEffect.Permit, new(), AllowControllerEnforcedEnd: true);

    public static async Task<bool> RunAsync(string folder, int count)
    {
        await using var store = await NhiStore.OpenAsync(new() { DataFolder = folder }, NullLoggerFactory.Instance);
        await using var cluster = await BenchCluster.StartAsync(store, Platform);
        await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => cluster.Client.GetGrain<IExpiryShardGrain>(shard).Start()));
        return await new RolloutBench(cluster.Client, count).RunAsync();
    }

    private IPolicySetGrain Policy => grains.GetGrain<IPolicySetGrain>(PolicySets.Main);

    private async Task<bool> RunAsync()
    {
        await Policy.Apply(new PolicySet("main", [All]), "bench");
        await Timed($"{count} identities registered, each with an intent and a grant", () => Each(PrepareAsync));
        // Everybody who has 'secret' in the intent loses it, and whoever has it by a grant loses the grant; long grants are cut.
        var set = new PolicySet("main", [All, new("no-secrets", PolicyEffect.Deny, new(ResourcePrefix: "/thing/secret")), new("an-hour", PolicyEffect.Permit, new(Standing: false), TimeSpan.FromHours(1), AllowControllerEnforcedEnd: true)]);

        var begun = await Policy.Simulate(new("simulate", "bench", set, Version: null));
        var simulated = await Timed("simulated", () => Ended(begun.RolloutId));
        var said = await Found(begun.RolloutId);
        var answer = await Policy.Apply(new PolicyOrder("apply", "bench", "bench", set) { Rollout = new(RolloutMode.Now) });
        var rolledOut = await Timed("applied, and all brought in line", () => Ended(answer.RolloutId));
        var happened = await Happened();

        var expected = Enumerable.Range(0, count).SelectMany(Expected).ToHashSet();
        var told = said.Select(one => $"{one.IdentityId} {(one.Source == Identity.IntentSource ? "intent" : "grant")} {one.Kind}").ToHashSet();
        Console.WriteLine($"simulation: examined {simulated.Examined}, affected {simulated.Affected}, findings {simulated.Findings}, unanswered {simulated.Unanswered}");
        Console.WriteLine($"rollout:    examined {rolledOut.Examined}, affected {rolledOut.Affected}, findings {rolledOut.Findings}, unanswered {rolledOut.Unanswered}");
        Console.WriteLine($"said {told.Count}, expected {expected.Count}, happened {happened.Count}; said and not happened {told.Except(happened).Count()}, happened and not said {happened.Except(told).Count()}, not as expected {expected.Except(told).Count() + told.Except(expected).Count()}");
        return told.SetEquals(happened) && told.SetEquals(expected) && simulated.Examined == count && rolledOut.Examined == count;
    }

    private async Task PrepareAsync(int number)
    {
        await Do(number, new IdentityCommand.RegisterIdentity(new(
            IdentityKind.ServiceAccount, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal), [new(Platform, $"p{number}")])));
        await Do(number, new IdentityCommand.SetIntent([May(number % 3 == 0 ? "secret" : "open"), May("common")], "bench"));
        await Do(number, new IdentityCommand.RequestAccess([May(number % 5 == 0 ? "secret" : "open")], number % 2 == 0 ? TimeSpan.FromHours(8) : TimeSpan.FromMinutes(50), "bench"));
    }

    private static IEnumerable<string> Expected(int number)
    {
        if (number % 3 == 0)
            yield return $"i{number} intent Lost";
        if (number % 5 == 0)
            yield return $"i{number} grant Lost";
        else if (number % 2 == 0)
            yield return $"i{number} grant Shortened";
    }

    private async Task<HashSet<string>> Happened()
    {
        var happened = new HashSet<string>(StringComparer.Ordinal);
        await Each(async number =>
        {
            var identity = (await grains.GetGrain<IIdentityGrain>($"i{number}").Get() ?? throw new InvalidOperationException($"i{number} is gone.")).Identity;
            lock (happened)
            {
                if (identity.Intent.Entitlements.Count != 2)
                    happened.Add($"i{number} intent Lost");
                if (identity.Grants[0] is not ActiveGrant active)
                    happened.Add($"i{number} grant Lost");
                else if (active.ExpiresAt - active.Since < active.Request.Lifetime)
                    happened.Add($"i{number} grant Shortened");
            }
        });
        return happened;
    }

    private async Task<RolloutProgress> Ended(string? id)
    {
        for (var patience = 0; patience < 6_000; patience++)
        {
            if (await grains.GetGrain<IPolicyRolloutGrain>(id ?? "none").Get() is { Progress: { Status: not RolloutStatus.Running } progress })
                return progress;
            await Task.Delay(50);
        }

        throw new TimeoutException($"{id} has not ended.");
    }

    private async Task<List<PolicyFinding>> Found(string? id)
    {
        var found = new List<PolicyFinding>();
        var page = new RolloutFindings([], [RolloutPlace.Start], HasMore: true);
        while (page.HasMore)
        {
            page = await grains.GetGrain<IPolicyRolloutGrain>(id ?? "none").Findings(page.Places[^1], 1_000);
            found.AddRange(page.Found);
        }

        return found;
    }

    private static Entitlement May(string name) => new(Platform, [Verb.Read], [new("thing", "", ResourceMatch.Exact, name)], Conditions.None);

    private async Task Do(int number, IdentityCommand command)
    {
        var answer = await grains.GetGrain<IIdentityGrain>($"i{number}").Execute(new($"{command.GetType().Name}-{number}", "bench", command));
        if (answer.Refusal is { } refusal)
            throw new InvalidOperationException(refusal.ToString());
    }

    private Task Each(Func<int, Task> work) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 128 }, async (number, _) => await work(number));

    private static Task<bool> Timed(string what, Func<Task> work) => Timed(what, async () =>
    {
        await work();
        return true;
    });

    private static async Task<T> Timed<T>(string what, Func<Task<T>> work)
    {
        var (since, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var result = await work();
        Console.WriteLine($"{what}: {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s, {(Environment.CpuUsage.TotalTime - processor).TotalSeconds:0.0} s of processor time");
        return result;
    }
}
