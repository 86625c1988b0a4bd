using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.Identities;

public class LifecycleTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Access_appears_is_proven_and_ends_on_time()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();

        var answer = await billing.Request(Minute, Scenario.May("prices"));

        Assert.Equal(GrantStatus.Active, (await billing.Grant(answer.GrantId)).Status);
        await billing.UntilHas(billing.Key("prices"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        silos.Time.Advance(Minute);
        await billing.UntilGrantIs(answer.GrantId, GrantStatus.Revoked);
        await billing.UntilPlatformIs(EnforcementStatus.Revoked);
        await billing.UntilHas();
    }

    [Fact]
    public async Task Ending_one_of_two_overlapping_grants_leaves_the_other()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var first = await billing.Request(Minute, Scenario.May("prices", Verb.Read, Verb.Write));
        await billing.Request(2 * Minute, Scenario.May("prices"));
        await billing.UntilHas(billing.Key("prices"), billing.Key("prices", Verb.Write));

        silos.Time.Advance(Minute);

        await billing.UntilGrantIs(first.GrantId, GrantStatus.Revoked);
        await billing.UntilHas(billing.Key("prices"));
    }

    [Fact]
    public async Task An_intent_takes_the_place_of_one_beside_which_it_could_not_be()
    {
        var consenting = new PolicyRule("reading", PolicyEffect.Permit, new(Verbs: [Verb.Read]), AllowControllerEnforcedEnd: true);
        await using var silos = await TwoSilos.StartAsync(consenting, new("writing", PolicyEffect.Permit, new(Verbs: [Verb.Write])));
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var ending = Scenario.May("prices") with { Conditions = Conditions.None with { NotAfter = silos.Time.GetUtcNow() + TimeSpan.FromDays(1) } };
        Assert.Null((await billing.Do(new IdentityCommand.SetIntent([ending], ""))).Refusal);
        await billing.UntilHas(billing.Key("prices"));

        // Without consent to an end that only we keep: the first one has such an end.
        Assert.Null((await billing.Do(new IdentityCommand.SetIntent([Scenario.May("stock", Verb.Write)], ""))).Refusal);

        await billing.UntilHas(billing.Key("stock", Verb.Write));
    }

    [Fact]
    public async Task A_command_is_carried_out_once_for_its_key()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var command = new IdentityCommand.RequestAccess([Scenario.May("prices")], Minute, "a test");

        var first = await billing.Do(command, "once");
        var again = await billing.Do(command, "once");
        var other = await billing.Do(command with { Lifetime = 2 * Minute }, "once");

        Assert.Equal(first.GrantId, again.GrantId);
        Assert.Single((await billing.View()).Identity.Grants);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", other.Refusal?.Code);
    }

    [Fact]
    public async Task Updates_at_once_of_different_members_all_stay_and_one_that_is_out_of_date_is_refused()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        var read = (await billing.View()).Identity;
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["tier"] = "1" };
        ProfileChanges[] changes = [new(Kind: IdentityKind.Bot), new(Environment: "production"), new(Tags: tags)];

        await Task.WhenAll(changes.Select(change => billing.Do(new IdentityCommand.UpdateIdentity(change))));
        var late = await billing.Do(new IdentityCommand.UpdateIdentity(new(Environment: "test"), read.Generation));
        var lateIntent = await billing.Do(new IdentityCommand.SetIntent([], "a test", read.Generation));
        var inTime = await billing.Do(new IdentityCommand.UpdateIdentity(new(Environment: "test"), (await billing.View()).Identity.Generation));

        var profile = inTime.Identity?.Identity.Profile;
        Assert.Equal((IdentityKind.Bot, "test", "1"), (profile?.Kind, profile?.Environment, profile?.Tags["tier"]));
        Assert.Equal(("GENERATION_CONFLICT", "GENERATION_CONFLICT"), (late.Refusal?.Code, lateIntent.Refusal?.Code));
        Assert.Equal(read.Profile.Bindings, profile?.Bindings);
    }

    [Fact]
    public async Task Suspending_takes_everything_away_and_resuming_gives_back_what_is_alive()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Request(Minute, Scenario.May("short"));
        await billing.Request(3 * Minute, Scenario.May("long"));
        await billing.UntilHas(billing.Key("short"), billing.Key("long"));

        await billing.Do(new IdentityCommand.SuspendIdentity("looks odd"));
        await billing.UntilHas();
        silos.Time.Advance(2 * Minute);
        await billing.Do(new IdentityCommand.ResumeIdentity("was nothing"));

        await billing.UntilHas(billing.Key("long"));
    }

    [Fact]
    public async Task Offboarding_ends_everything_and_frees_the_principal_when_it_was_read_back()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var grant = await billing.Request(Minute, Scenario.May("prices"));
        await billing.UntilHas(billing.Key("prices"));

        await billing.Do(new IdentityCommand.OffboardIdentity("replaced"));

        await billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
        await billing.UntilHas();
        await NhiGrains.Platforms.TestKit.Waiting.Eventually.TrueAsync(
            async () => (await billing.View()).Identity.Status == IdentityStatus.Retired
                && await silos.Grains.GetGrain<IPrincipalGrain>(PrincipalKeys.Of(TwoSilos.PlatformName, billing.Principal)).Owner() is null,
            TimeSpan.FromSeconds(60), () => "not retired", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Two_identities_cannot_be_bound_to_one_principal()
    {
        await using var silos = await TwoSilos.StartAsync();
        await new Scenario(silos, "billing").Register();
        var profile = (await new Scenario(silos, "billing").View()).Identity.Profile;

        var answer = await new Scenario(silos, "thief").Do(new IdentityCommand.RegisterIdentity(profile));

        Assert.Equal("PRINCIPAL_TAKEN", answer.Refusal?.Code);
        Assert.Null(await silos.Identity("thief").Get());
    }
}
