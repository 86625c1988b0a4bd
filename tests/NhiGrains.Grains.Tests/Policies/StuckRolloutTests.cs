using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Policies;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Waiting;
using Orleans.Storage;

namespace NhiGrains.Grains.Tests.Policies;

/// <summary>Rollouts of which one identity does not answer.</summary>
public class StuckRolloutTests
{
    private static readonly PolicySet Strict = Rollouts.Set(Rollouts.Standing, Rollouts.Deny("prices"));

    [Fact]
    public async Task A_rollout_says_who_does_not_answer_and_goes_on_asking_until_another_set_is_in_force()
    {
        await using var silos = await StartAsync();
        var stuck = (await silos.Apply(Strict, new(RolloutMode.Now))).RolloutId ?? "";
        await UntilMuteAsync(silos, stuck);
        Assert.Equal(["mute"], await silos.Rollout(stuck).Unanswered(10));
        await UntilAsync(async () => !(await IntentOfAsync(silos, "billing")).Any(), "billing still has its intent");
        Assert.Single(await IntentOfAsync(silos, "mute"));

        var next = (await silos.Apply(Rollouts.Set(Rollouts.Deny("prices")), new(RolloutMode.Now))).RolloutId ?? "";
        var ended = await silos.Ended(stuck);
        await UntilMuteAsync(silos, next);
        silos.BeforeCall = null;

        Assert.Equal((RolloutStatus.Superseded, 1), (ended.Status, ended.Unanswered));
        Assert.Equal((RolloutStatus.Done, 0), ((await silos.Ended(next)).Status, (await silos.Ended(next)).Unanswered));
        Assert.Empty(await IntentOfAsync(silos, "mute"));
        var told = (await Story.Verified(silos, Shards.Of("policy-set/main"))).Select(entry => entry.Event).Where(one => one.Action == "policy-set.rollout-ended");
        Assert.Equal([(stuck, "Superseded", "1"), (next, "Done", "0")], told.Select(one => (one.Details["rolloutId"], one.Details["status"], one.Details["unanswered"])));
    }

    [Fact]
    public async Task A_rollout_that_was_given_up_does_not_go_on_although_its_set_is_in_force_again()
    {
        await using var silos = await StartAsync();
        var stuck = (await silos.Apply(Strict, new(RolloutMode.Now))).RolloutId ?? "";
        await UntilMuteAsync(silos, stuck);

        await silos.Apply(Rollouts.Set(Rollouts.Standing));
        await silos.Policy().RollBack(new("again", "root", "without a rollout", Strict.Version));

        Assert.Equal(RolloutStatus.Superseded, (await silos.Ended(stuck)).Status);
        silos.BeforeCall = null;
        await silos.Policy().Keep();
        Assert.Single(await IntentOfAsync(silos, "mute"));
    }

    [Fact]
    public async Task Stuck_rollouts_do_not_pile_up_and_keep_nobody_from_simulating()
    {
        await using var silos = await StartAsync();
        var ids = new List<string>();
        for (var number = 0; number < PolicySetChanges.MaxOpen + 1; number++)
            ids.Add((await silos.Apply(Strict, new(RolloutMode.Now), key: $"{number}")).RolloutId ?? "");

        Assert.Null((await silos.Policy().Simulate(new("try", "root", Rollouts.Set(), Version: null))).Refusal);
        foreach (var id in ids.SkipLast(1))
            Assert.Equal(RolloutStatus.Superseded, (await silos.Ended(id)).Status);
        await UntilMuteAsync(silos, ids[^1]);
        Assert.Equal([ids[^1]], (await OpenAsync(silos)).Where(open => !open.IsSimulation).Select(open => open.Id));
        silos.BeforeCall = null;
        Assert.Equal(RolloutStatus.Done, (await silos.Ended(ids[^1])).Status);
    }

    /// <summary>With two identities that lose something, of which one does not answer when it is asked about that.</summary>
    private static async Task<TwoSilos> StartAsync()
    {
        var silos = await TwoSilos.StartAsync(Rollouts.Standing);
        foreach (var id in new[] { "billing", "mute" })
        {
            var identity = new Scenario(silos, id);
            await identity.Register();
            await identity.Intend(Scenario.May("prices"));
        }

        var mute = silos.Identity("mute").GetGrainId();
        silos.BeforeCall = call =>
        {
            if (call.TargetContext.GrainId == mute && call.MethodName == nameof(IIdentityGrain.Reconsider))
                throw new InvalidOperationException("Out of order.");
        };
        return silos;
    }

    private static Task UntilMuteAsync(TwoSilos silos, string id) => UntilAsync(
        async () => await silos.Rollout(id).Get() is { Progress: { Status: RolloutStatus.Running, Examined: 1, Unanswered: 1 } }, "it is not left with the mute one");

    private static Task UntilAsync(Func<Task<bool>> condition, string otherwise) =>
        Eventually.TrueAsync(condition, TimeSpan.FromSeconds(60), () => otherwise, TestContext.Current.CancellationToken);

    private static async Task<IEnumerable<string>> IntentOfAsync(TwoSilos silos, string id) => Rollouts.NamesOf((await new Scenario(silos, id).View()).Identity.Intent.Entitlements);

    private static async Task<RolloutOrder[]> OpenAsync(TwoSilos silos)
    {
        var state = new GrainState<PolicySetState>();
        await silos.Services.GetRequiredKeyedService<IGrainStorage>("Default").ReadStateAsync("policy-set", silos.Policy().GetGrainId(), state);
        return state.State?.Open ?? [];
    }
}
