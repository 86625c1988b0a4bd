using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Notifications;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;
using NhiGrains.Grains.Identities;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Grains.Tests.Policies;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Identities;

/// <summary>What an identity has is decided anew when a signal comes, is cleared or is over.</summary>
public class RiskReviewTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly PolicyRule AtRisk = AtRiskNo("prices");

    private static readonly PolicyRule Emergency = new("emergency", PolicyEffect.BreakGlass, new(), 30 * Minute, AllowControllerEnforcedEnd: true) { Review = new(["security"], TimeSpan.FromDays(1)) };

    [Fact]
    public async Task What_is_permitted_no_more_ends_with_the_signal_and_is_not_back_when_it_is_cleared()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Rollouts.Standing, AtRisk);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Intend(Scenario.May("prices"), Scenario.May("names"));
        var (prices, names) = ((await billing.Request(30 * Minute, Scenario.May("prices"))).GrantId, (await billing.Request(30 * Minute, Scenario.May("names"))).GrantId);
        await billing.UntilHas(billing.Key("prices"), billing.Key("names"));
        var before = (await billing.Do(Signal(silos, "odd", RiskSeverity.Medium))).Identity?.Identity;
        Assert.Equal(2, before?.Intent.Entitlements.Count);

        var after = (await billing.Do(Signal(silos, "leak", RiskSeverity.High))).Identity?.Identity;

        Assert.Equal((IdentityStatus.Active, before?.Generation + 1), (after?.Status, after?.Generation));
        Assert.Equal(["names"], Rollouts.NamesOf(after?.Intent.Entitlements ?? []));
        Assert.Equal(RevocationReason.RiskSignal, Assert.IsType<RevokingGrant>(after?.Grants.Single(grant => grant.Id == prices)).Reason);
        Assert.IsType<ActiveGrant>(after?.Grants.Single(grant => grant.Id == names));
        await billing.UntilHas(billing.Key("names"));
        await billing.UntilGrantIs(prices, GrantStatus.Revoked);
        Assert.Equal(GrantStatus.Denied, (await billing.Grant((await billing.Request(Minute, Scenario.May("prices"))).GrantId)).Status);

        foreach (var risk in after?.Risks ?? [])
            await billing.Do(new IdentityCommand.ClearRisk(risk.Key, "rotated"));

        var cleared = (await billing.View()).Identity;
        Assert.Equal(["names"], Rollouts.NamesOf(cleared.Intent.Entitlements));
        Assert.Equal(GrantStatus.Revoked, cleared.Grants.Single(grant => grant.Id == prices).Status);
        Assert.Equal(GrantStatus.Active, (await billing.Grant((await billing.Request(Minute, Scenario.May("prices"))).GrantId)).Status);
        var version = (await silos.Policy().Current()).Version;
        var why = $"secret-leaked (High) from scanner; policy set {version}: Rule 'no-prices-at-risk' denies it.";
        var told = (await Story.Of(silos, "billing")).Select(entry => entry.Event).Where(one => one.Why == why).ToArray();
        Assert.Equal(["identity.decided-anew", "grant.revoking"], told.Select(one => one.Action));
        Assert.All(told, one => Assert.Equal("High", DecisionRecord.Read(one.Details[AuditDetails.Record])?.Input.Risks.Max(risk => risk.Severity).ToString()));
    }

    [Fact]
    public async Task A_rule_that_takes_a_part_of_an_intent_is_told_with_its_decision_and_to_whom_it_wants_to_have_it_told()
    {
        await using var silos = await TwoSilos.StartAsync(Rollouts.Standing, AtRisk with { Notify = ["pager"] });
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Intend(Scenario.May("prices"), Scenario.May("names"));

        await billing.Do(Signal(silos, "leak", RiskSeverity.High));

        var told = Assert.Single(await Story.Of(silos, "billing"), entry => entry.Event.Action == RiskReviews.DecidedAnew).Event.Details;
        Assert.Equal("pager", told[Notices.Detail]);
        var (whole, left) = (DecisionRecord.Read(told[AuditDetails.WholeRecord]), DecisionRecord.Read(told[AuditDetails.Record]));
        Assert.Equal((DecisionOutcome.Deny, DecisionOutcome.Permit), (whole?.Decision.Outcome, left?.Decision.Outcome));
        Assert.Contains(AtRisk.Name, whole?.Decision.MatchedRules ?? []);
        Assert.True(whole?.Replays((await silos.Policy().Current()).Set));
    }

    [Fact]
    public async Task What_rests_on_a_signal_ends_when_that_is_over_past_a_crash_or_is_cleared()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour with { Match = new() { RiskAtLeast = RiskSeverity.High } });
        Scenario[] both = [new(silos, "billing"), new(silos, "other")];
        foreach (var one in both)
        {
            await one.Register();
            await one.Do(Signal(silos, "leak", RiskSeverity.High, 10 * Minute));
            await one.Request(30 * Minute, Scenario.May("logs"));
            await one.UntilHas(one.Key("logs"));
        }

        await both[1].Do(new IdentityCommand.ClearRisk((await both[1].View()).Identity.Risks.Single().Key, "rotated"));
        await silos.CrashAsync();
        silos.Time.Advance(10 * Minute);
        await silos.StartAgainAsync();

        foreach (var one in both)
        {
            await one.UntilHas();
            Assert.Equal(RevocationReason.RiskSignal, (await one.View()).Identity.Grants.Single() switch { RevokingGrant grant => grant.Reason, RevokedGrant grant => grant.Reason, _ => (RevocationReason?)null });
        }
    }

    [Fact]
    public async Task What_policy_does_not_permit_anyhow_is_left_as_whoever_applied_it_said()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        foreach (var name in (string[])["prices", "names", "stock"])
            await billing.Request(30 * Minute, Scenario.May(name));
        await billing.UntilHas(billing.Key("prices"), billing.Key("names"), billing.Key("stock"));
        var before = (await billing.View()).Identity.Generation;
        await silos.Apply(Rollouts.Set(TwoSilos.PermitAnHour, Rollouts.Deny("prices")));

        await billing.Do(Signal(silos, "1", RiskSeverity.Critical));

        Assert.Equal(before, (await billing.View()).Identity.Generation); // No rule looks at signals.
        var grace = await silos.Apply(Rollouts.Set(TwoSilos.PermitAnHour, Rollouts.Deny("prices"), AtRiskNo("names")), new(RolloutMode.Grace, TimeSpan.FromDays(1)));
        await silos.Ended(grace.RolloutId);
        Assert.Equal(3, (await billing.View()).Identity.Grants.Count(grant => grant is ActiveGrant));

        await billing.Do(Signal(silos, "2", RiskSeverity.Critical));

        // Not even what the first signal would take was decided since: that set was applied with a time of grace.
        Assert.Equal(3, (await billing.View()).Identity.Grants.Count(grant => grant is ActiveGrant));
        await silos.Apply(Rollouts.Set(TwoSilos.PermitAnHour, Rollouts.Deny("prices"), AtRiskNo("stock") with { Match = AtRiskNo("stock").Match with { RiskTypes = ["odd-use"] } }));
        await billing.Do(Signal(silos, "3", RiskSeverity.High, type: "odd-use"));

        await billing.UntilHas(billing.Key("prices"), billing.Key("names"));
        Assert.NotNull((await billing.View()).Identity.PolicyGrace);
    }

    [Fact]
    public async Task A_signal_is_taken_although_the_directory_does_not_answer_and_decided_with_when_it_does()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour with { Match = new() { RequesterGroups = ["on-call"] } }, AtRisk);
        await new People.People(silos).Do(new DirectoryCommand.SetGroupMembers("on-call", ["ada"], [], "a test"));
        var billing = new Scenario(silos, "billing");
        var grant = await billing.RegisterWithGrant(30 * Minute, Scenario.May("prices"));
        var silent = true;
        silos.BeforeCall = call =>
        {
            if (Volatile.Read(ref silent) && call.MethodName == nameof(IDirectoryGrain.CurrentUnless))
                throw new TimeoutException("It does not answer.");
        };

        var answer = await billing.Do(Signal(silos, "leak", RiskSeverity.High));

        Assert.Null(answer.Refusal);
        Assert.Equal((1, GrantStatus.Active), (answer.Identity?.Identity.Risks.Count, answer.Identity?.Identity.Grants.Single().Status));
        Volatile.Write(ref silent, false);
        silos.Time.Advance(TimeSpan.FromSeconds(10));
        await billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
    }

    [Fact]
    public async Task Emergency_access_ends_unless_the_rule_stands_aside_for_it()
    {
        await using var silos = await TwoSilos.StartAsync(Emergency, AtRisk, AtRiskNo("stock") with { ExceptBreakGlass = true });
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        foreach (var name in (string[])["prices", "stock"])
            await billing.Do(new IdentityCommand.RequestAccess([Scenario.May(name)], 20 * Minute, "the till is down") { BreakGlass = true });
        await billing.UntilHas(billing.Key("prices"), billing.Key("stock"));

        await billing.Do(Signal(silos, "leak", RiskSeverity.High));

        await billing.UntilHas(billing.Key("stock"));
        Assert.Equal(2, (await billing.View()).Identity.Reviews.Count(review => review.IsOpen)); // What was had is looked at all the same.
    }

    [Fact]
    public async Task Who_is_suspended_is_decided_anew_when_it_is_resumed_with_the_signals_of_then()
    {
        await using var silos = await TwoSilos.StartAsync();
        await silos.Apply(new PolicySet("main", [Rollouts.Standing, AtRisk]) { RiskResponses = [new(RiskSeverity.Critical)] });
        Scenario[] both = [new(silos, "settled"), new(silos, "risky")];
        foreach (var one in both)
        {
            await one.Register();
            await one.Intend(Scenario.May("prices"), Scenario.May("names"));
            await one.Do(Signal(silos, "leak", RiskSeverity.Critical));
        }

        await both[1].Do(Signal(silos, "odd", RiskSeverity.High));

        foreach (var one in both)
        {
            var suspended = (await one.View()).Identity;
            Assert.Equal((IdentityStatus.Suspended, 2), (suspended.Status, suspended.Intent.Entitlements.Count));
            await one.Do(new IdentityCommand.ClearRisk(suspended.Risks[0].Key, "rotated"));
            await one.Do(new IdentityCommand.ResumeIdentity("rotated"));
        }

        await both[0].UntilHas(both[0].Key("prices"), both[0].Key("names"));
        await both[1].UntilHas(both[1].Key("names"));
    }

    [Fact]
    public async Task Nothing_is_given_back_before_it_is_decided_with_the_signals_that_came_while_it_was_suspended()
    {
        await using var silos = await TwoSilos.StartAsync(Rollouts.Standing, AtRisk, new PolicyRule("not-them", PolicyEffect.Deny, new() { RequesterGroups = ["leaving"] }));
        var (settled, risky) = (new Scenario(silos, "settled"), new Scenario(silos, "risky"));
        foreach (var one in (Scenario[])[settled, risky])
        {
            await one.Register();
            await one.Intend(Scenario.May("prices"), Scenario.May("names"));
            await one.UntilHas(one.Key("prices"), one.Key("names"));
            await one.Do(new IdentityCommand.SuspendIdentity("to be looked at"));
            await one.UntilHas();
        }

        await risky.Do(Signal(silos, "leak", RiskSeverity.High)); // It suspends nobody.
        var given = 0;
        silos.Platform.Before = (call, principal) => Interlocked.Add(ref given, call == "apply" && principal == risky.Principal ? 1 : 0);
        foreach (var silent in (string[])[nameof(IPolicySetGrain.CurrentVersion), nameof(IDirectoryGrain.CurrentUnless)])
        {
            silos.BeforeCall = call =>
            {
                if (call.MethodName == silent)
                    throw new TimeoutException("It does not answer.");
            };

            await Assert.ThrowsAsync<TimeoutException>(() => risky.Do(new IdentityCommand.ResumeIdentity("looked at")));
            await silos.Identity("risky").Wake();
            Assert.Equal(IdentityStatus.Suspended, (await risky.View()).Identity.Status);
            Assert.Empty((await silos.Identity("risky").GetDesired(TwoSilos.PlatformName))?.Desired.Entitlements ?? []);
        }

        // Where nothing came there is nothing to decide.
        Assert.Null((await settled.Do(new IdentityCommand.ResumeIdentity("looked at"))).Refusal);
        await settled.UntilHas(settled.Key("prices"), settled.Key("names"));
        Assert.Equal(0, given);
        silos.BeforeCall = null;
        var answer = await risky.Do(new IdentityCommand.ResumeIdentity("looked at"));

        Assert.Equal((IdentityStatus.Active, "names"), (answer.Identity?.Identity.Status, Rollouts.NamesOf(answer.Identity?.Identity.Intent.Entitlements ?? []).Single()));
        await risky.UntilHas(risky.Key("names"));
        var told = (await Story.Of(silos, "risky")).Select(entry => entry.Event.Action).Where(action => action.StartsWith("identity.", StringComparison.Ordinal));
        Assert.Equal(["identity.resumed", "identity.decided-anew"], told.TakeLast(2));
    }

    [Fact]
    public async Task Of_as_many_grants_as_there_can_be_exactly_those_end_that_are_permitted_no_more()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, AtRisk);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        for (var number = 0; number < Identity.MaxOpenGrants; number++)
            Assert.Null((await billing.Request(30 * Minute, Scenario.May($"{(number % 2 == 0 ? "prices" : "names")}-{number}"))).Refusal);

        var after = (await billing.Do(Signal(silos, "leak", RiskSeverity.High))).Identity?.Identity;

        Assert.Equal(Identity.MaxOpenGrants / 2, after?.Grants.Count(grant => grant is RevokingGrant));
        Assert.All(after?.Grants ?? [], grant => Assert.Equal(grant is RevokingGrant, grant.Decision.Entitlements[0].Resources[0].Name?.StartsWith("prices", StringComparison.Ordinal)));
        await billing.UntilHas([.. Enumerable.Range(0, Identity.MaxOpenGrants).Where(number => number % 2 == 1).Select(number => billing.Key($"names-{number}"))]);
    }

    private static PolicyRule AtRiskNo(string name) => new($"no-{name}-at-risk", PolicyEffect.Deny, new(ResourcePrefix: $"shop/configmaps/{name}") { RiskAtLeast = RiskSeverity.High });

    private static IdentityCommand.ReportRisk Signal(TwoSilos silos, string id, RiskSeverity severity, TimeSpan? lifetime = null, string type = "secret-leaked")
    {
        var now = silos.Time.GetUtcNow();
        return new(new(id, "scanner", type, severity, now, now + (lifetime ?? 30 * Minute)));
    }
}
