using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Grains.Tests.Policies;

namespace NhiGrains.Grains.Tests.Exceptions;

/// <summary>Item 8 of issue 4: departures from policy are asked for, agreed to, used and ended.</summary>
public class ExceptionTests
{
    private static readonly PolicyRule Frozen = new("frozen", PolicyEffect.Deny, new())
    {
        Exceptions = new(TimeSpan.FromHours(4), new([new ApprovalSeats(["security"], 1), new ApprovalSeats([ApprovalSeats.OwnerTeam], 1)], TimeSpan.FromHours(1))),
    };

    [Fact]
    public async Task An_exception_that_two_have_approved_gives_access_and_takes_it_away_when_it_is_ended()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Frozen);
        var (billing, people) = await Begin(silos);
        Assert.Equal(GrantStatus.Denied, (await billing.Grant((await billing.Request(TimeSpan.FromHours(1), Scenario.May("stock"))).GrantId)).Status);
        await Request(billing, "e");
        var digest = (await Find(billing, "e")).Ballot.Digest;
        Assert.Equal("REQUESTER_CANNOT_APPROVE", (await Approve(silos, "ada", digest)).Refusal?.Code);
        Assert.Null((await Approve(silos, "sam", digest)).Refusal);
        Assert.Equal(ExceptionStatus.Pending, (await Find(billing, "e")).Status);
        Assert.Null((await Approve(silos, "pia", digest)).Refusal);

        var granted = await billing.Request(TimeSpan.FromHours(1), Scenario.May("stock"));

        Assert.Equal(["e"], (await billing.Grant(granted.GrantId)).Decision.Exceptions);
        await billing.UntilHas(billing.Key("stock"));
        await people.Until(async () => (await Listed(silos, ExceptionStatus.InForce)).SequenceEqual(["billing/e"]), "on the list");
        Assert.Null((await billing.Do(new IdentityCommand.EndException("e", "not needed any more", AsOperator: false))).Refusal);
        await billing.UntilHas();
        await billing.UntilGrantIs(granted.GrantId, GrantStatus.Revoked);
        Assert.Equal(GrantStatus.Denied, (await billing.Grant((await billing.Request(TimeSpan.FromHours(1), Scenario.May("stock"))).GrantId)).Status);
        var told = (await Story.Of(silos, "billing")).Select(entry => entry.Event).Where(one => one.Details.ContainsKey("exception")).ToArray();
        Assert.Equal(["exception.requested", "exception.approved", "exception.in-force", "exception.ended"], told.Select(one => one.Action));
        Assert.Equal(["ada", "sam", "pia", "ada"], told.Select(one => one.Actor));
        Assert.Equal(told.SkipLast(1).Select(one => one.After), told.Skip(1).Select(one => one.Before));
    }

    [Fact]
    public async Task Another_rule_ends_an_exception_that_nothing_rests_on_and_it_is_not_back_with_the_rule()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Frozen);
        var (billing, _) = await Begin(silos);
        await Request(billing, "e");
        await Agree(silos, billing);
        var before = (await silos.Policy().Current()).Set;
        var stricter = Rollouts.Set(TwoSilos.PermitAnHour, Frozen with { ExceptBreakGlass = true });

        var found = Assert.Single(await silos.Simulated(stricter));
        await silos.Ended((await silos.Apply(stricter, new(RolloutMode.Now))).RolloutId);
        await silos.Apply(before);

        Assert.Equal(("e", PolicyFindingKind.ExceptionEnded, false), (found.Source, found.Kind, found.TakesAccess));
        Assert.Equal(ExceptionStatus.Ended, (await Find(billing, "e")).Status);
        Assert.Equal(GrantStatus.Denied, (await billing.Grant((await billing.Request(TimeSpan.FromHours(1), Scenario.May("stock"))).GrantId)).Status);
    }

    [Fact]
    public async Task Those_who_are_asked_for_an_exception_have_it_on_their_list_until_it_is_answered_taken_back_or_too_old()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Frozen);
        var (billing, people) = await Begin(silos);
        foreach (var name in (string[])["e", "rejected", "taken-back", "unanswered"])
            await Request(billing, name);
        foreach (var group in (string[])["security", "payments"])
            await people.Until(async () => (await Asked(silos, group)).SequenceEqual(["e", "rejected", "taken-back", "unanswered"]), $"on the list of {group}");
        Assert.Empty(await Asked(silos, "others"));

        await Agree(silos, billing);
        await silos.Identity("billing").Execute(new("no", "sam", new IdentityCommand.RejectException("rejected", "no")));
        await billing.Do(new IdentityCommand.EndException("taken-back", "a mistake", AsOperator: false));

        await people.Until(async () => (await Asked(silos, "security")).SequenceEqual(["unanswered"]), "only what waits");
        silos.Time.Advance(TimeSpan.FromHours(1));
        await people.Until(async () => (await Asked(silos, "security")).Length == 0, "nothing");
        var told = (await Story.Of(silos, "billing")).Select(entry => entry.Event).Where(one => one.Details.ContainsKey("askedNoMore")).ToArray();
        Assert.Equal(["exception.in-force", "exception.denied", "exception.denied", "exception.unanswered"], told.Select(one => one.Action));
        Assert.All(told, one => Assert.Equal(["payments", "security"], ApprovalDetails.Concerned(one)));
    }

    [Fact]
    public async Task Exceptions_end_by_themselves_and_so_does_the_wait_for_them_over_a_crash()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Frozen);
        var (billing, people) = await Begin(silos);
        await Request(billing, "e");
        await Agree(silos, billing);
        await Request(billing, "unanswered");
        silos.Time.Advance(TimeSpan.FromMinutes(90));
        await people.Until(async () => (await Find(billing, "unanswered")).Status == ExceptionStatus.Unanswered, "unanswered");
        await billing.Request(TimeSpan.FromHours(1), Scenario.May("stock")); // Cut to the half hour that is left.
        await billing.UntilHas(billing.Key("stock"));

        await silos.CrashAsync();
        silos.Time.Advance(TimeSpan.FromMinutes(30));
        await silos.StartAgainAsync();

        await people.Until(async () => (await Find(billing, "e")).Status == ExceptionStatus.Ended, "ended");
        await billing.UntilHas();
    }

    [Fact]
    public async Task What_somebody_asked_for_who_has_departed_is_denied_by_the_next_answer_and_when_the_identity_is_woken()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Frozen);
        var (billing, people) = await Begin(silos);
        await Request(billing, "e", "rita");
        await Request(billing, "woken", "rita");
        await Request(billing, "adas");
        var digest = (await Find(billing, "e")).Ballot.Digest;
        await Approve(silos, "sam", digest);
        await people.Departs("rita");

        Assert.Equal("PERSON_DEPARTED", (await Approve(silos, "pia", digest)).Refusal?.Code);
        Assert.Equal(ExceptionStatus.Denied, (await Find(billing, "e")).Status);
        await silos.Identity("billing").Wake();

        Assert.Equal(ExceptionStatus.Denied, (await Find(billing, "woken")).Status);
        Assert.Equal(ExceptionStatus.Pending, (await Find(billing, "adas")).Status);
        await silos.Identity("billing").Wake();
        var told = (await Story.Of(silos, "billing")).Select(entry => entry.Event).Where(one => one.Action == "exception.denied").ToArray();
        Assert.Equal(["e", "woken"], told.Select(one => one.Details["exception"]));
        Assert.All(told, one => Assert.Contains("'rita', who asked for it, has departed", one.Details["why"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exception_ends_with_what_rests_on_it_when_its_identity_becomes_another_one()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Frozen);
        var (billing, people) = await Begin(silos);
        await Request(billing, "e");
        await Agree(silos, billing);
        var granted = (await billing.Request(TimeSpan.FromHours(1), Scenario.May("stock"))).GrantId;
        await billing.UntilHas(billing.Key("stock"));
        Assert.Null((await billing.Do(new IdentityCommand.UpdateIdentity(new(Environment: "staging")))).Refusal); // As it is.
        Assert.Equal(ExceptionStatus.InForce, (await Find(billing, "e")).Status);

        Assert.Null((await billing.Do(new IdentityCommand.UpdateIdentity(new(Environment: "production")))).Refusal);

        Assert.Equal(ExceptionStatus.Ended, (await Find(billing, "e")).Status);
        Assert.Equal(RevocationReason.PolicyChanged, Assert.IsType<RevokingGrant>(await billing.Grant(granted)).Reason);
        await billing.UntilHas();
        Assert.Equal(GrantStatus.Denied, (await billing.Grant((await billing.Request(TimeSpan.FromHours(1), Scenario.May("stock"))).GrantId)).Status);
        await people.Until(async () => (await Listed(silos, ExceptionStatus.InForce)).Length == 0, "off the list");
        var told = (await Story.Of(silos, "billing")).Select(entry => entry.Event).Single(one => one.Action == "exception.ended");
        Assert.Equal(("ada", "ada", "e"), (told.Actor, told.Details["endedBy"], told.Details["exception"]));
        Assert.Contains("not the one any more", told.Details["why"], StringComparison.Ordinal);

        // What was ended stays so: what people agreed to is asked for again.
        Assert.Null((await billing.Do(new IdentityCommand.UpdateIdentity(new(Environment: "staging")))).Refusal);
        Assert.Equal(GrantStatus.Denied, (await billing.Grant((await billing.Request(TimeSpan.FromHours(1), Scenario.May("stock"))).GrantId)).Status);
    }

    [Fact]
    public async Task An_exception_outlives_the_departure_of_the_owner_and_ends_with_another_owner()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, Frozen);
        var (billing, people) = await Begin(silos);
        await Request(billing, "e");
        await Agree(silos, billing);
        await people.Departs("ada");
        await people.UntilOrphansAre("billing");
        await silos.Identity("billing").Wake();
        Assert.Equal(ExceptionStatus.InForce, (await Find(billing, "e")).Status);

        Assert.Null((await billing.Do(new IdentityCommand.TransferOwnership(new("pia", "payments"), "taken over"))).Refusal);

        Assert.Equal(ExceptionStatus.Ended, (await Find(billing, "e")).Status);
    }

    [Fact]
    public async Task A_request_that_rests_on_an_exception_and_waits_for_people_keeps_its_plan_while_time_passes()
    {
        var careful = new PolicyRule("careful", PolicyEffect.RequireApproval, new(), TimeSpan.FromHours(8), AllowControllerEnforcedEnd: true)
        {
            Approval = new([new ApprovalSeats(["security"], 1)], TimeSpan.FromHours(1)),
        };
        await using var silos = await TwoSilos.StartAsync(careful, Frozen);
        var (billing, _) = await Begin(silos);
        await Request(billing, "e");
        await Agree(silos, billing);
        var grantId = (await billing.Request(TimeSpan.FromHours(8), Scenario.May("stock"))).GrantId ?? "";
        var plan = Assert.IsType<PendingApprovalGrant>(await billing.Grant(grantId)).Ballot?.Digest ?? "";
        silos.Time.Advance(TimeSpan.FromMinutes(10));

        var answer = await silos.Identity("billing").Execute(new("yes", "sam", new IdentityCommand.ApproveGrant(grantId, plan, "")));

        Assert.Null(answer.Refusal);
        Assert.Equal((await Find(billing, "e")).EndsAt, Assert.IsType<ActiveGrant>(await billing.Grant(grantId)).ExpiresAt);
    }

    private static async Task<(Scenario Billing, People.People People)> Begin(TwoSilos silos)
    {
        var people = new People.People(silos);
        await people.Do(new DirectoryCommand.SetGroupMembers("security", ["sam"], [], "a test"));
        await people.Do(new DirectoryCommand.SetGroupMembers("payments", ["pia", "ada"], [], "a test"));
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        return (billing, people);
    }

    private static async Task Request(Scenario billing, string name, string by = "ada") => Assert.Null((await billing.Do(
        new IdentityCommand.RequestException(name, ["frozen"], [Scenario.May("stock")], TimeSpan.FromHours(2), "the books have to be closed"), by: by)).Refusal);

    private static Task<CommandAnswer> Approve(TwoSilos silos, string person, string digest) =>
        silos.Identity("billing").Execute(new($"yes-{person}", person, new IdentityCommand.ApproveException("e", digest, "")));

    /// <summary>Both who are asked agree to <c>e</c>.</summary>
    private static async Task Agree(TwoSilos silos, Scenario billing)
    {
        var digest = (await Find(billing, "e")).Ballot.Digest;
        foreach (var person in (string[])["sam", "pia"])
            Assert.Null((await Approve(silos, person, digest)).Refusal);
    }

    private static async Task<PolicyException> Find(Scenario billing, string name) => (await billing.View()).Identity.Exceptions.Single(exception => exception.Name == name);

    private static async Task<string[]> Asked(TwoSilos silos, string group)
    {
        var page = await silos.Grains.GetGrain<ICatalogShardGrain>(Shards.Of("billing")).QueryAsked(new([group], After: null, First: 10));
        Assert.All(page.Rows, row => Assert.Equal(("billing", AskedFor.Exception), (row.IdentityId, row.What)));
        return [.. page.Rows.Select(row => row.Name).Order(StringComparer.Ordinal)];
    }

    private static async Task<string[]> Listed(TwoSilos silos, ExceptionStatus status)
    {
        var pages = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => silos.Grains.GetGrain<ICatalogShardGrain>(shard).QueryExceptions(new(status, After: null, First: 10))));
        return [.. pages.SelectMany(page => page.Rows).Select(row => $"{row.IdentityId}/{row.Exception.Name}")];
    }
}
