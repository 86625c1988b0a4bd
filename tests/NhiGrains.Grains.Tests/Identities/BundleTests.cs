using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Identities;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Grains.Tests.Policies;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Memory;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Identities;

public class BundleTests
{
    private static readonly TimeSpan HalfAnHour = TimeSpan.FromMinutes(30);

    private static readonly PlatformException Denied = new(PlatformError.AccessDenied, "Our own credentials may not write.");

    private static readonly PlatformException Silence = new(PlatformError.Unavailable, "No answer.");

    private static PolicyRule BestEffort => TwoSilos.PermitAnHour with { Bundle = BundleMode.BestEffort };

    [Fact]
    public async Task One_grant_gives_on_several_platforms_expires_on_all_and_tells_of_each()
    {
        await using var silos = await TwoSilos.StartAsync();
        var agent = await RegisteredAsync(silos);

        var grant = await RequestAsync(agent, Here, There);
        await UntilAsync(silos, here: 1, there: 1);
        await UntilAsync(agent, grant, found => found is ActiveGrant { Awaiting.Count: 0 });
        Assert.Equal(
            [(TwoSilos.OtherName, typeof(Fidelity.ControllerEnforced)), (TwoSilos.PlatformName, typeof(Fidelity.ControllerEnforced))],
            (await agent.Grant(grant)).Decision.Fidelities.OrderBy(one => one.Platform, StringComparer.Ordinal).Select(one => (one.Platform, one.Fidelity.GetType())));

        silos.Time.Advance(HalfAnHour);
        await agent.UntilGrantIs(grant, GrantStatus.Revoked);
        var told = (await Story.Of(silos, "agent")).Select(entry => entry.Event.Action).ToArray();
        Assert.Equal((2, 0), (told.Count(action => action == "grant.there-on-platform"), told.Count(action => action == "grant.renewed")));
        await UntilAsync(silos, here: 0, there: 0);
    }

    [Fact]
    public async Task What_one_platform_refuses_is_taken_back_on_the_others()
    {
        await using var silos = await TwoSilos.StartAsync();
        var agent = await RegisteredAsync(silos);
        silos.Other.Before = (call, _) => Throw(call == "apply");

        var grant = await RequestAsync(agent, Here, There);

        await UntilAsync(agent, grant, found => found is RevokingGrant { Reason: RevocationReason.BundleFailed, PendingPlatforms: [TwoSilos.OtherName] });
        await UntilAsync(silos, here: 0, there: 0);
        silos.Other.Before = null;
        await agent.UntilGrantIs(grant, GrantStatus.Revoked);
        var revoked = Assert.IsType<RevokedGrant>(await agent.Grant(grant));
        Assert.Equal($"{TwoSilos.OtherName}: {Denied.Message}", revoked.Failure);
        Assert.Contains((await Story.Of(silos, "agent")), entry => entry.Event.Details.GetValueOrDefault("revocation")?.Contains(Denied.Message, StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_platform_that_does_not_answer_in_time_takes_the_rest_back()
    {
        await using var silos = await TwoSilos.StartAsync();
        var agent = await RegisteredAsync(silos);
        silos.Other.Before = (_, _) => throw new PlatformException(PlatformError.Unavailable, "No answer.");

        var grant = await RequestAsync(agent, Here, There);
        await UntilAsync(silos, here: 1, there: 0);
        silos.Time.Advance(ActiveGrant.BundleTime);

        await UntilAsync(agent, grant, found => found is RevokingGrant { Reason: RevocationReason.BundleFailed });
        await UntilAsync(silos, here: 0, there: 0);
        silos.Other.Before = null;
        await agent.UntilGrantIs(grant, GrantStatus.Revoked);
    }

    [Fact]
    public async Task Best_effort_keeps_what_works_and_goes_on_with_the_rest()
    {
        await using var silos = await TwoSilos.StartAsync(BestEffort);
        var agent = await RegisteredAsync(silos);
        silos.Other.Before = (call, _) => Throw(call == "apply");

        var grant = await RequestAsync(agent, Here, There);
        await UntilAsync(silos, here: 1, there: 0);
        await Eventually.TrueAsync(async () => (await agent.View()).Platforms.Any(report => report is { Platform: TwoSilos.OtherName, Status: EnforcementStatus.Failed }),
            TimeSpan.FromSeconds(60), () => "not failed", TestContext.Current.CancellationToken);
        silos.Time.Advance(ActiveGrant.BundleTime);

        silos.Other.Before = null;
        await UntilAsync(silos, here: 1, there: 1);
        Assert.Equal(GrantStatus.Active, (await agent.Grant(grant)).Status);
    }

    [Fact]
    public async Task What_a_platform_cannot_say_refuses_all_or_is_left_out_and_told()
    {
        var impossible = There with { Resources = [There.Resources[0] with { Type = "no-such-type" }] };
        await using var strict = await TwoSilos.StartAsync();
        var refused = await (await RegisteredAsync(strict)).Request(HalfAnHour, Here, impossible);
        Assert.NotNull(refused.Refusal);
        Assert.Equal(0, Count(strict.Platform));

        await using var lax = await TwoSilos.StartAsync(BestEffort);
        var agent = await RegisteredAsync(lax);
        var grant = await agent.Grant(await RequestAsync(agent, Here, impossible));

        Assert.Equal(DecisionOutcome.PermitReduced, grant.Decision.Outcome);
        Assert.Equal([Here.Platform], Assert.IsType<ActiveGrant>(grant).Entitlements.Select(entitlement => entitlement.Platform));
        Assert.Contains(grant.Decision.Reasons, reason => reason.StartsWith($"Left out on {TwoSilos.OtherName}", StringComparison.Ordinal));
        Assert.Contains(grant.Decision.Fidelities, one => one is { Platform: TwoSilos.OtherName, Fidelity: Fidelity.Refused });
        await UntilAsync(lax, here: 1, there: 0);
    }

    [Fact]
    public async Task Policy_can_forbid_what_is_not_exact()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour with { OnlyExact = true });
        var agent = await RegisteredAsync(silos);

        var refused = await agent.Request(HalfAnHour, Here);

        Assert.Equal("NOT_EXACT", refused.Refusal?.Code);
        // What was decided is told, with what the platform said, and can be decided again.
        DecisionRecord? record = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var told = (await Story.Of(silos, "agent")).SingleOrDefault(entry => entry.Event.Action == "grant.request-denied");
                record = told is null ? null : DecisionRecord.Read(told.Event.Details[AuditDetails.Record]);
                return record is not null;
            },
            TimeSpan.FromSeconds(60), () => "the refusal was not told", TestContext.Current.CancellationToken);
        Assert.Equal(DecisionOutcome.Deny, record?.Decision.Outcome);
        Assert.Contains(record?.Decision.Fidelities ?? [], one => one.Fidelity is Fidelity.ControllerEnforced);
        Assert.True(record?.Replays((await silos.Policy().Current()).Set));
    }

    [Fact]
    public async Task What_is_taken_back_goes_on_over_a_restart_and_its_end_for_as_long_as_it_takes()
    {
        await using var silos = await TwoSilos.StartAsync();
        var agent = await RegisteredAsync(silos);
        silos.Other.Before = (call, _) => Throw(call == "apply");
        // It comes here first, and then it cannot be taken back here either.
        silos.Platform.After = (call, _) =>
        {
            if (call == "apply" && Count(silos.Platform) > 0)
                silos.Platform.Before = (_, _) => throw Silence;
        };
        using var late = silos.Way.Inject(new Fault.Delay(TimeSpan.FromMilliseconds(200)), request => request.Method == "PUT");

        var grant = await RequestAsync(agent, Here, There);
        await UntilAsync(agent, grant, found => found is RevokingGrant { Reason: RevocationReason.BundleFailed, PendingPlatforms.Count: 2 });
        await UntilAsync(silos, here: 1, there: 0);
        await silos.CrashAsync();
        silos.Time.Advance(HalfAnHour);
        await silos.StartAgainAsync();
        Assert.IsType<RevokingGrant>(await agent.Grant(grant));
        silos.Platform.After = null;
        silos.Platform.Before = null;

        await UntilAsync(agent, grant, found => found is RevokingGrant { PendingPlatforms: [TwoSilos.OtherName] });
        await UntilAsync(silos, here: 0, there: 0);
        silos.Other.Before = null;
        await agent.UntilGrantIs(grant, GrantStatus.Revoked);
        var revoked = Assert.IsType<RevokedGrant>(await agent.Grant(grant));
        Assert.Equal((RevocationReason.BundleFailed, $"{TwoSilos.OtherName}: {Denied.Message}"), (revoked.Reason, revoked.Failure));
        Assert.Single(await Story.Of(silos, "agent"), entry => entry.Event.Action == "grant.revoking");
    }

    [Fact]
    public async Task A_platform_that_is_not_there_in_time_takes_the_rest_back_although_every_silo_was_dead_then()
    {
        await using var silos = await TwoSilos.StartAsync();
        var agent = await RegisteredAsync(silos);
        silos.Other.Before = (_, _) => throw Silence;
        var grant = await RequestAsync(agent, Here, There);
        await UntilAsync(agent, grant, found => found is ActiveGrant { Awaiting: [TwoSilos.OtherName] });

        await silos.CrashAsync();
        silos.Other.Before = null;
        silos.Time.Advance(ActiveGrant.BundleTime);
        await silos.StartAgainAsync();

        await agent.UntilGrantIs(grant, GrantStatus.Revoked);
        Assert.Equal(RevocationReason.BundleFailed, Assert.IsType<RevokedGrant>(await agent.Grant(grant)).Reason);
        await UntilAsync(silos, here: 0, there: 0);
        Assert.Equal(0, silos.Other.Writes);
    }

    [Fact]
    public async Task What_was_suspended_before_it_was_there_is_given_when_it_is_resumed_later()
    {
        await using var silos = await TwoSilos.StartAsync();
        var agent = await RegisteredAsync(silos);
        silos.Other.Before = (_, _) => throw Silence;
        var grant = await RequestAsync(agent, Here, There);
        await UntilAsync(agent, grant, found => found is ActiveGrant { Awaiting: [TwoSilos.OtherName] });
        await agent.Do(new IdentityCommand.SuspendIdentity("to be looked at"));
        silos.Other.Before = null;
        silos.Time.Advance(ActiveGrant.BundleTime + TimeSpan.FromMinutes(1));
        await silos.Identity("agent").Wake();

        await agent.Do(new IdentityCommand.ResumeIdentity("looked at"));

        await UntilAsync(silos, here: 1, there: 1);
        await UntilAsync(agent, grant, found => found is ActiveGrant { Awaiting: [] });
        Assert.DoesNotContain(await Story.Of(silos, "agent"), entry => entry.Event.Action == "grant.renewed");
    }

    [Fact]
    public async Task What_is_revoked_before_it_is_there_is_never_given_where_it_was_not()
    {
        await using var silos = await TwoSilos.StartAsync();
        var agent = await RegisteredAsync(silos);
        silos.Other.Before = (_, _) => throw Silence;
        var grant = await RequestAsync(agent, Here, There);
        await UntilAsync(silos, here: 1, there: 0);

        await agent.Do(new IdentityCommand.RevokeGrant(grant, "no longer needed"));
        await UntilAsync(agent, grant, found => found is RevokingGrant { PendingPlatforms: [TwoSilos.OtherName] });
        silos.Time.Advance(ActiveGrant.BundleTime);
        silos.Other.Before = null;

        await agent.UntilGrantIs(grant, GrantStatus.Revoked);
        Assert.Equal(RevocationReason.RevokedByRequest, Assert.IsType<RevokedGrant>(await agent.Grant(grant)).Reason);
        await UntilAsync(silos, here: 0, there: 0);
        Assert.Equal(0, silos.Other.Writes);
    }

    [Fact]
    public async Task Of_two_entitlements_on_one_platform_one_that_it_cannot_say_refuses_all_or_leaves_that_platform_out()
    {
        var impossible = There with { Resources = [There.Resources[0] with { Type = "no-such-type" }] };
        await using var silos = await TwoSilos.StartAsync(
            BestEffort with { Name = "lax", Match = new(Environments: ["staging"]) }, TwoSilos.PermitAnHour with { Match = new(Environments: ["production"]) });
        var agent = await RegisteredAsync(silos);

        var grant = await agent.Grant(await RequestAsync(agent, Here, There, impossible));
        Assert.Equal([Here.Platform], Assert.IsType<ActiveGrant>(grant).Entitlements.Select(entitlement => entitlement.Platform));
        Assert.Contains(grant.Decision.Reasons, reason => reason.Contains("no-such-type", StringComparison.Ordinal));
        await UntilAsync(silos, here: 1, there: 0);
        await agent.Do(new IdentityCommand.UpdateIdentity(new(Environment: "production")));
        Assert.Contains("no-such-type", (await agent.Request(HalfAnHour, There, impossible, Here)).Refusal?.Message, StringComparison.Ordinal);
        await UntilAsync(silos, here: 1, there: 0);
    }

    [Theory]
    [InlineData(IdentityStatus.Active, true, false, 0)]
    [InlineData(IdentityStatus.Active, false, false, 1)]
    [InlineData(IdentityStatus.Active, false, true, 0)] // From a silo of before this was told.
    [InlineData(IdentityStatus.Suspended, true, true, 1)] // Nothing is wanted then, and nothing of it is there.
    public void It_is_there_when_it_was_read_back_while_it_was_wanted(IdentityStatus status, bool there, bool settled, int awaited)
    {
        var now = DateTimeOffset.UnixEpoch;
        var decision = new Decision(DecisionOutcome.Permit, [Here, There], HalfAnHour, [], [], "v", "d", AllowsControllerEnforcedEnd: true);
        var profile = new IdentityProfile(IdentityKind.Bot, new("ada", "payments"), "test", new Dictionary<string, string>(StringComparer.Ordinal),
            [new(TwoSilos.PlatformName, "shop/agent"), new(TwoSilos.OtherName, "shop/agent")]);
        var grant = (ActiveGrant)Grant.From("g", new("ada", "a test", [Here, There], HalfAnHour, now), decision);
        var identity = Identity.Register("agent", profile).Value.Add(grant with { Awaiting = [TwoSilos.OtherName] }).Value with { Status = status };
        var state = new IdentityState().With(identity, Change.ByTime, now);
        var report = new EnforcementReport(
            TwoSilos.OtherName, settled ? EnforcementStatus.Effective : EnforcementStatus.Applied, identity.Generation, "", "native", [], null, now, null, settled, There: there);

        var next = state.With(report, now);

        Assert.Equal(awaited, Assert.IsType<ActiveGrant>(Assert.Single(next.Identity?.Grants ?? [])).Awaiting.Count);
    }

    private static Entitlement Here => Scenario.May("prices");

    private static Entitlement There => Scenario.May("prices") with { Platform = TwoSilos.OtherName };

    private static void Throw(bool now)
    {
        if (now)
            throw Denied;
    }

    private static async Task<Scenario> RegisteredAsync(TwoSilos silos)
    {
        var agent = new Scenario(silos, "agent");
        var answer = await agent.Do(new IdentityCommand.RegisterIdentity(new(
            IdentityKind.AiAgent, new("ada", "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal),
            [new(TwoSilos.PlatformName, agent.Principal, CreateIfMissing: true), new(TwoSilos.OtherName, agent.Principal, CreateIfMissing: true)])));
        Assert.Null(answer.Refusal);
        return agent;
    }

    private static async Task<string> RequestAsync(Scenario agent, params Entitlement[] entitlements)
    {
        var answer = await agent.Request(HalfAnHour, entitlements);
        return answer.GrantId ?? throw new InvalidOperationException(answer.Refusal?.Message);
    }

    private static Task UntilAsync(Scenario agent, string grant, Func<Grant, bool> condition) =>
        Eventually.TrueAsync(async () => condition(await agent.Grant(grant)), TimeSpan.FromSeconds(60), () => "the grant is not so far", TestContext.Current.CancellationToken);

    private static Task UntilAsync(TwoSilos silos, int here, int there) => Eventually.TrueAsync(
        () => Task.FromResult((Count(silos.Platform), Count(silos.Other)) == (here, there)), TimeSpan.FromSeconds(60),
        () => $"here {Count(silos.Platform)}, there {Count(silos.Other)}", TestContext.Current.CancellationToken);

    private static int Count(MemoryPlatform platform) => platform.KeysOf("shop/agent").Count;
}
