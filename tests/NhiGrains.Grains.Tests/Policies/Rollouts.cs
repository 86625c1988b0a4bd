using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Policies;

/// <summary>What tests do with policy sets, in few words.</summary>
internal static class Rollouts
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static PolicyRule Standing { get; } = new("standing", PolicyEffect.Permit, new(Standing: true), AllowControllerEnforcedEnd: true);

    public static PolicySet Set(params PolicyRule[] rules) => new("main", rules);

    public static PolicyRule Deny(string name) => new($"no-{name}", PolicyEffect.Deny, new(ResourcePrefix: $"shop/configmaps/{name}"));

    public static IPolicySetGrain Policy(this TwoSilos silos) => silos.Grains.GetGrain<IPolicySetGrain>(PolicySets.Main);

    public static IPolicyRolloutGrain Rollout(this TwoSilos silos, string? id) => silos.Grains.GetGrain<IPolicyRolloutGrain>(id ?? "none");

    public static Task<PolicyAnswer> Apply(this TwoSilos silos, PolicySet set, RolloutPlan? rollout = null, string? key = null, string actor = "root") =>
        silos.Policy().Apply(new PolicyOrder(key ?? set.Version + rollout?.Mode, actor, "a test", set) { Rollout = rollout ?? RolloutPlan.Leave });

    /// <summary>Keeps it going as a host does, until it has ended.</summary>
    public static async Task<RolloutProgress> Ended(this TwoSilos silos, string? id)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                await silos.Policy().Keep();
                return await silos.Rollout(id).Get() is { Progress.Status: not RolloutStatus.Running };
            },
            Bound, () => $"{id} has not ended", TestContext.Current.CancellationToken);
        var view = await silos.Rollout(id).Get();
        return view?.Progress ?? throw new InvalidOperationException($"There is no rollout {id}.");
    }

    public static async Task<IReadOnlyList<PolicyFinding>> Found(this TwoSilos silos, string? id)
    {
        var found = new List<PolicyFinding>();
        for (var place = RolloutPlace.Start; ;)
        {
            var page = await silos.Rollout(id).Findings(place, 7);
            found.AddRange(page.Found);
            if (!page.HasMore)
                return found;
            place = page.Places[^1];
        }
    }

    public static async Task<IReadOnlyList<PolicyFinding>> Simulated(this TwoSilos silos, PolicySet set)
    {
        var begun = await silos.Policy().Simulate(new($"simulate-{set.Version}", "root", set, Version: null));
        Assert.Null(begun.Refusal);
        var progress = await silos.Ended(begun.RolloutId);
        Assert.Equal((RolloutStatus.Done, 0, progress.Total), (progress.Status, progress.Unanswered, progress.Examined));
        return await silos.Found(begun.RolloutId);
    }

    public static Task<CommandAnswer> Intend(this Scenario scenario, params Entitlement[] entitlements) =>
        scenario.Do(new IdentityCommand.SetIntent(entitlements, "a test"));

    public static IEnumerable<string> NamesOf(IEnumerable<Entitlement> entitlements) => entitlements.Select(entitlement => entitlement.Resources[0].Name ?? "");
}
