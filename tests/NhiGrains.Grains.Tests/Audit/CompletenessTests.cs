using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Audit;

/// <summary>Promise 9.</summary>
public class CompletenessTests
{
    private static readonly PolicyRule Standing = new("standing", PolicyEffect.Permit, new(Standing: true));

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
        Assert.Equal("Rule 'an-hour' permits it.", active.Details["reasons"]);
        Assert.Equal(Canonical.Text(new[] { Scenario.May("prices") }), active.Details["entitlements"]);
        var revoking = story.Single(entry => entry.Event.Action == "grant.revoking").Event;
        Assert.Equal("system", revoking.Actor);
        Assert.Equal(active.After, revoking.Before);
        Assert.DoesNotContain("entitlements", revoking.Details.Keys); // Told when it was decided.
    }

    [Fact]
    public async Task What_was_refused_or_permitted_for_good_and_who_is_accountable_is_told_too()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Standing, new("no-deletes", PolicyEffect.Deny, new(Verbs: [Verb.Delete])));
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Do(new IdentityCommand.SetIntent([Scenario.May("stock")], "always needed"));
        await billing.Do(new IdentityCommand.TransferOwnership(new("bob", "platform"), "moved"));
        await billing.Request(TimeSpan.FromMinutes(1), Scenario.May("prices", Verb.Read, Verb.Delete));

        var told = (await Story.Of(silos, "billing")).Select(entry => entry.Event).Where(told => told.Source == "identity/billing").ToArray();

        AuditEvent Of(string action) => told.Single(change => change.Action == action);
        Assert.Equal(("ada", "payments"), (Of("identity.registered").Details["owner"], Of("identity.registered").Details["team"]));
        Assert.Equal(("bob", "platform"), (Of("identity.owner-changed").Details["owner"], Of("identity.owner-changed").Details["team"]));
        Assert.DoesNotContain("entitlements", Of("identity.owner-changed").Details.Keys);
        var intent = Of("identity.intent-set");
        Assert.Equal(("always needed", "Permit", "Rule 'standing' permits it."), (intent.Why, intent.Details["decision"], intent.Details["reasons"]));
        Assert.Equal(Canonical.Text(new[] { Scenario.May("stock") }), intent.Details["entitlements"]);
        var denied = Of("grant.denied");
        Assert.Equal(("[]", "Rule 'no-deletes' denies it."), (denied.Details["entitlements"], denied.Details["reasons"]));
        Assert.Equal(Canonical.Text(new[] { Scenario.May("prices", Verb.Read, Verb.Delete) }), denied.Details["asked"]);
    }

    [Fact]
    public async Task A_whole_life_with_a_suspension_drift_and_the_end_is_told_without_gap_or_repetition()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Standing);
        await silos.Grains.GetGrain<IPlatformGrain>(TwoSilos.PlatformName).Start();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        await billing.Do(new IdentityCommand.SetIntent([Scenario.May("stock")], "always needed"));
        await billing.UntilHas(billing.Key("stock"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        await billing.Do(new IdentityCommand.SuspendIdentity("looks odd"));
        await billing.UntilHas();
        await billing.UntilPlatformIs(EnforcementStatus.Revoked);
        await billing.Do(new IdentityCommand.ResumeIdentity("was nothing"));
        await billing.UntilHas(billing.Key("stock"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        silos.Platform.Tamper(billing.Principal, "by hand", "anything");
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);
        await silos.Enforcement("billing").ResolveDrift(new("ada", "not ours", DriftAction.Revert, [], null, "key-1"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        await billing.Do(new IdentityCommand.OffboardIdentity("replaced"));
        await Eventually.TrueAsync(
            async () => (await Story.Of(silos, "billing")).Any(entry => entry.Event.Action == "identity.retired"), TimeSpan.FromSeconds(60), () => "not retired", TestContext.Current.CancellationToken);

        var story = (await Story.Of(silos, "billing")).Select(entry => entry.Event).ToArray();

        var (identity, enforcement) = (story.Where(told => told.Source == "identity/billing").ToArray(), story.Where(told => told.Source != "identity/billing").ToArray());
        Assert.Equal(
            ["identity.registered", "identity.bound", "identity.intent-set", "identity.suspended", "identity.resumed", "identity.offboarding", "identity.retired"],
            identity.Select(told => told.Action));
        Assert.Equal(
            ["enforcement.effective", "enforcement.effective", "enforcement.revoked", "enforcement.effective", "drift.detected", "enforcement.drifted", "enforcement.effective", "drift.resolved", "enforcement.revoked"],
            enforcement.Select(told => told.Action));
        Assert.All([identity, enforcement], source => Assert.Equal(Enumerable.Range(1, source.Length).Select(number => (long)number), source.Select(told => told.SourceSequence)));
        // Each begins where the one before it ended: no change of the identity is left out.
        Assert.Equal(identity.Take(identity.Length - 1).Select(told => told.After), identity.Skip(1).Select(told => told.Before));
        Assert.Equal(("ada", "looks odd"), (identity[3].Actor, identity[3].Why));
        Assert.All(identity.Skip(5), told => Assert.Equal(told.Action == "identity.offboarding" ? "ada" : "system", told.Actor));
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
