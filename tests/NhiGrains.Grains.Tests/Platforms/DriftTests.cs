using NhiGrains.Contracts;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Platforms;

public sealed class DriftTests : IAsyncLifetime
{
    private TwoSilos? _silos;

    private TwoSilos Silos => _silos ?? throw new InvalidOperationException("The silos were not started.");

    private IPlatformGrain Platform => Silos.Grains.GetGrain<IPlatformGrain>(TwoSilos.PlatformName);

    public async ValueTask InitializeAsync()
    {
        _silos = await TwoSilos.StartAsync();
        await Platform.Start();
        // It sweeps when it starts, which would see what a test changes without telling.
        await Eventually.TrueAsync(async () => (await Platform.Get()).LastSweep is not null, TimeSpan.FromSeconds(60), () => "not swept", TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Silos.DisposeAsync();

    [Fact]
    public async Task What_is_added_changed_or_deleted_by_hand_is_told_and_is_put_right_on_request()
    {
        var billing = await Effective("billing");

        Silos.Platform.Tamper(billing.Principal, "by hand", "anything");
        Silos.Platform.Tamper(billing.Principal, billing.Key("prices"), "edited");
        await UntilTold("billing", "drift.detected", DifferenceKind.Extra, DifferenceKind.Changed);
        Silos.Platform.Tamper(billing.Principal, billing.Key("prices"), null);
        await UntilTold("billing", "drift.detected", DifferenceKind.Extra, DifferenceKind.Changed, DifferenceKind.Missing);

        Assert.Equal(EnforcementStatus.Drifted, (await billing.View()).Platforms[0].Status);
        Assert.Equal(["by hand"], Silos.Platform.KeysOf(billing.Principal));
        var answer = await Silos.Enforcement("billing").ResolveDrift(new("ada", "not ours", DriftAction.Revert, [], null, "key-1"));
        Assert.Null(answer.Refusal);
        Assert.Equal(EnforcementStatus.Effective, answer.View?.Status);
        Assert.Equal([billing.Key("prices")], Silos.Platform.KeysOf(billing.Principal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_identity_that_does_not_answer_keeps_no_other_from_being_looked_at(bool itself)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 5).Select(number => Effective($"worker-{number}")));
        Silos.BeforeCall = call =>
        {
            if (call.TargetId == (itself ? Silos.Identity("worker-2").GetGrainId() : Silos.Enforcement("worker-2").GetGrainId()))
                throw new TimeoutException("It hangs.");
        };
        foreach (var worker in all)
            Silos.Platform.Tamper(worker.Principal, "by hand", "anything");

        var answer = await Platform.Sweep(new("ada", "sweep", TimeSpan.FromSeconds(15)));

        Assert.Equal((SweepProgress.Done, PlatformHealth.Reachable, all.Length - 1), (answer.Progress, answer.Platform.Health, answer.Platform.Differences));
        Assert.Contains(" saw: 1;", answer.Platform.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreign_access_stays_until_a_person_says_so()
    {
        var billing = await Effective("billing");
        Silos.Platform.Tamper(billing.Principal, "by hand", "anything");
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);

        await billing.Request(TimeSpan.FromMinutes(1), Scenario.May("stock"));

        await billing.UntilHas("by hand", billing.Key("prices"), billing.Key("stock"));
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);
    }

    [Fact]
    public async Task What_was_adopted_is_told_again_only_when_it_changes()
    {
        var billing = await Effective("billing");
        Silos.Platform.Tamper(billing.Principal, "by hand", "anything");
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);

        await Silos.Enforcement("billing").ResolveDrift(new("ada", "known", DriftAction.Adopt, [], null, "key-2"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        Assert.Equal(EnforcementStatus.Effective, (await Silos.Enforcement("billing").Refresh()).Status);

        Silos.Platform.Tamper(billing.Principal, "by hand", "something else");
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);
    }

    [Fact]
    public async Task What_is_ours_cannot_be_adopted_and_what_is_ignored_comes_back()
    {
        var billing = await Effective("billing");
        Silos.Platform.Tamper(billing.Principal, billing.Key("prices"), "edited");
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);
        var enforcement = Silos.Enforcement("billing");

        Assert.Equal("NOT_ADOPTABLE", (await enforcement.ResolveDrift(new("ada", "why", DriftAction.Adopt, [], null, "key-3"))).Refusal?.Code);
        Assert.Equal("INVALID_IGNORE_UNTIL", (await enforcement.ResolveDrift(new("ada", "why", DriftAction.Ignore, [], Silos.Time.GetUtcNow(), "key-4"))).Refusal?.Code);
        var until = Silos.Time.GetUtcNow() + TimeSpan.FromHours(1) / 4;
        Assert.Null((await enforcement.ResolveDrift(new("ada", "why", DriftAction.Ignore, [], until, "key-5"))).Refusal);
        await billing.UntilPlatformIs(EnforcementStatus.Effective);

        Silos.Time.Advance(TimeSpan.FromHours(1) / 4);
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);
        Assert.Equal("edited", Assert.Single((await enforcement.Get()).Drift).Difference.Observed);
    }

    [Fact]
    public async Task A_principal_that_belongs_to_nobody_is_told_once_and_a_sweep_finds_it_too()
    {
        Silos.Platform.Tamper("shop/stray", "anything", "at all");
        await UntilUnmanaged("shop/stray");

        var view = await Sweep();

        Assert.Equal(["shop/stray"], view.Unmanaged.Select(one => one.Principal));
        Assert.Equal(PlatformHealth.Reachable, view.Health);
        var told = await Story.Verified(Silos, Shards.Of($"platform/{TwoSilos.PlatformName}"));
        Assert.Single(told, entry => entry.Event.Action == "drift.detected" && entry.Event.Details["kind"] == "Unmanaged");
        Silos.Platform.Tamper("shop/stray", "anything", null);
        await Eventually.TrueAsync(async () => (await Platform.Get()).Unmanaged.Count == 0, TimeSpan.FromSeconds(60), () => "still listed", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_sweep_wakes_only_who_differs_and_counts_what_was_known()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Effective($"worker-{number}")));
        await new Scenario(Silos, "idle").Register();
        Silos.Platform.Tamper("shop/stray", "anything", "at all");
        await Sweep("first");
        Silos.Platform.Quietly(() => Silos.Platform.Tamper(all[1].Principal, "by hand", "anything"));
        Silos.Platform.Quietly(() => Silos.Platform.Tamper(all[2].Principal, all[2].Key("prices"), null));
        Silos.Platform.Quietly(() => Silos.Platform.Recreate(all[3].Principal));

        var found = await Sweep("second");
        var again = await Sweep("third");

        Assert.Equal((3, 2), (found.Woken, found.Differences));
        Assert.Equal((EnforcementStatus.Drifted, EnforcementStatus.Drifted), ((await all[1].View()).Platforms[0].Status, (await all[2].View()).Platforms[0].Status));
        // The one that was created again is somebody else's, and has nothing of ours: it is looked at each time.
        Assert.NotEqual(EnforcementStatus.Effective, (await all[3].View()).Platforms[0].Status);
        Assert.Equal((1, 2), (again.Woken, again.Differences));
    }

    [Fact]
    public async Task More_differences_than_are_kept_are_told_one_after_the_other()
    {
        var billing = await Effective("billing");
        Silos.Platform.Quietly(() =>
        {
            for (var number = 0; number < 150; number++)
                Silos.Platform.Tamper(billing.Principal, $"by hand {number:000}", "anything");
        });
        var enforcement = Silos.Enforcement("billing");
        Assert.Equal((EnforcementStatus.Drifted, 100), ((await enforcement.Refresh()).Status, (await enforcement.Get()).Drift.Count));

        var first = await enforcement.ResolveDrift(new("ada", "known", DriftAction.Adopt, [], null, "first"));

        Assert.Equal(EnforcementStatus.Drifted, first.View?.Status);
        Assert.Equal(50, first.View?.Drift.Take(50).Count(item => string.CompareOrdinal(item.Difference.Key, "by hand 100") >= 0));
        var second = await enforcement.ResolveDrift(new("ada", "known", DriftAction.Adopt, [], null, "second"));
        Assert.Equal(EnforcementStatus.Effective, second.View?.Status);
        Silos.Platform.Tamper(billing.Principal, "by hand 999", "anything");
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);
        Assert.Equal("by hand 999", (await enforcement.Get()).Drift[0].Difference.Key);
    }

    [Fact]
    public async Task What_is_too_long_to_be_kept_whole_can_be_reverted_and_not_when_it_has_changed()
    {
        var billing = await Effective("billing");
        var enforcement = Silos.Enforcement("billing");
        Silos.Platform.Tamper(billing.Principal, "by hand", new string('x', 20_000));
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);
        await Sweep(); // A sweep that was under way would look at what is changed now.
        Silos.Platform.Quietly(() => Silos.Platform.Tamper(billing.Principal, "by hand", new string('x', 20_001)));

        var changed = await enforcement.ResolveDrift(new("ada", "not ours", DriftAction.Revert, [], null, "one"));
        Assert.NotNull(changed.Refusal);
        Assert.Contains("by hand", Silos.Platform.KeysOf(billing.Principal));
        await enforcement.Refresh();

        Assert.Null((await enforcement.ResolveDrift(new("ada", "not ours", DriftAction.Revert, [], null, "two"))).Refusal);
        Assert.Equal([billing.Key("prices")], Silos.Platform.KeysOf(billing.Principal));
    }

    [Fact]
    public async Task What_an_earlier_generation_writes_late_in_the_place_of_something_is_put_right_and_told()
    {
        var billing = await Effective("billing");
        var generation = (await billing.View()).Identity.Generation;

        Silos.Platform.Plant(billing.Principal, billing.Key("prices"), "billing", generation - 1, body: "as it was wanted before");
        await Silos.Enforcement("billing").Refresh();

        await UntilTold("billing", "drift.detected", DifferenceKind.Changed);
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        Assert.True(Silos.Platform.Allows(billing.Principal, NhiGrains.Domain.Entitlements.Verb.Read, Scenario.May("prices").Resources[0]));
    }

    [Fact]
    public async Task A_hint_has_just_that_principal_looked_at()
    {
        var (billing, other) = (await Effective("billing"), await Effective("other"));
        await Sweep(); // The one that the watch wanted when it began is over, too.
        foreach (var one in (Scenario[])[billing, other])
            Silos.Platform.Quietly(() => Silos.Platform.Tamper(one.Principal, "by hand", "anything"));

        await Platform.Hint(billing.Principal);
        await Platform.Hint("no-principal");

        await billing.UntilPlatformIs(EnforcementStatus.Drifted);
        Assert.Equal(EnforcementStatus.Effective, (await other.View()).Platforms[0].Status);
    }

    [Fact]
    public async Task Many_who_ask_for_the_platform_at_once_share_the_sweeps()
    {
        await Platform.Sweep(new("ada", "first", SweepWaits.Longest));
        var sweeps = 0;
        Silos.Platform.Before = (call, _) => Interlocked.Add(ref sweeps, call == "observe-all" ? 1 : 0);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => Platform.Sweep(new("ada", $"storm-{number}", SweepWaits.Longest))));

        Assert.All(answers, answer => Assert.Equal(SweepProgress.Done, answer.Progress));
        // Two when all have asked before the second starts; on a busy machine some ask later. Each for itself would be fifty.
        Assert.InRange(sweeps, 1, 10);
    }

    [Fact]
    public async Task A_sweep_that_fails_says_so_and_reports_no_drift()
    {
        var billing = await Effective("billing");
        Silos.Platform.Before = (_, _) => throw new NhiGrains.Platforms.PlatformException(NhiGrains.Platforms.PlatformError.Unavailable, "cut off");

        var answer = await Platform.Sweep(new("ada", "key", SweepWaits.Longest));

        Assert.Equal((SweepProgress.Failed, PlatformHealth.Unreachable), (answer.Progress, answer.Platform.Health));
        Assert.DoesNotContain(await Story.Of(Silos, "billing"), entry => entry.Event.Action == "drift.detected");
        Silos.Platform.Before = null;
        Assert.Equal([billing.Key("prices")], Silos.Platform.KeysOf(billing.Principal));
    }

    [Fact]
    public async Task A_sweep_that_takes_long_is_told_as_running_and_goes_on_by_itself()
    {
        await Sweep("before");
        bool Sweeps(PassedRequest request) => request.Target == "/accounts";
        using var slow = Silos.Way.Inject(new Fault.Delay(TimeSpan.FromSeconds(3)), Sweeps, times: 1);
        var (asked, swept) = (Silos.Time.GetUtcNow(), Silos.Way.Passed.Count(Sweeps));

        var first = await Platform.Sweep(new("ada", "long", TimeSpan.Zero));
        var others = await Task.WhenAll(Enumerable.Range(0, 3).Select(number => Platform.Sweep(new("ben", $"other-{number}", TimeSpan.FromMilliseconds(100)))));
        var repeated = await Platform.Sweep(new("ada", "long", SweepWaits.Longest));
        var later = await Platform.Sweep(new("ben", "other-0", SweepWaits.Longest));

        Assert.Equal(SweepProgress.Running, first.Progress);
        Assert.All(others, other => Assert.Equal((SweepProgress.Running, true), (other.Progress, other.Platform.SweptSince >= asked)));
        Assert.Equal((SweepProgress.Done, SweepProgress.Done), (repeated.Progress, later.Progress));
        Assert.InRange(repeated.Platform.LastSweep - asked ?? TimeSpan.Zero, TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(20));
        Assert.True(later.Platform.LastSweepStarted >= repeated.Platform.LastSweep && later.Platform.LastSweep >= later.Platform.LastSweepStarted, $"{later.Platform}");
        Assert.Equal(swept + 2, Silos.Way.Passed.Count(Sweeps));
    }

    [Fact]
    public async Task A_resolution_that_is_repeated_settles_nothing_that_came_later()
    {
        var billing = await Effective("billing");
        Silos.Platform.Tamper(billing.Principal, "by hand", "anything");
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);
        var resolution = new DriftResolution("ada", "not ours", DriftAction.Revert, [], null, "once");
        Assert.Null((await Silos.Enforcement("billing").ResolveDrift(resolution)).Refusal);
        Silos.Platform.Tamper(billing.Principal, "by hand too", "anything");
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);

        var again = await Silos.Enforcement("billing").ResolveDrift(resolution);
        var other = await Silos.Enforcement("billing").ResolveDrift(resolution with { Action = DriftAction.Adopt });

        Assert.Equal(EnforcementStatus.Drifted, again.View?.Status);
        Assert.Contains("by hand too", Silos.Platform.KeysOf(billing.Principal));
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", other.Refusal?.Code);
    }

    private async Task<PlatformView> Sweep(string key = "a test") => (await Platform.Sweep(new("ada", key, SweepWaits.Longest))).Platform;

    private async Task<Scenario> Effective(string id)
    {
        var scenario = new Scenario(Silos, id);
        await scenario.Register();
        await scenario.Request(TimeSpan.FromHours(1), Scenario.May("prices"));
        await scenario.UntilPlatformIs(EnforcementStatus.Effective);
        return scenario;
    }

    private async Task UntilTold(string id, string action, params DifferenceKind[] kinds)
    {
        var told = new List<AuditEntry>();
        await Eventually.TrueAsync(
            async () =>
            {
                told = [.. (await Story.Of(Silos, id)).Where(entry => entry.Event.Action == action)];
                return told.Select(entry => entry.Event.Details["kind"]).Order().SequenceEqual(kinds.Select(kind => kind.ToString()).Order());
            },
            TimeSpan.FromSeconds(60),
            () => $"told were {string.Join(", ", told.Select(entry => entry.Event.Details["kind"]))}",
            TestContext.Current.CancellationToken);
    }

    private Task UntilUnmanaged(string principal) => Eventually.TrueAsync(
        async () => (await Platform.Get()).Unmanaged.Any(one => one.Principal == principal),
        TimeSpan.FromSeconds(60), () => $"{principal} was not told of", TestContext.Current.CancellationToken);
}
