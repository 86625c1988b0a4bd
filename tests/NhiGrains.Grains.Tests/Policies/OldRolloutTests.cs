using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Policies;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Waiting;
using Orleans.Storage;

namespace NhiGrains.Grains.Tests.Policies;

/// <summary>What simulations and rollouts found is removed long after they ended.</summary>
public class OldRolloutTests
{
    private static readonly PolicySet Candidate = Rollouts.Set(TwoSilos.PermitAnHour, Rollouts.Standing, Rollouts.Deny("prices"));

    private static readonly int Shard = Shards.Of("billing");

    [Fact]
    public async Task What_a_simulation_found_is_removed_a_week_after_it_ended_and_who_asks_for_it_is_told_so()
    {
        await using var silos = await StartAsync();
        var id = await SimulateAsync(silos, "one");

        silos.Time.Advance(RolloutRetention.OfSimulation - TimeSpan.FromMinutes(5));
        await silos.Policy().Keep();
        Assert.Single(await silos.Found(id));
        Assert.Equal(["rollout", "shard", "piece", "content"], await WhatIsStoredAsync(silos, id));
        silos.Time.Advance(TimeSpan.FromMinutes(5));
        await silos.Policy().Keep();

        Assert.Empty(await WhatIsStoredAsync(silos, id));
        Assert.Null(await silos.Rollout(id).Get());
        Assert.Equal((true, false), (await silos.Policy().WasRemoved(id), await silos.Policy().WasRemoved("never-there")));
        Assert.Equal("POLICY_FINDINGS_REMOVED", (await silos.Policy().Simulate(new("one", "root", Candidate, Version: null))).Refusal?.Code);
        var again = await SimulateAsync(silos, "two");
        Assert.Equal((false, 1), (await silos.Policy().WasRemoved(again), (await silos.Found(again)).Count));
    }

    [Fact]
    public async Task What_a_candidate_says_is_kept_while_another_simulation_of_it_is()
    {
        await using var silos = await StartAsync();
        var first = await SimulateAsync(silos, "first");
        silos.Time.Advance(TimeSpan.FromDays(1));
        var second = await SimulateAsync(silos, "second");

        silos.Time.Advance(RolloutRetention.OfSimulation - TimeSpan.FromDays(1));
        await silos.Policy().Keep();
        Assert.Equal(["content"], await WhatIsStoredAsync(silos, first));
        Assert.Single(await silos.Found(second));
        silos.Time.Advance(TimeSpan.FromDays(1));
        await silos.Policy().Keep();

        Assert.Empty(await WhatIsStoredAsync(silos, second));
    }

    [Fact]
    public async Task What_a_rollout_found_is_kept_for_as_long_as_the_longest_grace_and_what_was_in_force_stays_for_good()
    {
        await using var silos = await StartAsync();
        var id = (await silos.Apply(Candidate, new(RolloutMode.Grace, PolicySetChanges.MaxGrace))).RolloutId ?? "";
        await silos.Ended(id);
        await silos.Policy().RollBack(new("back", "root", "", Rollouts.Set(TwoSilos.PermitAnHour, Rollouts.Standing).Version));

        silos.Time.Advance(RolloutRetention.OfRollout - TimeSpan.FromMinutes(5));
        await silos.Policy().Keep();
        Assert.Single(await silos.Found(id));
        silos.Time.Advance(TimeSpan.FromMinutes(5));
        await silos.Policy().Keep();

        Assert.Equal(["content"], await WhatIsStoredAsync(silos, id));
        Assert.True(await silos.Policy().WasRemoved(id));
        Assert.True((await silos.Policy().RollBack(new("again", "root", "", Candidate.Version))).Applied);
    }

    [Fact]
    public async Task A_removal_in_the_middle_of_which_all_silos_die_is_finished_by_those_that_come_next()
    {
        await using var silos = await StartAsync();
        var id = await SimulateAsync(silos, "one");
        silos.BeforeCall = call =>
        {
            if (call.TargetContext.GrainId == Part(silos, id).GetGrainId() && call.MethodName == nameof(IRolloutShardGrain.Forget))
                throw new IOException("The silo is about to die.");
        };

        silos.Time.Advance(RolloutRetention.OfSimulation);
        await silos.Policy().Keep();
        Assert.Equal(["rollout", "shard", "piece", "content"], await WhatIsStoredAsync(silos, id));
        Assert.True(await silos.Policy().WasRemoved(id)); // Nobody is shown the half of it.
        Assert.False(await IsStoredAsync<RolloutShardState>(silos, "policy-rollout-shard", Part(silos, id, (Shard + 1) % Shards.Count)));
        await silos.CrashAsync();
        silos.BeforeCall = null;
        await silos.StartAgainAsync();
        await silos.Policy().Keep();

        Assert.Empty(await WhatIsStoredAsync(silos, id));
        Assert.True(await silos.Policy().WasRemoved(id));
    }

    [Fact]
    public async Task More_than_can_be_removed_at_once_is_removed_in_several_steps()
    {
        await using var silos = await TwoSilos.StartAsync();
        const int pieces = 100;
        await StoreAsync(silos, "policy-rollout-shard", Part(silos, "big"), new RolloutShardState { Pieces = [.. Enumerable.Repeat(1, pieces)], EndedAt = DateTimeOffset.UnixEpoch });
        await StoreAsync(silos, "policy-rollout-piece", Piece(silos, "big", 0), new RolloutPieceState());
        await StoreAsync(silos, "policy-rollout-piece", Piece(silos, "big", pieces), new RolloutPieceState()); // Before a crash: the state does not know of it.

        Assert.False(await silos.Rollout("big").Forget());
        Assert.Equal(["shard", "piece"], await WhatIsStoredAsync(silos, "big"));
        Assert.True(await silos.Rollout("big").Forget());

        Assert.Empty(await WhatIsStoredAsync(silos, "big"));
        Assert.False(await IsStoredAsync<RolloutPieceState>(silos, "policy-rollout-piece", Piece(silos, "big", pieces)));
    }

    [Fact]
    public void Of_very_many_that_have_ended_the_oldest_are_removed_before_their_time()
    {
        var ended = Enumerable.Range(0, OldRollouts.MostKept + 2).Select(number => new EndedRollout($"{number}", "v", IsSimulation: true, DateTimeOffset.UnixEpoch)).ToArray();

        var next = new PolicySetState { Ended = ended }.WithoutOld(DateTimeOffset.UnixEpoch);

        Assert.Equal(["0", "1"], next.Removing.Select(one => one.Id));
        Assert.Equal((OldRollouts.MostKept, "2"), (next.Ended.Length, next.Ended[0].Id));
        Assert.Same(next, next.WithoutOld(DateTimeOffset.UnixEpoch));
    }

    /// <summary>With an identity that loses something by the candidate.</summary>
    private static async Task<TwoSilos> StartAsync()
    {
        var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Rollouts.Standing);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Intend(Scenario.May("prices"));
        return silos;
    }

    private static async Task<string> SimulateAsync(TwoSilos silos, string key)
    {
        var id = (await silos.Policy().Simulate(new(key, "root", Candidate, Version: null))).RolloutId ?? "";
        await silos.Ended(id);
        return id;
    }

    private static IRolloutShardGrain Part(TwoSilos silos, string id, int? shard = null) => silos.Grains.GetGrain<IRolloutShardGrain>(RolloutKeys.OfShard(id, shard ?? Shard));

    private static IRolloutPieceGrain Piece(TwoSilos silos, string id, int number) => silos.Grains.GetGrain<IRolloutPieceGrain>(RolloutKeys.OfPiece(RolloutKeys.OfShard(id, Shard), number));

    private static async Task<string[]> WhatIsStoredAsync(TwoSilos silos, string id)
    {
        var stored = new List<string>();
        if (await IsStoredAsync<PolicyRolloutState>(silos, "policy-rollout", silos.Rollout(id)))
            stored.Add("rollout");
        if (await IsStoredAsync<RolloutShardState>(silos, "policy-rollout-shard", Part(silos, id)))
            stored.Add("shard");
        if (await IsStoredAsync<RolloutPieceState>(silos, "policy-rollout-piece", Piece(silos, id, 0)))
            stored.Add("piece");
        if (await silos.Grains.GetGrain<IPolicyVersionGrain>(Candidate.Version).Get() is not null)
            stored.Add("content");
        return [.. stored];
    }

    private static IGrainStorage Storage(TwoSilos silos) => silos.Services.GetRequiredKeyedService<IGrainStorage>("Default");

    private static async Task<bool> IsStoredAsync<T>(TwoSilos silos, string name, IAddressable grain)
    {
        var state = new GrainState<T>();
        await Storage(silos).ReadStateAsync(name, grain.GetGrainId(), state);
        return state.RecordExists;
    }

    private static Task StoreAsync<T>(TwoSilos silos, string name, IAddressable grain, T state) =>
        Storage(silos).WriteStateAsync(name, grain.GetGrainId(), new GrainState<T>(state));
}
