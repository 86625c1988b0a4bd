using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Identities;

public class OffboardingTests
{
    [Theory]
    [InlineData(DriftAction.Revert)]
    [InlineData(DriftAction.Adopt)]
    public async Task What_is_not_ours_waits_for_a_person_and_then_the_identity_is_retired(DriftAction settled)
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        silos.Platform.Tamper(billing.Principal, "by hand", "anything"); // A principal that is not ours to delete.
        await billing.Do(new IdentityCommand.RegisterIdentity(new(
            IdentityKind.Bot, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal), [new(TwoSilos.PlatformName, billing.Principal)])));
        await billing.UntilPlatformIs(EnforcementStatus.Drifted);

        await billing.Do(new IdentityCommand.OffboardIdentity("replaced"));

        await billing.UntilPlatformIs(EnforcementStatus.ManualActionRequired);
        var view = await billing.View();
        Assert.Contains("by hand", view.Platforms[0].Message, StringComparison.Ordinal);
        Assert.Equal((IdentityStatus.Offboarding, true), (view.Identity.Status, view.Identity.OffboardedAt is not null));
        await billing.UntilHas("by hand");
        Assert.Null((await silos.Enforcement("billing").ResolveDrift(new("ada", "its owner said so", settled, [], null, "key"))).Refusal);
        await UntilRetiredAsync(billing);
        await billing.UntilHas(settled == DriftAction.Revert ? [] : ["by hand"]);
    }

    [Fact]
    public async Task What_was_adopted_before_is_asked_for_again_and_does_not_stay_behind_unseen()
    {
        await using var silos = await TwoSilos.StartAsync();
        var legacy = new Scenario(silos, "legacy");
        silos.Platform.Tamper(legacy.Principal, "by hand", "anything");
        await legacy.Do(new IdentityCommand.RegisterIdentity(new(
            IdentityKind.Bot, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal), [new(TwoSilos.PlatformName, legacy.Principal)])));
        await legacy.UntilPlatformIs(EnforcementStatus.Drifted);
        Assert.Null((await silos.Enforcement("legacy").ResolveDrift(new("ada", "known", DriftAction.Adopt, [], null, "adopt"))).Refusal);
        await legacy.UntilPlatformIs(EnforcementStatus.Effective);

        await legacy.Do(new IdentityCommand.OffboardIdentity("replaced"));

        await legacy.UntilPlatformIs(EnforcementStatus.ManualActionRequired);
        Assert.Equal(IdentityStatus.Offboarding, (await legacy.View()).Identity.Status);
    }

    [Fact]
    public async Task A_platform_that_is_down_keeps_no_other_from_being_proven_gone_and_is_finished_later()
    {
        await using var silos = await TwoSilos.StartAsync();
        var (agent, grant) = await OnBothAsync(silos);
        silos.Other.Before = (_, _) => throw new PlatformException(PlatformError.Unavailable, "No answer.");

        await agent.Do(new IdentityCommand.OffboardIdentity("replaced"));
        await UntilAsync(agent, view => Status(view, TwoSilos.PlatformName) == EnforcementStatus.Revoked && Status(view, TwoSilos.OtherName) == EnforcementStatus.Unknown);
        Assert.Equal([TwoSilos.OtherName], Assert.IsType<RevokingGrant>(await agent.Grant(grant)).PendingPlatforms);
        var generation = (await agent.View()).Identity.Generation;
        await agent.Do(new IdentityCommand.OffboardIdentity("once more"));
        Assert.Equal(generation, (await agent.View()).Identity.Generation);
        await silos.CrashAsync();

        silos.Other.Before = null;
        await silos.StartAgainAsync();
        await UntilRetiredAsync(agent);
        Assert.Empty(silos.Other.KeysOf(agent.Principal));
    }

    [Fact]
    public async Task A_platform_that_was_taken_out_of_the_settings_is_told_and_finished_when_it_is_back()
    {
        await using var silos = await TwoSilos.StartAsync();
        var (agent, grant) = await OnBothAsync(silos);
        await silos.CrashAsync();
        silos.HasOther = false;
        await silos.StartAgainAsync();

        await agent.Do(new IdentityCommand.OffboardIdentity("replaced"));

        await UntilAsync(agent, view => Status(view, TwoSilos.PlatformName) == EnforcementStatus.Revoked && Status(view, TwoSilos.OtherName) == EnforcementStatus.Unknown);
        var view = await agent.View();
        var unknown = view.Platforms.Single(report => report.Platform == TwoSilos.OtherName);
        Assert.Contains("mem:other is not in the settings", unknown.Message, StringComparison.Ordinal);
        Assert.Equal((IdentityStatus.Offboarding, true), (view.Identity.Status, unknown.RetryAt is not null));
        var there = silos.Grains.GetGrain<IEnforcementGrain>(EnforcementKeys.Of(TwoSilos.OtherName, "agent"));
        Assert.Equal(EnforcementStatus.Unknown, (await there.Refresh()).Status);
        Assert.Equal("UNKNOWN_PLATFORM", (await there.IssueCredential(new("ada", grant))).Refusal?.Code);
        await silos.CrashAsync();
        silos.HasOther = true;
        await silos.StartAgainAsync();

        await UntilRetiredAsync(agent);
        Assert.False(silos.Other.Exists(agent.Principal));
    }

    [Fact]
    public async Task A_grant_that_is_just_being_applied_leaves_nothing_behind()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        using var slow = silos.Way.Inject(new Fault.Delay(TimeSpan.FromSeconds(2)), request => request.Method == "PUT", times: 1);
        var grant = await billing.Request(TimeSpan.FromMinutes(30), Scenario.May("prices"));
        await Eventually.TrueAsync(() => Task.FromResult(silos.Way.Passed.Any(request => request.Method == "PUT")), TimeSpan.FromSeconds(60), () => "not written", TestContext.Current.CancellationToken);

        await Task.WhenAll(billing.Do(new IdentityCommand.OffboardIdentity("replaced")), billing.Do(new IdentityCommand.OffboardIdentity("at once")));

        await UntilRetiredAsync(billing);
        Assert.False(silos.Platform.Exists(billing.Principal));
        Assert.Equal(GrantStatus.Revoked, (await billing.Grant(grant.GrantId)).Status);
        Assert.Single(await Story.Of(silos, "billing"), entry => entry.Event.Action == "identity.offboarding");
    }

    private static async Task<(Scenario Agent, string Grant)> OnBothAsync(TwoSilos silos)
    {
        var agent = new Scenario(silos, "agent");
        await agent.Do(new IdentityCommand.RegisterIdentity(new(
            IdentityKind.AiAgent, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal),
            [new(TwoSilos.PlatformName, agent.Principal, CreateIfMissing: true), new(TwoSilos.OtherName, agent.Principal, CreateIfMissing: true)])));
        var grant = await agent.Request(TimeSpan.FromMinutes(30), Scenario.May("prices"), Scenario.May("prices") with { Platform = TwoSilos.OtherName });
        await UntilAsync(agent, view => view.Platforms.All(report => report.Status == EnforcementStatus.Effective));
        return (agent, grant.GrantId ?? throw new InvalidOperationException(grant.Refusal?.Message));
    }

    private static EnforcementStatus? Status(IdentityView view, string platform) => view.Platforms.FirstOrDefault(report => report.Platform == platform)?.Status;

    private static Task UntilRetiredAsync(Scenario scenario) => UntilAsync(scenario, view => view.Identity.Status == IdentityStatus.Retired);

    private static async Task UntilAsync(Scenario scenario, Func<IdentityView, bool> condition)
    {
        IdentityView? last = null;
        await Eventually.TrueAsync(async () => condition(last = await scenario.View()), TimeSpan.FromSeconds(60), () => $"{last?.Identity.Status} {string.Join("; ", last?.Platforms ?? [])}", TestContext.Current.CancellationToken);
    }
}
