using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;

namespace NhiGrains.Grains.Tests.Approvals;

/// <summary>Standing access that people have to approve: the intent stays as it is until they have.</summary>
public class StandingApprovalTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly PolicyRule Reading = new("reading", PolicyEffect.Permit, new(), AllowControllerEnforcedEnd: true);

    private static readonly PolicyRule Writing = new("writing", PolicyEffect.RequireApproval, new(Verbs: [Verb.Write]))
    {
        Approval = new([new ApprovalSeats(["security"], 1), new ApprovalSeats([ApprovalSeats.OwnerTeam], 1)], Hour),
    };

    private static readonly Entitlement Read = Scenario.May("prices");
    private static readonly Entitlement Write = Scenario.May("stock", Verb.Write);

    [Fact]
    public async Task It_becomes_the_intent_when_two_people_have_agreed_across_a_crash()
    {
        await using var silos = await StartAsync();
        var billing = await BeginAsync(silos);
        var request = await AskAsync(billing, Read, Write);
        await Voters.Approve(silos, "sue", request);
        Assert.Equal([Read], (await billing.View()).Identity.Intent.Entitlements, Same);

        await silos.CrashAsync();
        await silos.StartAgainAsync();
        await Voters.Approve(silos, "pat", request);

        await billing.UntilHas(billing.Key("prices"), billing.Key("stock", Verb.Write));
        var identity = (await billing.View()).Identity;
        Assert.Equal([Read, Write], identity.Intent.Entitlements, Same);
        Assert.Equal(("ada", "sue pat"), (identity.Intent.SetBy, string.Join(' ', identity.Intent.Approvals.Select(approval => approval.Approver))));
        Assert.Equal(GrantStatus.BecameIntent, (await billing.Grant(request)).Status);
        var story = await Story.Of(silos, "billing");
        Assert.Equal(["grant.pending-approval", "grant.approval-given", "grant.became-intent"],
            story.Where(entry => entry.Event.Details.GetValueOrDefault("grant") == request).Select(entry => entry.Event.Action).Distinct());
        var agreed = story.Single(entry => entry.Event.Action == "grant.became-intent").Event.Details;
        Assert.Contains("\"approver\":\"sue\"", agreed["approvals"], StringComparison.Ordinal);
        Assert.Contains("configmaps", story.Single(entry => entry.Event.Action == "grant.answered").Event.Details["entitlements"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_identity_has_stays_when_they_say_no_or_nothing()
    {
        await using var silos = await StartAsync();
        var billing = await BeginAsync(silos);
        var refused = await AskAsync(billing, Write);
        await Voters.Answer(silos, "pat", new IdentityCommand.RejectGrant(refused, "not for good"));
        var unanswered = await AskAsync(billing, Write);
        silos.Time.Advance(Hour);

        await billing.UntilGrantIs(unanswered, GrantStatus.ExpiredUnanswered);

        Assert.Equal("not for good", ((DeniedGrant)await billing.Grant(refused)).Rejection?.Comment);
        Assert.Equal([Read], (await billing.View()).Identity.Intent.Entitlements, Same);
        await billing.UntilHas(billing.Key("prices"));
    }

    [Fact]
    public async Task The_last_intent_that_was_asked_for_is_the_one_that_is_wanted()
    {
        await using var silos = await StartAsync();
        var billing = await BeginAsync(silos);
        var first = await AskAsync(billing, Write);
        var second = await AskAsync(billing, Read, Write);
        Assert.Equal(second, await AskAsync(billing, Read, Write));
        Assert.Equal("Another intent was asked for.", ((DeniedGrant)await billing.Grant(first)).Rejection?.Comment);

        Assert.Null((await billing.Do(new IdentityCommand.SetIntent([], ""))).GrantId);

        Assert.Equal(GrantStatus.Denied, (await billing.Grant(second)).Status);
        Assert.Equal("NOT_PENDING", (await Voters.Answer(silos, "sue", new IdentityCommand.ApproveGrant(second, "any", ""))).Refusal?.Code);
        await billing.UntilHas();
    }

    [Fact]
    public async Task What_was_agreed_to_is_not_asked_for_again_when_it_is_declared_again()
    {
        await using var silos = await StartAsync();
        var billing = await BeginAsync(silos);
        var request = await AskAsync(billing, Write);
        await Voters.Approve(silos, "sue", request);
        await Voters.Approve(silos, "pat", request);

        Assert.Null((await billing.Do(new IdentityCommand.SetIntent([Write], "the same"))).GrantId);
        Assert.Equal(["sue", "pat"], (await billing.View()).Identity.Intent.Approvals.Select(approval => approval.Approver));
        Assert.NotEqual(request, await AskAsync(billing, Scenario.May("stock", Verb.Write, Verb.Delete)));
        await billing.UntilHas(billing.Key("stock", Verb.Write));
    }

    [Fact]
    public async Task Whoever_declares_again_what_was_agreed_to_is_who_has_given_up_what_waits()
    {
        await using var silos = await StartAsync();
        var billing = await BeginAsync(silos);
        var agreed = await AskAsync(billing, Write); // By Ada.
        await Voters.Approve(silos, "sue", agreed);
        await Voters.Approve(silos, "pat", agreed);
        var waiting = await Voters.Answer(silos, "bob", new IdentityCommand.SetIntent([Read, Write], "more"));

        var declared = await Voters.Answer(silos, "eve", new IdentityCommand.SetIntent([Write], "the same"));

        Assert.Null(declared.GrantId);
        Assert.Equal("eve", ((DeniedGrant)await billing.Grant(waiting.GrantId ?? "none")).Rejection?.By);
        Assert.Equal("ada", (await billing.View()).Identity.Intent.SetBy);
    }

    [Fact]
    public async Task An_approver_leaves_less_of_it_and_cannot_give_it_an_end()
    {
        await using var silos = await StartAsync();
        var billing = await BeginAsync(silos);
        var request = await AskAsync(billing, Read, Write);
        var digest = await Voters.Digest(billing, request);

        var shorter = await Voters.Answer(silos, "sue", new IdentityCommand.ApproveGrant(request, digest, "", NarrowTo: new(null, Hour)));
        await Voters.Answer(silos, "sue", new IdentityCommand.ApproveGrant(request, digest, "", NarrowTo: new([Write], null)));
        await Voters.Approve(silos, "pat", request);

        Assert.Equal("STANDING_HAS_NO_LIFETIME", shorter.Refusal?.Code);
        await billing.UntilHas(billing.Key("stock", Verb.Write));
        Assert.Equal([Write], (await billing.View()).Identity.Intent.Entitlements, Same);
    }

    [Fact]
    public async Task Another_policy_decides_what_waits_anew()
    {
        await using var silos = await StartAsync();
        var billing = await BeginAsync(silos);
        var request = await AskAsync(billing, Write);
        await Voters.Approve(silos, "sue", request);

        await ApplyAsync(silos, Reading);
        await Voters.Answer(silos, "pat", new IdentityCommand.ApproveGrant(request, await Voters.Digest(billing, request), ""));

        // It does not need them any more.
        Assert.Equal(GrantStatus.BecameIntent, (await billing.Grant(request)).Status);
        Assert.Empty((await billing.View()).Identity.Intent.Approvals);
        await billing.UntilHas(billing.Key("stock", Verb.Write));
    }

    private static async Task<TwoSilos> StartAsync()
    {
        var silos = await TwoSilos.StartAsync(Reading, Writing);
        await Voters.Begin(silos);
        return silos;
    }

    /// <summary>It may read, for good, without anybody's approval.</summary>
    private static async Task<Scenario> BeginAsync(TwoSilos silos)
    {
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        Assert.Null((await billing.Do(new IdentityCommand.SetIntent([Read], ""))).GrantId);
        await billing.UntilHas(billing.Key("prices"));
        return billing;
    }

    private static async Task<string> AskAsync(Scenario billing, params Entitlement[] entitlements)
    {
        var answer = await billing.Do(new IdentityCommand.SetIntent(entitlements, "a test"));
        Assert.Null(answer.Refusal);
        return answer.GrantId ?? "none";
    }

    private static Task<PolicyVersion> ApplyAsync(TwoSilos silos, params PolicyRule[] rules) =>
        silos.Grains.GetGrain<IPolicySetGrain>(PolicySets.Main).Apply(new("main", rules), "test");

    private static bool Same(Entitlement one, Entitlement other) => Domain.Canonical.Text(one) == Domain.Canonical.Text(other);
}
