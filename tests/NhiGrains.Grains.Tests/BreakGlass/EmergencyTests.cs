using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.BreakGlass;

/// <summary>Item 9 of issue 4: granted at once, loud, and looked at afterwards by somebody else.</summary>
public class EmergencyTests
{
    private static readonly PolicyRule Closed = new("closed", PolicyEffect.Deny, new()) { ExceptBreakGlass = true };

    private static readonly PolicyRule Emergency = new("emergency", PolicyEffect.BreakGlass, new(), TimeSpan.FromMinutes(30), AllowControllerEnforcedEnd: true)
    {
        Review = new(["security"], TimeSpan.FromDays(1)),
    };

    [Fact]
    public async Task Emergency_access_is_there_at_once_ends_soon_and_is_escalated_until_somebody_else_reviews_it()
    {
        await using var silos = await TwoSilos.StartAsync(Closed, Emergency);
        var people = new People.People(silos);
        await people.Do(new DirectoryCommand.SetGroupMembers("security", ["sam", "ada"], [], "a test"));
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        Assert.Equal(GrantStatus.Denied, (await billing.Grant((await billing.Request(TimeSpan.FromHours(1), Scenario.May("stock"))).GrantId)).Status);
        Assert.Equal("REASON_REQUIRED", (await billing.Do(Ask(""))).Refusal?.Code);

        var grantId = (await billing.Do(Ask("the till is down"))).GrantId;

        await billing.UntilHas(billing.Key("stock"));
        Assert.Equal("USER_CANNOT_REVIEW", (await Close(silos, "ada", grantId)).Refusal?.Code);
        Assert.Equal("NOT_A_REVIEWER", (await Close(silos, "gus", grantId)).Refusal?.Code);
        Assert.Equal("BREAK_GLASS_NOT_RENEWED", (await billing.Do(new IdentityCommand.RenewGrant(grantId ?? "", TimeSpan.FromMinutes(5), "more"))).Refusal?.Code);
        silos.Time.Advance(TimeSpan.FromMinutes(30));
        await billing.UntilGrantIs(grantId, GrantStatus.Revoked);
        silos.Time.Advance(TimeSpan.FromDays(1));
        await people.Until(async () => (await billing.View()).Identity.Reviews.Single().EscalatedAt is not null, "escalated");
        await people.Until(async () => (await Unreviewed(silos)).SequenceEqual([$"billing/{grantId}"]), "on the list");

        var second = (await billing.Do(Ask("again"))).GrantId; // It is an emergency.
        Assert.Null((await Close(silos, "sam", grantId)).Refusal);
        Assert.Null((await Close(silos, "sam", second)).Refusal);

        await people.Until(async () => (await Unreviewed(silos)).Length == 0, "off the list");
        var told = (await Story.Of(silos, "billing")).Select(entry => entry.Event).Where(one => one.Details.GetValueOrDefault("grant") == grantId || one.Details.GetValueOrDefault("grant") == second).ToArray();
        Assert.Equal(
            ["grant.active", "break-glass.review-opened", "grant.revoking", "grant.revoked", "break-glass.unreviewed", "grant.active", "break-glass.review-opened", "break-glass.reviewed", "break-glass.reviewed"],
            told.Select(one => one.Action).Where(action => action != "grant.gone-on-platform"));
        Assert.Equal([true, true, true], told.Where(one => one.Action is "grant.active" or "break-glass.unreviewed").Select(one => one.Details.GetValueOrDefault("notify") == "*"));
        Assert.Equal([null, $"1 earlier: {grantId}"], told.Where(one => one.Action == "grant.active").Select(one => one.Details.GetValueOrDefault("unreviewed")));
    }

    [Fact]
    public async Task Who_is_retired_owes_its_review_all_the_same()
    {
        await using var silos = await TwoSilos.StartAsync(Closed, Emergency);
        var people = new People.People(silos);
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var grantId = (await billing.Do(Ask("the till is down"))).GrantId;
        await billing.UntilHas(billing.Key("stock"));
        await billing.Do(new IdentityCommand.OffboardIdentity("done"));
        await people.Until(async () => (await billing.View()).Identity.Status == Domain.Identities.IdentityStatus.Retired, "retired");

        silos.Time.Advance(TimeSpan.FromDays(1));

        await people.Until(async () => (await billing.View()).Identity.Reviews.Single().EscalatedAt is not null, "escalated");
        await people.Until(async () => (await Unreviewed(silos)).SequenceEqual([$"billing/{grantId}"]), "on the list");
    }

    [Fact]
    public async Task Who_holds_a_credential_of_another_grant_is_known_across_a_crash_and_nothing_else_is_forgotten_for_it()
    {
        await using var silos = await TwoSilos.StartAsync(new("open", PolicyEffect.Permit, new(), TimeSpan.FromHours(1), AllowControllerEnforcedEnd: true), Emergency);
        var people = new People.People(silos);
        await people.Do(new DirectoryCommand.SetGroupMembers("security", ["sam", "mia"], [], "a test"));
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var request = new IdentityCommand.RequestAccess([Scenario.May("prices")], TimeSpan.FromHours(1), "a test");
        var ordinary = (await billing.Do(request, "ordinary")).GrantId;
        for (var time = 0; time < 40; time++) // More than there are keys that are remembered.
            Assert.Null((await Use(silos, "mia", ordinary)).Refusal);
        Assert.Equal(ordinary, (await billing.Do(request, "ordinary")).GrantId);

        await silos.CrashAsync();
        await silos.StartAgainAsync();
        var emergency = (await billing.Do(Ask("the till is down"))).GrantId;

        Assert.Equal("USER_CANNOT_REVIEW", (await Close(silos, "mia", emergency)).Refusal?.Code);
        Assert.Null((await Use(silos, "dan", ordinary)).Refusal);
        Assert.Null((await Close(silos, "sam", emergency)).Refusal);
        Assert.Equal("REVIEWER_CANNOT_USE", (await Use(silos, "sam", ordinary)).Refusal?.Code);
        await billing.UntilHas(billing.Key("prices"), billing.Key("stock"));
        var told = (await Story.Of(silos, "billing")).Select(entry => entry.Event).Where(one => one.Action.StartsWith("break-glass.", StringComparison.Ordinal)).ToArray();
        Assert.Equal(["break-glass.review-opened", "break-glass.used", "break-glass.reviewed"], told.Select(one => one.Action));
        Assert.Equal(("mia", "dan"), (told[0].Details["cannotReview"], told[1].Details["handedTo"]));
    }

    private static Task<CommandAnswer> Use(TwoSilos silos, string person, string? grantId) =>
        silos.Identity("billing").Execute(new($"use-{Guid.CreateVersion7():N}", person, new IdentityCommand.UseGrant(grantId ?? "")));

    private static IdentityCommand.RequestAccess Ask(string reason) => new([Scenario.May("stock")], TimeSpan.FromHours(1), reason) { BreakGlass = true };

    private static Task<CommandAnswer> Close(TwoSilos silos, string person, string? grantId) =>
        silos.Identity("billing").Execute(new($"close-{person}-{grantId}", person, new IdentityCommand.CloseReview(grantId ?? "", "one record was read", Justified: true)));

    private static async Task<string[]> Unreviewed(TwoSilos silos)
    {
        var pages = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => silos.Grains.GetGrain<ICatalogShardGrain>(shard).QueryReviews(new(Open: true, After: null, First: 10))));
        return [.. pages.SelectMany(page => page.Rows).Select(row => $"{row.IdentityId}/{row.Review.GrantId}")];
    }
}
