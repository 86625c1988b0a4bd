using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Platforms;

/// <summary>Sweeps that are stopped in the middle. A page of the platform has <see cref="TwoSilos.PageSize"/> principals.</summary>
public sealed class SweepTests : IAsyncLifetime
{
    private const int Workers = (TwoSilos.PageSize * 2) + 2;

    private TwoSilos? _silos;

    private TwoSilos Silos => _silos ?? throw new InvalidOperationException("The silos were not started.");

    private IPlatformGrain Platform => Silos.Grains.GetGrain<IPlatformGrain>(TwoSilos.PlatformName);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _silos = await TwoSilos.StartAsync();

    public ValueTask DisposeAsync() => Silos.DisposeAsync();

    [Fact]
    public async Task A_sweep_that_breaks_off_goes_on_behind_what_it_has_looked_at()
    {
        var workers = await SettledWorkers();
        Change([.. workers.Where(worker => worker != workers[1])]);
        Silos.Platform.Quietly(() => Silos.Platform.Tamper(workers[1].Principal, workers[1].Key("prices"), null));
        using var broken = Silos.Way.Inject(new Fault.Answer(503), IsLaterPage, times: 1);

        var first = await Platform.Sweep(new("ada", "broken", SweepWaits.Longest));
        Assert.Equal((SweepProgress.Failed, PlatformHealth.Unreachable), (first.Progress, first.Platform.Health));
        // Those of the first page, and the one that is missing among them.
        Assert.Equal(Enumerable.Range(0, TwoSilos.PageSize + 1), await Drifted(workers));

        var begun = Silos.Way.Passed.Count(IsFirstPage);
        var view = await GoneOn(first.Platform.LastSweep);
        Assert.Equal(Enumerable.Range(0, Workers), await Drifted(workers));
        Assert.Equal((Workers - 1, Workers, Workers, 3, 1), (view.Principals, view.Woken, view.Differences, view.Pages, view.Interruptions));
        Assert.Equal(begun, Silos.Way.Passed.Count(IsFirstPage));
    }

    [Fact]
    public async Task A_sweep_goes_on_where_another_silo_has_left_it()
    {
        var workers = await SettledWorkers();
        Change(workers);
        var (before, pages) = ((await Platform.Get()).LastSweep, 0);
        // A page takes so long that it is worth keeping how far the sweep has come; the last one never comes.
        Silos.Platform.Before = (call, _) => Silos.Time.Advance(call == "observe-page" ? TimeSpan.FromSeconds(20) : TimeSpan.Zero);
        using (Silos.Way.Inject(new Fault.Delay(TimeSpan.FromMinutes(5)), request => IsLaterPage(request) && Interlocked.Increment(ref pages) == 2))
        {
            await Platform.Sweep(new("ada", "crash", TimeSpan.Zero));
            await Eventually.TrueAsync(() => Task.FromResult(pages == 2), TimeSpan.FromSeconds(60), () => $"{pages} pages", Cancellation);
            await Silos.CrashAsync();
        }

        Silos.Platform.Before = null;
        await Silos.StartAgainAsync();
        using var watch = NoWatch();
        var begun = Silos.Way.Passed.Count(IsFirstPage);
        await Platform.Start();
        var view = await Swept(before);

        Assert.Equal(Enumerable.Range(0, Workers), await Drifted(workers));
        Assert.Equal((Workers, 1), (view.Principals, view.Interruptions));
        Assert.Equal(begun, Silos.Way.Passed.Count(IsFirstPage));
    }

    [Fact]
    public async Task Who_asks_for_a_sweep_gets_one_from_the_beginning()
    {
        var workers = await SettledWorkers();
        using var broken = Silos.Way.Inject(new Fault.Answer(503), IsLaterPage, times: 1);
        await Platform.Sweep(new("ada", "broken", SweepWaits.Longest));
        // The unfinished one has passed it already.
        Silos.Platform.Quietly(() => Silos.Platform.Tamper(workers[0].Principal, "by hand", "anything"));

        var asked = await Platform.Sweep(new("ada", "asked", SweepWaits.Longest));

        Assert.Equal((SweepProgress.Done, 0, 1), (asked.Progress, asked.Platform.Interruptions, asked.Platform.Differences));
        Assert.Equal(0, Assert.Single(await Drifted(workers)));
    }

    [Fact]
    public async Task A_principal_that_was_made_again_under_what_gives_it_access_is_found()
    {
        var workers = await SettledWorkers();
        Silos.Platform.Quietly(() => Silos.Platform.RecreateUnderItsAccess(workers[3].Principal));

        await Platform.Sweep(new("ada", "made again", SweepWaits.Longest));

        Assert.NotEqual(EnforcementStatus.Effective, (await workers[3].View()).Platforms[0].Status);
    }

    [Fact]
    public async Task A_sweep_that_was_to_begin_and_failed_at_once_is_not_made_up_for_by_the_rest_of_an_earlier_one()
    {
        var workers = await SettledWorkers();
        using var broken = Silos.Way.Inject(new Fault.Answer(503), IsLaterPage, times: 1);
        var first = await Platform.Sweep(new("ada", "broken", SweepWaits.Longest));
        Silos.Platform.Quietly(() => Silos.Platform.Tamper(workers[0].Principal, "by hand", "anything"));
        using var away = Silos.Way.Inject(new Fault.Answer(503), IsFirstPage, times: 1);
        Assert.Equal(SweepProgress.Failed, (await Platform.Sweep(new("ada", "away", SweepWaits.Longest))).Progress);

        await GoneOn(first.Platform.LastSweep);

        Assert.Equal(0, Assert.Single(await Drifted(workers)));
    }

    [Fact]
    public async Task What_a_hint_named_and_could_not_be_read_is_found_although_a_sweep_goes_on_behind_it()
    {
        var workers = await SettledWorkers();
        using var broken = Silos.Way.Inject(new Fault.Answer(503), IsLaterPage, times: 1);
        var first = await Platform.Sweep(new("ada", "broken", SweepWaits.Longest));
        Silos.Platform.Quietly(() => Silos.Platform.Tamper("shop/stray", "anything", "at all"));
        Silos.Platform.Quietly(() => Silos.Platform.Tamper("a/stray", "anything", "at all"));
        var asked = 0;
        using (Silos.Way.Inject(new Fault.Answer(503), request => request.Target == "/accounts/a/stray" && Interlocked.Increment(ref asked) > 0))
        {
            await Platform.Hint("a/stray");
            await Eventually.TrueAsync(() => Task.FromResult(asked > 0), TimeSpan.FromSeconds(60), () => "not looked at", Cancellation);
        }

        await GoneOn(first.Platform.LastSweep);

        await Eventually.TrueAsync(
            async () => (await Platform.Get()).Unmanaged.Select(one => one.Principal).Order(StringComparer.Ordinal).SequenceEqual(["a/stray", "shop/stray"], StringComparer.Ordinal),
            TimeSpan.FromSeconds(60), () => "not found", Cancellation);
    }

    [Fact]
    public async Task What_changes_while_a_watch_begins_is_found_although_a_sweep_had_passed_it()
    {
        var workers = await SettledWorkers();
        await Silos.CrashAsync();
        await Silos.StartAgainAsync();
        Silos.Time.Advance(TimeSpan.FromHours(1) / 4);
        using var watch = Silos.Way.Inject(new Fault.Delay(TimeSpan.FromSeconds(3)), request => request.Target == "/changes", times: 1);
        using var sweep = Silos.Way.Inject(new Fault.Delay(TimeSpan.FromSeconds(6)), IsLaterPage, times: 1);
        var pages = Silos.Way.Passed.Count(IsLaterPage);

        await Platform.Start();
        await Eventually.TrueAsync(() => Task.FromResult(Silos.Way.Passed.Count(IsLaterPage) > pages), TimeSpan.FromSeconds(60), () => "no page", Cancellation);
        Silos.Platform.Quietly(() => Silos.Platform.Tamper(workers[0].Principal, "by hand", "anything"));

        await workers[0].UntilPlatformIs(EnforcementStatus.Drifted);
    }

    private static bool IsFirstPage(PassedRequest request) => request.Target == "/accounts";

    private static bool IsLaterPage(PassedRequest request) => request.Target.StartsWith("/accounts?after=", StringComparison.Ordinal);

    private async Task<Scenario[]> SettledWorkers()
    {
        var workers = Enumerable.Range(0, Workers).Select(number => new Scenario(Silos, $"worker-{number:00}")).ToArray();
        await Task.WhenAll(workers.Select(worker => worker.RegisterWithGrant(TimeSpan.FromHours(1), Scenario.May("prices"))));
        await Eventually.TrueAsync(
            async () => (await Platform.Sweep(new("ada", $"settled {Guid.CreateVersion7()}", SweepWaits.Longest))).Platform is { Woken: 0, Principals: Workers },
            TimeSpan.FromSeconds(60), () => "The catalog does not have what was seen.", Cancellation);
        return workers;
    }

    private void Change(Scenario[] workers) => Silos.Platform.Quietly(() =>
    {
        foreach (var worker in workers)
            Silos.Platform.Tamper(worker.Principal, "by hand", "anything");
    });

    private static async Task<int[]> Drifted(Scenario[] workers)
    {
        var views = await Task.WhenAll(workers.Select(worker => worker.View()));
        return [.. Enumerable.Range(0, Workers).Where(number => views[number].Platforms[0].Status == EnforcementStatus.Drifted)];
    }

    /// <summary>A watch that begins wants a sweep from the beginning.</summary>
    private IDisposable NoWatch() => Silos.Way.Inject(new Fault.Delay(TimeSpan.FromMinutes(5)), request => request.Target == "/changes");

    private async Task<PlatformView> GoneOn(DateTimeOffset? before)
    {
        using var watch = NoWatch();
        Silos.Time.Advance(TimeSpan.FromSeconds(16));
        await Platform.Start();
        return await Swept(before);
    }

    private async Task<PlatformView> Swept(DateTimeOffset? before)
    {
        var view = await Platform.Get();
        await Eventually.TrueAsync(async () => (view = await Platform.Get()).LastSweep > before, TimeSpan.FromSeconds(60), () => $"{view}", Cancellation);
        return view;
    }
}
