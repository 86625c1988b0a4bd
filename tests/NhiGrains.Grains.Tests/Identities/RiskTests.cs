using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Identities;

public class RiskTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_severe_signal_takes_everything_away_at_once_and_a_person_gives_back_only_after_it_is_over()
    {
        await using var silos = await TwoSilos.StartAsync();
        var policy = await AnswerSevere(silos);
        await silos.Grains.GetGrain<INotificationGrain>(NotificationKeys.Of(MemorySinks.First, Shards.Of("billing"))).Start();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Do(new IdentityCommand.SetIntent([Scenario.May("standing")], "a test"));
        var grant = await billing.Request(30 * Minute, Scenario.May("prices"));
        await billing.UntilHas(billing.Key("standing"), billing.Key("prices"));

        var answer = await billing.Do(Signal(silos, "leak-1", RiskSeverity.High, 2 * Minute));

        Assert.Equal((IdentityStatus.Suspended, GrantStatus.Revoking), (answer.Identity?.Identity.Status, answer.Identity?.Identity.Grants.Single().Status));
        await billing.UntilHas();
        await billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
        Assert.Equal("RISK_ALIVE", (await billing.Do(new IdentityCommand.ResumeIdentity("too soon"))).Refusal?.Code);

        // Past a crash of everything, since the end of a signal is a due time like any other.
        await silos.CrashAsync();
        silos.Time.Advance(2 * Minute);
        await silos.StartAgainAsync();
        await UntilCatalogHas(silos, "billing", RiskSeverity.Low, found: false);
        Assert.Empty((await billing.View()).Identity.Risks);
        Assert.Equal(IdentityStatus.Suspended, (await billing.View()).Identity.Status);
        await billing.Do(new IdentityCommand.ResumeIdentity("it was rotated"));
        await billing.UntilHas(billing.Key("standing"));

        var story = await Story.Of(silos, "billing");
        var (reported, suspended, revoking, ended) = (
            Single(story, "identity.risk-reported"), Single(story, "identity.suspended"), Single(story, "grant.revoking"), Single(story, "identity.risk-ended"));
        Assert.Equal(($"risk response 1 of policy {policy.Version}", "secret-leaked", "High"), (reported.Details["response"], reported.Details["riskType"], reported.Details["severity"]));
        Assert.Equal($"secret-leaked (High) from scanner: risk response 1 of policy {policy.Version}", suspended.Why);
        Assert.Equal((suspended.Why, "RiskSignal"), (revoking.Why, revoking.Details["revocation"]));
        Assert.Equal("its time came", ended.Why);
        Assert.Contains(silos.Sinks.Taken(MemorySinks.First), entry => entry.Event.Action == "identity.risk-reported");
    }

    [Fact]
    public async Task A_signal_is_kept_once_found_in_the_catalog_and_cleared_by_a_person()
    {
        await using var silos = await TwoSilos.StartAsync();
        await AnswerSevere(silos);
        var billing = new Scenario(silos, "billing");
        await billing.RegisterWithGrant(30 * Minute, Scenario.May("prices"));
        var before = (await billing.View()).Identity.Generation;

        var signal = Signal(silos, "odd-1", RiskSeverity.Medium, 30 * Minute);
        await billing.Do(signal);
        await billing.Do(signal);
        await billing.Do(signal with { Signal = signal.Signal with { Severity = RiskSeverity.Critical } });

        var identity = (await billing.View()).Identity;
        var risk = Assert.Single(identity.Risks);
        Assert.Equal((IdentityStatus.Active, before, RiskSeverity.Medium), (identity.Status, identity.Generation, risk.Severity));
        await UntilCatalogHas(silos, "billing", RiskSeverity.Medium, found: true);
        await UntilCatalogHas(silos, "billing", RiskSeverity.High, found: false);
        await billing.UntilHas(billing.Key("prices"));

        await billing.Do(new IdentityCommand.ClearRisk(risk.Key, "looked at it"));
        await billing.Do(signal);

        Assert.True(Assert.Single((await billing.View()).Identity.Risks).IsCleared);
        await UntilCatalogHas(silos, "billing", RiskSeverity.Low, found: false);
        silos.Time.Advance(30 * Minute);
        await Eventually.TrueAsync(
            async () => (await billing.View()).Identity.Risks.Count == 0, TimeSpan.FromSeconds(60), () => "still there", TestContext.Current.CancellationToken);
        var story = await Story.Of(silos, "billing");
        Assert.Equal("looked at it", Single(story, "identity.risk-ended").Why); // Told once, when it was cleared.
        Single(story, "identity.risk-reported");
    }

    [Fact]
    public async Task What_a_signal_says_of_its_own_consequences_is_not_believed()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var signal = Signal(silos, "1", RiskSeverity.Critical, Minute).Signal;

        await billing.Do(new IdentityCommand.ReportRisk(signal with { Suspension = new(RiskAction.Suspend, 9, "mine"), ClearedAt = signal.At }));

        var identity = (await billing.View()).Identity;
        Assert.Equal((IdentityStatus.Active, null, false), (identity.Status, identity.Risks.Single().Suspension, identity.Risks.Single().IsCleared));
        Assert.Equal("UNKNOWN_IDENTITY", (await new Scenario(silos, "nobody").Do(new IdentityCommand.ReportRisk(signal))).Refusal?.Code);
    }

    private static Task<PolicyVersion> AnswerSevere(TwoSilos silos) => silos.Grains.GetGrain<IPolicySetGrain>(PolicySets.Main)
        .Apply(new PolicySet("main", [TwoSilos.PermitAnHour, new("standing", PolicyEffect.Permit, new(Standing: true))]) { RiskResponses = [new(RiskSeverity.High)] }, "test");

    private static IdentityCommand.ReportRisk Signal(TwoSilos silos, string id, RiskSeverity severity, TimeSpan lifetime)
    {
        var now = silos.Time.GetUtcNow();
        return new(new(id, "scanner", "secret-leaked", severity, now, now + lifetime));
    }

    private static AuditEvent Single(IReadOnlyList<AuditEntry> story, string action) => Assert.Single(story, entry => entry.Event.Action == action).Event;

    private static Task UntilCatalogHas(TwoSilos silos, string id, RiskSeverity atLeast, bool found) => Eventually.TrueAsync(
        async () => (await silos.Grains.GetGrain<ICatalogShardGrain>(Shards.Of(id)).Query(new(new() { RiskAtLeast = atLeast }, CatalogOrder.Id, false, null, 10)))
            .Rows.Any(row => row.Id == id) == found,
        TimeSpan.FromSeconds(60), () => $"the catalog has {id} as risky: not {found}", TestContext.Current.CancellationToken);
}
