using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit.Memory;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Identities;

public class BundleTests
{
    private static readonly TimeSpan HalfAnHour = TimeSpan.FromMinutes(30);

    private static readonly PlatformException Denied = new(PlatformError.AccessDenied, "Our own credentials may not write.");

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
            TimeSpan.FromSeconds(30), () => "not failed", TestContext.Current.CancellationToken);
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
        Eventually.TrueAsync(async () => condition(await agent.Grant(grant)), TimeSpan.FromSeconds(30), () => "the grant is not so far", TestContext.Current.CancellationToken);

    private static Task UntilAsync(TwoSilos silos, int here, int there) => Eventually.TrueAsync(
        () => Task.FromResult((Count(silos.Platform), Count(silos.Other)) == (here, there)), TimeSpan.FromSeconds(30),
        () => $"here {Count(silos.Platform)}, there {Count(silos.Other)}", TestContext.Current.CancellationToken);

    private static int Count(MemoryPlatform platform) => platform.KeysOf("shop/agent").Count;
}
