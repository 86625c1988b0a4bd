using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Grains.Tests.Policies;

namespace NhiGrains.Grains.Tests.Approvals;

/// <summary>Promise 10 in a cluster, with a platform that gets what was agreed to and nothing before.</summary>
public class ApprovalTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly PolicyRule TwoPeople = new("two-people", PolicyEffect.RequireApproval, new(), 2 * Hour, AllowControllerEnforcedEnd: true)
    {
        Approval = new([new ApprovalSeats(["security"], 1), new ApprovalSeats([ApprovalSeats.OwnerTeam], 1)], Hour),
        Meanwhile = new([Verb.Read]),
    };

    [Fact]
    public async Task Two_people_agree_across_a_restart_and_the_platform_gets_exactly_that()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var request = await Ask(billing);
        await billing.UntilHas(billing.Key("prices"));
        await Voters.Approve(silos, "sue", request);

        await silos.CrashAsync();
        await silos.StartAgainAsync();
        silos.Time.Advance(TimeSpan.FromMinutes(10));
        var answer = await Voters.Approve(silos, "pat", request);

        var active = Assert.IsType<ActiveGrant>(answer.Identity?.Identity.Grants.Single(grant => grant.Id == request));
        Assert.Equal(["sue", "pat"], active.Approvals.Select(approval => approval.Approver));
        Assert.InRange(active.ExpiresAt - silos.Time.GetUtcNow(), Hour - TimeSpan.FromMinutes(2), Hour);
        await billing.UntilHas(billing.Key("prices"), billing.Key("prices", Verb.Write));
        var bridge = (await billing.View()).Identity.Grants.Single(grant => grant.MeanwhileOf == request);
        await billing.UntilGrantIs(bridge.Id, GrantStatus.Revoked);
        // What the wait was bridged with was never missed: the platform was only given to.
        Assert.Equal([billing.Key("prices"), billing.Key("prices", Verb.Write)], silos.Platform.KeysOf(billing.Principal).Order(StringComparer.Ordinal));
        var story = await Story.Of(silos, "billing");
        Assert.Equal(["grant.pending-approval", "grant.approval-given", "grant.active"],
            story.Where(entry => entry.Event.Details.GetValueOrDefault("grant") == request).Select(entry => entry.Event.Action).Distinct());
        Assert.Contains("\"approver\":\"sue\"", story.Single(entry => entry.Event.Action == "grant.active" && entry.Event.Details["grant"] == request).Event.Details["approvals"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_has_left_the_group_by_then_does_not_count()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var request = await Ask(billing);
        await Voters.Approve(silos, "sue", request);
        await Voters.Group(silos, "security", [], ["sue"]);

        await Voters.Approve(silos, "pat", request);

        Assert.Equal(GrantStatus.PendingApproval, (await billing.Grant(request)).Status);
        await Voters.Group(silos, "security", ["sid"], []);
        await Voters.Approve(silos, "sid", request);
        Assert.Equal(GrantStatus.Active, (await billing.Grant(request)).Status);
    }

    [Fact]
    public async Task What_somebody_asked_for_who_has_left_is_denied_and_they_are_given_nothing_more()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var (first, second) = (await Ask(billing), await Ask(billing));

        await new People.People(silos).Departs("ada");

        Assert.Equal("PERSON_DEPARTED", (await billing.Request(Hour, Scenario.May("prices"))).Refusal?.Code);
        Assert.Null((await Voters.Approve(silos, "sue", first)).Refusal);
        Assert.Contains("'ada'", Assert.IsType<DeniedGrant>(await billing.Grant(first)).Rejection?.Comment, StringComparison.Ordinal);
        await silos.Identity("billing").Wake();
        Assert.Equal(GrantStatus.Denied, (await billing.Grant(second)).Status);
        await billing.UntilHas(); // Nor what it was bridged with.
    }

    [Fact]
    public async Task What_policy_permits_by_now_is_not_given_in_the_name_of_somebody_who_has_left_or_may_have()
    {
        var atRisk = TwoPeople with { Match = new() { RiskAtLeast = RiskSeverity.Medium }, Meanwhile = null };
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, atRisk);
        Scenario[] all = [new(silos, "unknown"), new(silos, "cleared"), new(silos, "rolled-out")];
        foreach (var one in all)
        {
            await one.Register("olga");
            var now = silos.Time.GetUtcNow();
            await one.Do(new IdentityCommand.ReportRisk(new("odd", "scanner", "odd-use", RiskSeverity.Medium, now, now + Hour)));
            await one.Request(Hour, Scenario.May("prices")); // Ada's.
            Assert.Equal(GrantStatus.PendingApproval, (await Only(one)).Status);
        }

        silos.BeforeCall = call =>
        {
            if (call.InterfaceMethod.DeclaringType == typeof(IDirectoryGrain))
                throw new TimeoutException("It does not answer.");
        };
        await Clear(all[0]);
        Assert.Equal(GrantStatus.PendingApproval, (await Only(all[0])).Status);
        silos.BeforeCall = null;
        await silos.Identity("unknown").Wake();
        Assert.Equal(GrantStatus.Active, (await Only(all[0])).Status);

        await new People.People(silos).Departs("ada");
        await Clear(all[1]);
        var rollout = await silos.Apply(Rollouts.Set(TwoSilos.PermitAnHour), new(RolloutMode.Now));
        await silos.Ended(rollout.RolloutId);

        foreach (var one in all[1..])
        {
            Assert.Contains("'ada'", Assert.IsType<DeniedGrant>(await Only(one)).Rejection?.Comment, StringComparison.Ordinal);
            Assert.Empty(silos.Platform.KeysOf(one.Principal));
        }

        static async Task<Grant> Only(Scenario one) => (await one.View()).Identity.Grants.Single();

        static async Task Clear(Scenario one) => await one.Do(new IdentityCommand.ClearRisk((await one.View()).Identity.Risks.Single().Key, "looked at"));
    }

    [Fact]
    public async Task Another_policy_voids_what_was_agreed_to_and_what_it_denies_is_denied()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var request = await Ask(billing);
        var seen = await Voters.Digest(billing, request);
        await Voters.Approve(silos, "sue", request);

        await Apply(silos, TwoPeople with { MaxLifetime = Hour / 2 });
        var late = await Voters.Answer(silos, "pat", new IdentityCommand.ApproveGrant(request, seen, ""));

        Assert.Equal("PLAN_CHANGED", late.Refusal?.Code);
        var pending = Assert.IsType<PendingApprovalGrant>(await billing.Grant(request));
        Assert.Contains(pending.Ballot?.Digest ?? "none", late.Refusal?.Message, StringComparison.Ordinal);
        Assert.Equal((0, VoidReason.PlanChanged), (pending.Ballot?.Approvals.Count, pending.Ballot?.Voided.Single().Why));
        Assert.Equal(Hour / 2, pending.Decision.Lifetime);
        await Apply(silos, new("no", PolicyEffect.Deny, new()));
        Assert.Null((await Voters.Approve(silos, "pat", request)).Refusal);
        Assert.Equal(GrantStatus.Denied, (await billing.Grant(request)).Status);
        await billing.UntilHas();
    }

    [Fact]
    public async Task A_narrower_plan_begins_anew_and_is_all_that_the_platform_gets()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var request = await Ask(billing);
        await Voters.Approve(silos, "sue", request);

        var wider = await Voters.Answer(silos, "pat", new IdentityCommand.ApproveGrant(request, await Voters.Digest(billing, request), "", NarrowTo: new([Scenario.May("stock")])));
        var narrower = await Voters.Answer(silos, "pat", new IdentityCommand.ApproveGrant(request, await Voters.Digest(billing, request), "", NarrowTo: new([Scenario.May("prices", Verb.Write)], Hour / 2)));
        var stillPending = await billing.Grant(request);
        await Voters.Approve(silos, "sue", request);

        Assert.Equal("NARROWED_NOT_SUBSET", wider.Refusal?.Code);
        Assert.Null(narrower.Refusal);
        Assert.Equal(GrantStatus.PendingApproval, stillPending.Status);
        var active = Assert.IsType<ActiveGrant>(await billing.Grant(request));
        Assert.Equal(Hour / 2, active.Decision.Lifetime);
        Assert.Equal(["pat", "sue"], active.Approvals.Select(approval => approval.Approver).Order(StringComparer.Ordinal));
        await billing.UntilHas(billing.Key("prices", Verb.Write));
    }

    [Fact]
    public async Task A_vote_for_what_a_platform_cannot_do_as_policy_wants_it_is_told_with_its_decision_and_the_request_waits()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var request = await Ask(billing);
        await Apply(silos, TwoPeople with { OnlyExact = true });

        var stranger = await Voters.Answer(silos, "eve", new IdentityCommand.ApproveGrant(request, await Voters.Digest(billing, request), ""));
        var vote = await Voters.Answer(silos, "sue", new IdentityCommand.ApproveGrant(request, await Voters.Digest(billing, request), ""));

        Assert.Equal(("NOT_AN_APPROVER", "NOT_EXACT"), (stranger.Refusal?.Code, vote.Refusal?.Code));
        Assert.Equal(GrantStatus.PendingApproval, (await billing.Grant(request)).Status);
        await IsToldAsync(silos, request, "sue");
    }

    [Fact]
    public async Task A_narrower_plan_that_policy_does_not_permit_is_told_with_its_decision_and_the_wider_one_waits()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await silos.Grains.GetGrain<IPolicySetGrain>(PolicySets.Main).Apply(
            new("main", [TwoPeople, new("not-blindly", PolicyEffect.Deny, new() { Condition = "entitlement.verbs == ['write']" })]), "test");
        var request = await Ask(billing);

        var blindly = await Voters.Answer(silos, "pat", new IdentityCommand.ApproveGrant(request, await Voters.Digest(billing, request), "", NarrowTo: new([Scenario.May("prices", Verb.Write)])));

        Assert.Equal("NARROWED_NOT_PERMITTED", blindly.Refusal?.Code);
        Assert.Equal([Verb.Read, Verb.Write], Assert.IsType<PendingApprovalGrant>(await billing.Grant(request)).EntitlementsAsked.Single().Verbs);
        await IsToldAsync(silos, request, "pat");
    }

    [Fact]
    public async Task Silence_is_a_no_and_nothing_is_left()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var request = await Ask(billing);
        await Voters.Approve(silos, "sue", request);
        await billing.UntilHas(billing.Key("prices"));

        silos.Time.Advance(Hour);

        await billing.UntilGrantIs(request, GrantStatus.ExpiredUnanswered);
        await billing.UntilHas();
        Assert.Equal("NOT_PENDING", (await Voters.Answer(silos, "pat", new IdentityCommand.ApproveGrant(request, "d", ""))).Refusal?.Code);
    }

    [Fact]
    public async Task The_same_answer_again_by_its_key_is_the_same_and_by_another_is_refused()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var request = await Ask(billing);
        var envelope = new CommandEnvelope("once", "sue", new IdentityCommand.ApproveGrant(request, await Voters.Digest(billing, request), "fine"));

        var first = await silos.Identity("billing").Execute(envelope);
        var again = await silos.Identity("billing").Execute(envelope);
        var other = await silos.Identity("billing").Execute(envelope with { IdempotencyKey = "twice" });

        Assert.Equal((null, null, "ALREADY_APPROVED"), (first.Refusal, again.Refusal, other.Refusal?.Code));
        Assert.Single(((PendingApprovalGrant)await billing.Grant(request)).Ballot?.Approvals ?? []);
    }

    [Fact]
    public async Task A_request_is_taken_back_rejected_and_not_answered_by_an_agent()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var (mine, other) = (await Ask(billing), await Ask(billing));

        var agent = await silos.Identity("billing").Execute(new("agent", "sue", new IdentityCommand.RejectGrant(mine, "")) { ActorIdentity = "robot" });
        await billing.Do(new IdentityCommand.RevokeGrant(mine, "not needed"));
        await Voters.Answer(silos, "pat", new IdentityCommand.RejectGrant(other, "not before Friday"));

        Assert.Equal("AGENT_CANNOT_APPROVE", agent.Refusal?.Code);
        Assert.Equal(("ada", "not needed"), Said((DeniedGrant)await billing.Grant(mine)));
        Assert.Equal(("pat", "not before Friday"), Said((DeniedGrant)await billing.Grant(other)));
        await billing.UntilHas();
    }

    [Fact]
    public async Task What_needed_an_approval_is_not_renewed()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var request = await Ask(billing);
        await Voters.Approve(silos, "sue", request);
        await Voters.Approve(silos, "pat", request);

        // With another policy, too: what people agreed to was not more.
        await Apply(silos, TwoSilos.PermitAnHour);
        Assert.Equal("APPROVAL_REQUIRED", (await billing.Do(new IdentityCommand.RenewGrant(request, Hour, ""))).Refusal?.Code);
    }

    [Fact]
    public async Task The_catalog_knows_whose_members_are_asked_until_it_is_answered()
    {
        await using var silos = await StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        var request = await Ask(billing);

        Assert.Equal([request], await Asked(silos, "security"));
        Assert.Equal([request], await Asked(silos, "payments"));
        Assert.Empty(await Asked(silos, "others"));
        await Voters.Answer(silos, "sue", new IdentityCommand.RejectGrant(request, ""));
        Assert.Empty(await Asked(silos, "security"));
    }

    /// <summary>Once, with a decision that is a deny and the same again when it is made anew.</summary>
    private static async Task IsToldAsync(TwoSilos silos, string request, string by)
    {
        var told = Assert.Single(await Story.Of(silos, "billing"), entry => entry.Event.Action == "grant.approval-denied").Event;
        var record = DecisionRecord.Read(told.Details[AuditDetails.Record]);
        Assert.Equal((request, by, DecisionOutcome.Deny), (told.Details["grant"], told.Actor, record?.Decision.Outcome));
        Assert.True(record?.Replays((await silos.Policy().Current()).Set));
    }

    private static (string?, string?) Said(DeniedGrant denied) => (denied.Rejection?.By, denied.Rejection?.Comment);

    private static async Task<IEnumerable<string>> Asked(TwoSilos silos, string group) =>
        (await silos.Grains.GetGrain<ICatalogShardGrain>(Shards.Of("billing")).QueryAsked(new([group], null, 10))).Rows.Select(row => row.Name);

    private static async Task<TwoSilos> StartAsync()
    {
        var silos = await TwoSilos.StartAsync(TwoPeople);
        await Voters.Begin(silos);
        return silos;
    }

    private static async Task<string> Ask(Scenario billing)
    {
        var answer = await billing.Request(Hour, Scenario.May("prices", Verb.Read, Verb.Write));
        Assert.Null(answer.Refusal);
        return answer.GrantId ?? "none";
    }

    private static Task<PolicyVersion> Apply(TwoSilos silos, PolicyRule rule) =>
        silos.Grains.GetGrain<IPolicySetGrain>(PolicySets.Main).Apply(new("main", [rule]), "test");
}
