using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Policies;
using NhiGrains.Grains.Tests.Cluster;
using Orleans.Storage;

namespace NhiGrains.Grains.Tests.Policies;

/// <summary>Which version is in force, which ones were, and what the audit knows of them.</summary>
public class PolicySetTests
{
    private static readonly PolicySet Second = Rollouts.Set(Rollouts.Deny("a"));

    [Fact]
    public async Task Every_version_that_was_in_force_can_be_in_force_again_also_after_a_restart()
    {
        await using var silos = await TwoSilos.StartAsync();
        var first = await silos.Policy().Current();
        await silos.Apply(Second);
        await silos.CrashAsync();
        await silos.StartAgainAsync();
        Assert.Equal(Second.Version, (await silos.Policy().Current()).Version);

        var back = await silos.Policy().RollBack(new("back", "root", "a mistake", first.Version) { ExpectedVersion = Second.Version });

        Assert.Equal((first.Version, true), (back.InForce?.Version, back.Applied));
        Assert.Equal(Canonical.Text(first.Set), Canonical.Text((await silos.Policy().Current()).Set));
        var history = await silos.Policy().History(null, 2);
        Assert.Equal([(3L, "a mistake", Second.Version, true), (2L, "a test", first.Version, false)], history.Entries.Select(entry => (entry.Number, entry.Why, entry.From ?? "", entry.IsRollback)));
        Assert.Equal((true, 3L), (history.HasMore, history.Total));
        Assert.Equal([1L], (await silos.Policy().History(2, 2)).Entries.Select(entry => entry.Number));
    }

    [Fact]
    public async Task An_order_for_another_version_than_the_one_in_force_is_refused_and_a_repeated_one_is_carried_out_once()
    {
        await using var silos = await TwoSilos.StartAsync();
        var first = (await silos.Policy().Current()).Version;
        var order = new PolicyOrder("key", "root", "why", Second) { ExpectedVersion = first };

        var applied = await silos.Policy().Apply(order);
        var repeated = await silos.Policy().Apply(order);
        var reused = await silos.Policy().Apply(order with { Why = "another" });
        var late = await silos.Policy().Apply(order with { IdempotencyKey = "late", Set = Rollouts.Set() });

        Assert.True(applied.Applied);
        Assert.Equal((applied.InForce?.InForceSince, true), (repeated.InForce?.InForceSince, repeated.Applied));
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", reused.Refusal?.Code);
        Assert.Equal(("POLICY_CONFLICT", "expectedVersion"), (late.Refusal?.Code, late.Refusal?.Field));
        Assert.Equal(2, (await silos.Policy().History(null, 10)).Entries.Count);
        Assert.Equal("UNKNOWN_POLICY_VERSION", (await silos.Policy().RollBack(new("k", "root", "", "0123456789abcdef"))).Refusal?.Code);
    }

    [Fact]
    public async Task A_dry_run_and_a_simulation_put_nothing_in_force_and_cannot_be_rolled_back_to()
    {
        await using var silos = await TwoSilos.StartAsync();
        var before = await silos.Policy().Current();

        var tried = await silos.Policy().Apply(new PolicyOrder("try", "root", "", Second) { DryRun = true });
        await silos.Simulated(Second);

        Assert.Equal((false, before.Version), (tried.Applied, tried.InForce?.Version));
        Assert.Equal(["an-hour", "no-a"], tried.Diff?.Rules.Select(rule => rule.Name));
        Assert.Equal("UNKNOWN_POLICY_VERSION", (await silos.Policy().RollBack(new("back", "root", "", Second.Version))).Refusal?.Code);
        Assert.True((await silos.Policy().Apply(new PolicyOrder("try", "root", "", Second))).Applied);
    }

    [Fact]
    public async Task The_audit_has_the_whole_text_of_each_set_before_it_says_that_it_is_in_force_and_only_once()
    {
        await using var silos = await TwoSilos.StartAsync();
        var large = Rollouts.Set([.. Enumerable.Range(0, 400).Select(number => Rollouts.Deny($"{number}"))]);
        var first = (await silos.Policy().Current()).Version;
        await silos.Apply(large);
        await silos.Policy().RollBack(new("back", "root", "", first));
        await silos.Policy().RollBack(new("again", "root", "", large.Version));

        var entries = await Story.Verified(silos, Shards.Of("policy-set/main"));

        var parts = entries.Where(entry => entry.Event.Action == "policy-set.content" && entry.Event.Details["version"] == large.Version).ToArray();
        Assert.Equal(Enumerable.Range(1, parts.Length).Select(part => $"{part}/{parts.Length}"), parts.Select(entry => entry.Event.Details["part"]));
        Assert.True(parts.Length > 1);
        var told = JsonSerializer.Deserialize<PolicySet>(string.Concat(parts.Select(entry => entry.Event.Details["text"])), Canonical.Json);
        Assert.Equal(large.Version, told?.Version);
        var applied = entries.First(entry => entry.Event.Action == "policy-set.applied" && entry.Event.Details["version"] == large.Version);
        Assert.True(parts[^1].Sequence < applied.Sequence);
        Assert.Equal(("a test", "root", "400", "1"), (applied.Event.Why, applied.Event.Actor, applied.Event.Details["rulesAdded"], applied.Event.Details["rulesRemoved"]));
    }

    [Fact]
    public async Task A_set_whose_content_could_not_be_stored_is_not_in_force()
    {
        await using var silos = await TwoSilos.StartAsync();
        var before = (await silos.Policy().Current()).Version;
        silos.BeforeCall = call =>
        {
            if (call.InterfaceName.Contains("IPolicyVersionGrain", StringComparison.Ordinal) && call.MethodName == "Put")
                throw new IOException("The store does not answer.");
        };

        await Assert.ThrowsAsync<IOException>(() => silos.Apply(Second));
        silos.BeforeCall = null;

        Assert.Equal(before, (await silos.Policy().Current()).Version);
        Assert.Single((await silos.Policy().History(null, 10)).Entries);
        Assert.True((await silos.Apply(Second)).Applied);
    }

    [Fact]
    public async Task Silos_that_begin_with_different_files_do_not_undo_each_other_and_a_file_that_somebody_changes_counts()
    {
        await using var silos = await TwoSilos.StartAsync();
        var (one, two) = (Rollouts.Set(Rollouts.Deny("one")), Rollouts.Set(Rollouts.Deny("two")));
        var orders = 0;
        async Task Expect(PolicySet set, bool starts, PolicySet inForce, bool applied)
        {
            var answer = await silos.Policy().Apply(new PolicyOrder($"file-{++orders}", Actors.PolicyFile, "the file", set) { FromFile = true, AtStart = starts });
            Assert.Equal((null, inForce.Version, applied), (answer.Refusal, answer.InForce?.Version, answer.Applied));
        }

        await Expect(one, starts: true, inForce: one, applied: true); // It was never in force.
        await Expect(two, starts: true, inForce: two, applied: true);
        await Expect(one, starts: true, inForce: two, applied: false);
        await Expect(two, starts: true, inForce: two, applied: false);
        await Expect(one, starts: false, inForce: one, applied: true);
        await Expect(two, starts: true, inForce: one, applied: false);
        await silos.Apply(Second);
        await Expect(one, starts: true, inForce: Second, applied: false);
        await Expect(two, starts: true, inForce: Second, applied: false);
        await Expect(Second, starts: true, inForce: Second, applied: false);
    }

    [Fact]
    public async Task A_silo_that_was_frozen_while_another_set_came_into_force_does_not_decide_by_the_old_one()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        Assert.Null((await billing.Request(TimeSpan.FromMinutes(5), Scenario.May("a"))).Refusal); // By the old set, which it has in memory.
        await using var rivals = await silos.RivalsAsync();
        var strict = Rollouts.Set(Rollouts.Deny("a"), TwoSilos.PermitAnHour);
        Assert.True((await rivals.Apply(strict)).Applied);

        silos.Time.Advance(PersistentStates.Fresh);

        var asked = await Woken.AnswerAsync(() => billing.Request(TimeSpan.FromMinutes(5), Scenario.May("a")));
        Assert.Equal((GrantStatus.Denied, strict.Version), ((await billing.Grant(asked.GrantId)).Status, (await billing.Grant(asked.GrantId)).Decision.PolicyVersion));
        Assert.Equal(strict.Version, (await silos.Policy().Current()).Version);
        Assert.Equal(2, (await silos.Policy().History(null, 9)).Total);
    }

    [Fact]
    public async Task A_state_of_an_earlier_release_is_loaded_and_its_versions_can_be_rolled_back_to()
    {
        await using var silos = await TwoSilos.StartAsync();
        var versions = new[] { Rollouts.Set(), Second }.Select((set, index) => new PolicyVersion(set, set.Version, DateTimeOffset.UnixEpoch.AddDays(index), "root")).ToArray();
        var old = silos.Grains.GetGrain<IPolicySetGrain>("old");
        var storage = silos.Services.GetRequiredKeyedService<IGrainStorage>("Default");
        await storage.WriteStateAsync("policy-set", old.GetGrainId(), new GrainState<PolicySetState>(new() { Versions = versions }));

        Assert.Equal(Second.Version, (await old.Current()).Version);
        Assert.Equal([(2L, Second.Version, versions[0].Version), (1L, versions[0].Version, null)], (await old.History(null, 9)).Entries.Select(entry => (entry.Number, entry.Version, entry.From)));
        Assert.True((await old.RollBack(new("back", "root", "", versions[0].Version))).Applied);
        Assert.Equal(versions[0].Version, (await old.Current()).Version);
    }
}
