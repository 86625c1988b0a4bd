using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Identities;

/// <summary>A principal of ours that cannot be deleted, because of what somebody else has put on it.</summary>
public sealed class KeptPrincipalTests : IAsyncLifetime
{
    private static readonly IdentityCommand Offboard = new IdentityCommand.OffboardIdentity("replaced");

    private TwoSilos? _silos;
    private int _attempts;

    private TwoSilos Silos => _silos ?? throw new InvalidOperationException("The silos were not started.");

    private Scenario Billing => field ??= new(Silos, "billing");

    public async ValueTask InitializeAsync()
    {
        _silos = await TwoSilos.StartAsync();
        Silos.Platform.Before = (call, _) => Interlocked.Add(ref _attempts, call == "apply" ? 1 : 0);
    }

    public ValueTask DisposeAsync() => Silos.DisposeAsync();

    [Fact]
    public async Task It_is_tried_again_in_growing_pauses_over_a_restart_and_told_once_when_its_time_is_over()
    {
        var grant = await Billing.RegisterWithGrant(TimeSpan.FromMinutes(30), Scenario.May("prices"));
        Silos.Platform.KeptBy = _ => "owns a table";

        await Billing.Do(Offboard);

        await Billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
        var first = await WaitsAsync(after: 0);
        Assert.Contains("Access is gone, and something that is not ours keeps the principal", first.Message, StringComparison.Ordinal);
        Assert.Contains("owns a table", first.Message, StringComparison.Ordinal);
        // Whoever looks, or asks twice, changes nothing.
        var attempts = _attempts;
        await Silos.Enforcement("billing").Refresh();
        await Billing.Do(Offboard);
        foreach (var command in (IdentityCommand[])[new IdentityCommand.ResumeIdentity("no"), new IdentityCommand.SuspendIdentity("no"), new IdentityCommand.UpdateIdentity(new(Environment: "test")), new IdentityCommand.SetIntent([], "no")])
            Assert.Equal("WRONG_STATUS", (await Billing.Do(command)).Refusal?.Code);
        Assert.Equal((attempts, first.RetryAt), (_attempts, (await OnPlatformAsync()).RetryAt));

        var second = await NextAsync(first);
        await Silos.CrashAsync();
        await Silos.StartAgainAsync();
        Assert.Equal(second.RetryAt, (await OnPlatformAsync()).RetryAt);
        var third = await NextAsync(second);
        Assert.Equal(attempts + 2, _attempts);
        Assert.InRange(PauseOf(first), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));
        Assert.InRange(PauseOf(second), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
        Assert.InRange(PauseOf(third), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4));

        Silos.Time.Advance(Identity.ManualTime);
        await UntilAsync(view => view.Identity.OverdueAt is not null);
        Silos.Platform.KeptBy = null;
        Silos.Time.Advance(RetrySchedule.CapForPeople);
        await UntilAsync(view => view.Identity.Status == IdentityStatus.Retired);
        Assert.False(Silos.Platform.Exists(Billing.Principal));
        var story = await Story.Of(Silos, "billing");
        Assert.Equal("not done 7 days after it began: mem:test ManualActionRequired", Assert.Single(story, entry => entry.Event.Action == "identity.offboarding-overdue").Event.Why);
        Assert.Single(story, entry => entry.Event.Action == "enforcement.manualactionrequired");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // A hint, as a webhook gives it.
    public async Task It_goes_at_once_when_somebody_sees_that_nothing_keeps_it_any_more(bool sweep)
    {
        await Billing.RegisterWithGrant(TimeSpan.FromMinutes(30), Scenario.May("prices"));
        Silos.Platform.Tamper(Billing.Principal, "by hand", "anything");
        await Billing.Do(Offboard);
        await Billing.UntilPlatformIs(EnforcementStatus.ManualActionRequired);
        await Billing.UntilHas("by hand");

        Silos.Platform.Quietly(() => Silos.Platform.Tamper(Billing.Principal, "by hand", body: null));
        var platform = Silos.Grains.GetGrain<IPlatformGrain>(TwoSilos.PlatformName);
        if (sweep)
            await platform.Sweep(new("ada", "now", SweepWaits.Longest));
        else
            await platform.Hint(Billing.Principal);

        await UntilAsync(view => view.Identity.Status == IdentityStatus.Retired);
        Assert.False(Silos.Platform.Exists(Billing.Principal));
    }

    [Fact]
    public async Task Another_principal_that_somebody_made_under_the_name_stays_and_keeps_nobody_from_being_retired()
    {
        await Billing.RegisterWithGrant(TimeSpan.FromMinutes(30), Scenario.May("prices"));
        Silos.Platform.Quietly(() => Silos.Platform.Recreate(Billing.Principal));

        await Billing.Do(Offboard);

        await UntilAsync(view => view.Identity.Status == IdentityStatus.Retired);
        Assert.True(Silos.Platform.Exists(Billing.Principal));
        Assert.Contains("not ours to delete", (await OnPlatformAsync()).Message, StringComparison.Ordinal);
    }

    private async Task<EnforcementReport> NextAsync(EnforcementReport before)
    {
        Silos.Time.Advance(before.RetryAt - Silos.Time.GetUtcNow() ?? TimeSpan.Zero);
        return await WaitsAsync(_attempts);
    }

    /// <summary>Until there was another attempt, and it has told that it waits.</summary>
    private async Task<EnforcementReport> WaitsAsync(int after)
    {
        await UntilAsync(view => _attempts > after && view.Platforms is [{ Status: EnforcementStatus.ManualActionRequired, Settled: true } report] && report.RetryAt > Silos.Time.GetUtcNow());
        return await OnPlatformAsync();
    }

    // An attempt takes a moment from its observation to its end.
    private static TimeSpan PauseOf(EnforcementReport report) => TimeSpan.FromSeconds(Math.Floor((report.RetryAt - report.ObservedAt ?? TimeSpan.Zero).TotalSeconds));

    private async Task<EnforcementReport> OnPlatformAsync() => Assert.Single((await Billing.View()).Platforms);

    private Task UntilAsync(Func<IdentityView, bool> condition)
    {
        IdentityView? last = null;
        return Eventually.TrueAsync(async () => condition(last = await Billing.View()), TimeSpan.FromSeconds(60),
            () => $"{last?.Identity.Status} after {_attempts} attempts: {string.Join("; ", last?.Platforms ?? [])}", TestContext.Current.CancellationToken);
    }
}
