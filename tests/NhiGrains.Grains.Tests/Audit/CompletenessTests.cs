using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.Audit;

/// <summary>Promise 9.</summary>
public class CompletenessTests
{
    [Fact]
    public async Task Every_change_of_state_has_exactly_one_entry_with_who_what_and_why()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        var grant = await billing.Request(TimeSpan.FromMinutes(1), Scenario.May("prices"));
        await billing.UntilHas(billing.Key("prices"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        silos.Time.Advance(TimeSpan.FromMinutes(1));
        await billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);

        var story = await Story.Of(silos, "billing");

        Assert.Equal(
            ["identity.registered", "identity.bound", "grant.active", "grant.revoking", "grant.revoked"],
            story.Where(entry => entry.Event.Source == "identity/billing").Select(entry => entry.Event.Action));
        Assert.Equal(
            ["enforcement.effective", "enforcement.effective", "enforcement.revoked"],
            story.Where(entry => entry.Event.Source.StartsWith("enforcement/", StringComparison.Ordinal)).Select(entry => entry.Event.Action));
        var active = story.Single(entry => entry.Event.Action == "grant.active").Event;
        Assert.Equal("ada", active.Actor);
        Assert.Equal("an-hour", active.Details["rules"]);
        var revoking = story.Single(entry => entry.Event.Action == "grant.revoking").Event;
        Assert.Equal("system", revoking.Actor);
        Assert.Equal(active.After, revoking.Before);
    }

    [Fact]
    public async Task A_refused_command_changes_nothing_and_tells_nothing()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var before = (await billing.View()).Identity.Generation;

        var refused = await billing.Do(new IdentityCommand.RequestAccess([Scenario.May("a*")], TimeSpan.FromMinutes(1), "a test"));

        Assert.Equal("MALFORMED_RESOURCE", refused.Refusal?.Code);
        Assert.Equal(before, (await billing.View()).Identity.Generation);
        Assert.DoesNotContain(await Story.Of(silos, "billing"), entry => entry.Event.Action.StartsWith("grant.", StringComparison.Ordinal));
    }
}
