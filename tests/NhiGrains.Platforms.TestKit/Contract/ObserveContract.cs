using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.TestKit.Contract;

public abstract partial class ConnectorContract
{
    private static readonly TimeSpan DriftIsKnownWithin = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Reading_in_bulk_says_the_same_as_reading_one()
    {
        await Target.GiveByHandAsync(Target.Resource(2));
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));

        var one = await Target.ObserveAsync();
        var bulk = await Target.Connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation);

        var same = Assert.Single(bulk, observation => observation.Principal == Target.Binding.Principal);
        Assert.Equal(one.PrincipalNativeId, same.PrincipalNativeId);
        Assert.Equal(Canonical.Text(one.Objects), Canonical.Text(same.Objects));
    }

    [Fact]
    public async Task Principals_come_in_their_order_and_reading_goes_on_behind_any_name()
    {
        await Target.GiveByHandAsync(Target.Resource(1));
        var principal = Target.Binding.Principal;

        var pages = await Target.Connector.ObservePagesAsync(after: null, Cancellation).ToListAsync(Cancellation);
        var before = await PrincipalsAfterAsync(principal[..^1]);
        var behind = await PrincipalsAfterAsync(principal);

        var all = pages.SelectMany(page => page.Observations).Select(seen => seen.Principal).ToArray();
        Assert.Equal(all.Distinct(StringComparer.Ordinal).Order(PrincipalOrder.Instance), all);
        Assert.Contains(principal, all);
        Assert.True(pages[0].ListPages > 0, $"{pages[0].ListPages} pages");
        Assert.Contains(principal, before);
        Assert.All(before, one => Assert.True(PrincipalOrder.Instance.Compare(one, principal[..^1]) > 0, one));
        Assert.All(behind, one => Assert.True(PrincipalOrder.Instance.Compare(one, principal) > 0, one));
        // Others come and go meanwhile; those that were seen each time were behind it each time.
        Assert.Equal(all.Intersect(behind), all.SkipWhile(one => PrincipalOrder.Instance.Compare(one, principal) <= 0).Intersect(behind));
    }

    private async Task<string[]> PrincipalsAfterAsync(string after) =>
        [.. (await Target.Connector.ObservePagesAsync(after, Cancellation).ToListAsync(Cancellation)).SelectMany(page => page.Observations).Select(seen => seen.Principal)];

    [Fact]
    public async Task Observing_never_writes()
    {
        await Target.ObserveAsync(Target.Faulty);
        var before = Target.Faulty.Calls;
        await Target.Faulty.ObserveAllAsync(Cancellation).ToListAsync(Cancellation);

        Assert.True(Target.Faulty.Calls > before, $"{before} calls, then {Target.Faulty.Calls}");
        Assert.NotEmpty(Target.Proxy.Passed);
        Assert.DoesNotContain(Target.Proxy.Passed, Target.Writes);
    }

    [Fact]
    public async Task The_authorizer_says_yes_to_what_is_given_and_no_around_it_and_after_it()
    {
        var entitlement = Target.Entitlement(Target.Resource(1), Verb.Read);
        var desired = Target.Desired(2, entitlement);
        await Target.ApplyAsync(desired);

        var given = await Target.Connector.ProbeAsync(desired, Cancellation);
        await Target.ApplyAsync(Target.Desired(3));
        var gone = await Target.Connector.ProbeAsync(Target.Desired(3) with { EndedEntitlements = [entitlement] }, Cancellation);
        var tooEarly = await Target.Connector.ProbeAsync(desired, Cancellation);

        Assert.NotNull(given);
        Assert.Empty(given.Wrong);
        Assert.Contains(given.Probes, probe => probe is { Expected: true, Answered: true });
        Assert.True(given.Probes.Count(probe => probe is { Expected: false, Answered: false }) >= 3, string.Join('\n', given.Probes));
        Assert.NotNull(gone);
        Assert.Empty(gone.Wrong);
        Assert.Contains(gone.Probes, probe => probe is { Expected: false, Answered: false });
        Assert.NotNull(tooEarly);
        Assert.NotEmpty(tooEarly.Wrong);
    }

    [Fact]
    public async Task Access_that_others_give_is_not_held_against_us()
    {
        await Target.GiveByHandAsync(Target.Resource(1));
        var desired = Target.Desired(3) with { EndedEntitlements = [Target.Entitlement(Target.Resource(1), Verb.Read)] };
        await Target.ApplyAsync(desired);

        var report = await Target.Connector.ProbeAsync(desired, Cancellation);

        Assert.NotNull(report);
        Assert.Empty(report.Wrong);
        Assert.NotEmpty(report.NotAsked);
    }

    [Fact]
    public async Task A_watch_tells_of_each_kind_of_change_within_five_seconds_or_is_declared_not_to_exist()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var changes = Target.Connector.WatchAsync(ending.Token);
        if (!Target.Connector.Capabilities.Watch)
        {
            Assert.Empty(await changes.ToListAsync(Cancellation));
            return;
        }

        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var seen = new System.Collections.Concurrent.ConcurrentQueue<PlatformChange>();
        var watching = CollectAsync(changes, seen);
        await Eventually.TrueAsync(() => Task.FromResult(!seen.IsEmpty), DriftIsKnownWithin, () => "The watch did not begin.", Cancellation);
        Func<Task>[] byHand = [() => Target.GiveByHandAsync(Target.Resource(2)), Target.WidenByHandAsync, Target.BreakByHandAsync];
        foreach (var change in byHand)
        {
            seen.Clear();
            await change();
            await Eventually.TrueAsync(() => Task.FromResult(seen.Contains(new(Target.Binding.Principal))), DriftIsKnownWithin,
                () => $"Not told: {change.Method.Name}. Told: {string.Join(", ", seen)}", Cancellation);
        }

        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    private static async Task CollectAsync(IAsyncEnumerable<PlatformChange> changes, System.Collections.Concurrent.ConcurrentQueue<PlatformChange> seen)
    {
        await foreach (var change in changes)
            seen.Enqueue(change);
    }
}
