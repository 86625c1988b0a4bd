using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Tests.Identities;

/// <summary>Promises 2, 3 and 7 with the cluster ended in the middle.</summary>
public class RestartTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_grant_that_ended_while_every_silo_was_dead_is_revoked_after_the_restart()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var grant = await billing.Request(Minute, Scenario.May("prices"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);

        await silos.CrashAsync();
        silos.Time.Advance(Minute);
        Assert.Equal([billing.Key("prices")], silos.Platform.KeysOf(billing.Principal));
        await silos.StartAgainAsync();

        await billing.UntilHas();
        await billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
    }

    [Fact]
    public async Task What_was_answered_is_enforced_although_every_silo_died_before_it_was()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        silos.Platform.Before = (_, _) => throw new PlatformException(PlatformError.Unavailable, "No answer.");
        var grant = await billing.Request(5 * Minute, Scenario.May("prices"));

        await silos.CrashAsync();
        silos.Platform.Before = null;
        silos.Time.Advance(Minute / 2);
        await silos.StartAgainAsync();

        await billing.UntilHas(billing.Key("prices"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        Assert.Equal(GrantStatus.Active, (await billing.Grant(grant.GrantId)).Status);
    }

    [Fact]
    public async Task A_revocation_goes_on_after_a_crash_in_the_middle_and_is_told_once()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var grant = await billing.Request(Minute, Scenario.May("prices"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        silos.Platform.After = (what, _) => throw new PlatformException(PlatformError.Unavailable, $"{what} was done, and its answer was lost.");
        silos.Time.Advance(Minute);
        await billing.UntilPlatformIs(EnforcementStatus.Unknown);

        await silos.CrashAsync();
        silos.Platform.After = null;
        silos.Time.Advance(Minute);
        await silos.StartAgainAsync();

        await billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
        var story = await Story.Of(silos, "billing");
        Assert.Single(story, entry => entry.Event.Action == "grant.revoking");
        Assert.Single(story, entry => entry.Event.Action == "grant.revoked");
        Assert.DoesNotContain(story, entry => entry.Event.Action.StartsWith("drift.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silo_that_dies_takes_nothing_with_it()
    {
        await using var silos = await TwoSilos.StartAsync();
        var all = Enumerable.Range(0, 40).Select(number => new Scenario(silos, $"worker-{number}")).ToArray();
        await Task.WhenAll(all.Select(worker => worker.Register()));
        await Task.WhenAll(all.Select(worker => worker.Request(2 * Minute, Scenario.May("prices"))));
        await Task.WhenAll(all.Select(worker => worker.UntilPlatformIs(EnforcementStatus.Effective)));

        await silos.KillOneAsync();
        silos.Time.Advance(2 * Minute);

        await NhiGrains.Platforms.TestKit.Waiting.Eventually.TrueAsync(
            () => Task.FromResult(silos.Platform.CountWithAccess() == 0), TimeSpan.FromSeconds(90),
            () => $"{silos.Platform.CountWithAccess()} still have access", TestContext.Current.CancellationToken);
    }
}
