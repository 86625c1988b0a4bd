using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Policies;

/// <summary>A new policy set is put to work on what is there already.</summary>
public class RolloutTests
{
    private static readonly TimeSpan HalfAnHour = TimeSpan.FromMinutes(30);

    [Fact]
    public async Task A_simulation_says_what_would_end_and_changes_nothing()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Rollouts.Standing);
        var (billing, grant) = await BillingAsync(silos);
        var before = await billing.View();

        var found = await silos.Simulated(Rollouts.Set(TwoSilos.PermitAnHour, Rollouts.Standing, Rollouts.Deny("prices")));

        Assert.Equal([("billing", "intent", PolicyFindingKind.Lost), ("billing", grant, PolicyFindingKind.Lost)], found.Select(one => (one.IdentityId, one.Source, one.Kind)));
        Assert.All(found, one => Assert.Equal(["prices"], Rollouts.NamesOf(one.Lost)));
        Assert.All(found, one => Assert.Equal(["Rule 'no-prices' denies it."], one.Reasons));
        var after = (await billing.View()).Identity;
        Assert.Equal(Canonical.Text(new { before.Identity.Intent, before.Identity.Grants, before.Identity.Generation }), Canonical.Text(new { after.Intent, after.Grants, after.Generation }));
    }

    [Fact]
    public async Task Now_an_intent_keeps_what_is_permitted_and_a_grant_that_is_not_ends()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Rollouts.Standing);
        var (billing, grant) = await BillingAsync(silos);
        var set = Rollouts.Set(TwoSilos.PermitAnHour, Rollouts.Standing, Rollouts.Deny("prices"));

        var answer = await silos.Apply(set, new(RolloutMode.Now));
        var progress = await silos.Ended(answer.RolloutId);

        Assert.Equal((1, 2), (progress.Affected, progress.Findings));
        await billing.UntilHas(billing.Key("names"));
        await billing.UntilGrantIs(grant, GrantStatus.Revoked);
        var identity = (await billing.View()).Identity;
        Assert.Equal(set.Version, identity.Intent.Decision?.PolicyVersion);
        Assert.Equal(RevocationReason.PolicyChanged, Assert.IsType<RevokedGrant>(identity.Grants.Single()).Reason);
        var story = await Story.Of(silos, "billing");
        var told = story.Where(entry => entry.Event.Why.Contains(set.Version, StringComparison.Ordinal)).Select(entry => entry.Event.Action);
        Assert.Equal(["identity.policy-changed", "grant.revoking"], told);
        var whole = await Story.Verified(silos, NhiGrains.Contracts.Shards.Of("policy-set/main"));
        var ended = whole.Single(entry => entry.Event.Action == "policy-set.rollout-ended").Event.Details;
        Assert.Equal((answer.RolloutId, "Done", "1"), (ended["rolloutId"], ended["status"], ended["affected"]));
    }

    [Fact]
    public async Task A_grant_that_somebody_else_has_renewed_is_decided_as_theirs()
    {
        var onCall = TwoSilos.PermitAnHour with { Match = new() { RequesterGroups = ["on-call"] } };
        await using var silos = await TwoSilos.StartAsync(onCall);
        var people = new People.People(silos);
        await people.Do(new DirectoryCommand.SetGroupMembers("on-call", ["ada", "bob"], [], "a test"));
        var billing = new Scenario(silos, "billing");
        var grant = (await billing.RegisterWithGrant(HalfAnHour, Scenario.May("prices"))).GrantId ?? "";
        await people.Do(new DirectoryCommand.SetGroupMembers("on-call", [], ["ada"], "a test"));
        Assert.Null((await silos.Identity("billing").Execute(new("renew", "bob", new IdentityCommand.RenewGrant(grant, 2 * HalfAnHour, "not done yet")))).Refusal);

        await silos.Ended((await silos.Apply(Rollouts.Set(onCall, Rollouts.Deny("other")), new(RolloutMode.Now))).RolloutId);
        Assert.Equal(GrantStatus.Active, (await billing.Grant(grant)).Status);
        await people.Do(new DirectoryCommand.SetGroupMembers("on-call", ["ada"], ["bob"], "a test"));
        await silos.Ended((await silos.Apply(Rollouts.Set(onCall, Rollouts.Deny("another")), new(RolloutMode.Now))).RolloutId);

        await billing.UntilGrantIs(grant, GrantStatus.Revoked);
    }

    [Fact]
    public async Task A_grant_that_may_only_last_less_long_ends_earlier()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        var grant = await billing.RegisterWithGrant(HalfAnHour, Scenario.May("prices"));
        var shorter = TwoSilos.PermitAnHour with { MaxLifetime = TimeSpan.FromMinutes(5) };

        var found = Assert.Single(await silos.Simulated(Rollouts.Set(shorter)));
        await silos.Ended((await silos.Apply(Rollouts.Set(shorter), new(RolloutMode.Now))).RolloutId);

        Assert.Equal((PolicyFindingKind.Shortened, TimeSpan.FromMinutes(5)), (found.Kind, found.Left));
        Assert.InRange(Assert.IsType<ActiveGrant>(await billing.Grant(grant.GrantId)).ExpiresAt - silos.Time.GetUtcNow(), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.Contains(await Story.Of(silos, "billing"), entry => entry.Event.Action == "grant.shortened");
        silos.Time.Advance(TimeSpan.FromMinutes(5));
        await billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
    }

    [Fact]
    public async Task In_a_time_of_grace_everything_works_on_and_then_it_ends_by_itself()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Rollouts.Standing);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Intend(Scenario.May("prices"), Scenario.May("names"));
        var other = new Scenario(silos, "other");
        await other.Register();
        await billing.UntilHas(billing.Key("prices"), billing.Key("names"));

        var answer = await silos.Apply(Rollouts.Set(Rollouts.Standing, Rollouts.Deny("prices")), new(RolloutMode.Grace, TimeSpan.FromDays(3)));
        await silos.Ended(answer.RolloutId);

        var grace = (await billing.View()).Identity.PolicyGrace;
        Assert.Equal(answer.InForce?.Version, grace?.Version);
        Assert.Null((await other.View()).Identity.PolicyGrace);
        silos.Time.Advance(TimeSpan.FromDays(3) - TimeSpan.FromMinutes(10));
        Assert.Equal(2, (await billing.View()).Identity.Intent.Entitlements.Count);
        silos.Time.Advance(TimeSpan.FromMinutes(10));
        await billing.UntilHas(billing.Key("names"));
        Assert.Null((await billing.View()).Identity.PolicyGrace);
    }

    [Fact]
    public async Task A_time_of_grace_ends_with_the_set_that_has_nothing_against_it_and_a_later_one_gives_its_own()
    {
        await using var silos = await TwoSilos.StartAsync(Rollouts.Standing);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Intend(Scenario.May("prices"));
        var (permits, denies) = (Rollouts.Set(Rollouts.Standing), Rollouts.Set(Rollouts.Deny("prices")));
        await silos.Ended((await silos.Apply(denies, new(RolloutMode.Grace, TimeSpan.FromDays(90)), "first")).RolloutId);

        await silos.Ended((await silos.Apply(permits, new(RolloutMode.Now), "back")).RolloutId);

        Assert.Null((await billing.View()).Identity.PolicyGrace);
        silos.Time.Advance(TimeSpan.FromDays(89));
        await silos.Ended((await silos.Apply(denies, new(RolloutMode.Grace, TimeSpan.FromDays(30)), "again")).RolloutId);
        Assert.InRange((await billing.View()).Identity.PolicyGrace?.Until - silos.Time.GetUtcNow() ?? TimeSpan.Zero, TimeSpan.FromDays(29), TimeSpan.FromDays(30));
    }

    [Fact]
    public async Task What_is_permitted_again_before_the_time_of_grace_is_over_stays()
    {
        await using var silos = await TwoSilos.StartAsync(Rollouts.Standing);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Intend(Scenario.May("prices"));
        var first = (await silos.Policy().Current()).Version;
        await silos.Ended((await silos.Apply(Rollouts.Set(Rollouts.Deny("prices")), new(RolloutMode.Grace, TimeSpan.FromDays(1)))).RolloutId);
        Assert.NotNull((await billing.View()).Identity.PolicyGrace);

        await silos.Policy().RollBack(new("back", "root", "a mistake", first));
        silos.Time.Advance(TimeSpan.FromDays(1));

        await Eventually.TrueAsync(
            async () => (await billing.View()).Identity.PolicyGrace is null, TimeSpan.FromSeconds(60), () => "the grace is still there", TestContext.Current.CancellationToken);
        Assert.Equal(["prices"], Rollouts.NamesOf((await billing.View()).Identity.Intent.Entitlements));
    }

    [Fact]
    public async Task Left_as_it_is_nothing_ends_and_it_can_be_brought_in_line_later()
    {
        await using var silos = await TwoSilos.StartAsync(Rollouts.Standing);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Intend(Scenario.May("prices"));
        var set = Rollouts.Set(Rollouts.Deny("prices"));

        var left = await silos.Apply(set);
        Assert.Null(left.RolloutId);
        Assert.Single((await billing.View()).Identity.Intent.Entitlements);
        var later = await silos.Apply(set, new(RolloutMode.Now));
        await silos.Ended(later.RolloutId);

        Assert.False(later.Applied);
        Assert.Empty((await billing.View()).Identity.Intent.Entitlements);
    }

    [Fact]
    public async Task A_rollout_is_given_up_when_another_set_is_in_force()
    {
        await using var silos = await TwoSilos.StartAsync(Rollouts.Standing);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Intend(Scenario.May("prices"));
        var never = Rollouts.Set(Rollouts.Deny("prices"));
        await silos.Simulated(never); // So that its content is known.

        var order = new RolloutOrder("late", RolloutMode.Now, never.Version, "", "root", "", silos.Time.GetUtcNow(), null);
        await Eventually.TrueAsync(
            async () => (await silos.Rollout("late").Run(order)).Progress.Status == RolloutStatus.Superseded, TimeSpan.FromSeconds(60), () => "not given up", TestContext.Current.CancellationToken);

        Assert.Single((await billing.View()).Identity.Intent.Entitlements);
    }

    [Fact]
    public async Task Of_hundreds_of_identities_exactly_what_was_said_happens_although_a_silo_dies_in_the_middle()
    {
        const int count = 210;
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Rollouts.Standing);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), async (number, _) =>
        {
            var one = new Scenario(silos, $"i{number}");
            await one.Register();
            await one.Intend(Scenario.May(number % 3 == 0 ? "prices" : "names"), Scenario.May("common"));
            await one.Request(HalfAnHour, Scenario.May(number % 5 == 0 ? "prices" : "names"));
        });
        var set = Rollouts.Set(TwoSilos.PermitAnHour, Rollouts.Standing, Rollouts.Deny("prices"));
        var said = await silos.Simulated(set);
        var asked = 0;
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silos.BeforeCall = call =>
        {
            if (call.MethodName == "Reconsider" && Interlocked.Increment(ref asked) == count + 20)
                killed.TrySetResult();
        };

        var answer = await silos.Apply(set, new(RolloutMode.Now));
        await killed.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await silos.KillOneAsync();
        var progress = await silos.Ended(answer.RolloutId);

        Assert.Equal((RolloutStatus.Done, count, 0), (progress.Status, progress.Examined, progress.Unanswered));
        var happened = new List<(string, string)>();
        for (var number = 0; number < count; number++)
        {
            var identity = (await new Scenario(silos, $"i{number}").View()).Identity;
            if (identity.Intent.Entitlements.Count < 2)
                happened.Add((identity.Id, Identity.IntentSource));
            happened.AddRange(identity.Grants.Where(grant => grant is not ActiveGrant).Select(grant => (identity.Id, grant.Id)));
        }

        Assert.Equal(said.Select(one => (one.IdentityId, one.Source)).Order(), happened.Order());
        Assert.Equal(count / 3 + count / 5, happened.Count);
        Assert.Equal(said.Select(one => (one.IdentityId, one.Source)).Order(), (await silos.Found(answer.RolloutId)).Select(one => (one.IdentityId, one.Source)).Order());
    }

    private static async Task<(Scenario Billing, string Grant)> BillingAsync(TwoSilos silos)
    {
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.Intend(Scenario.May("prices"), Scenario.May("names"));
        var grant = await billing.Request(HalfAnHour, Scenario.May("prices"));
        await billing.UntilHas(billing.Key("names"), billing.Key("prices"));
        return (billing, grant.GrantId ?? "");
    }
}
