using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Expiry;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Notifications;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Emergencies;

public class BreakGlassTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly PeopleDirectory People = PeopleDirectory.Empty with
    {
        Groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["security"] = ["sam", "ada", "mia"], ["payments"] = ["pia"] },
        Delegations = [new("mia", "dan", DateTimeOffset.MinValue, DateTimeOffset.MaxValue)],
    };

    [Fact]
    public void What_becomes_active_as_emergency_access_owes_a_review()
    {
        var identity = Used("g1");

        var review = Assert.Single(identity.Reviews);
        Assert.Equal(("g1", "ada", "the till is down", Some.Noon, Some.Noon + Day), (review.GrantId, review.UsedBy, review.Reason, review.OpenedAt, review.ReviewBy));
        Assert.Equal(Some.Noon + TimeSpan.FromHours(1), DueTimes.NextDue(identity, Some.Noon)); // The grant's end comes first.
    }

    [Fact]
    public void Of_two_rules_that_permit_it_the_lax_one_weakens_nothing()
    {
        var (strict, lax) = (new ReviewTerms(["security"], Day), new ReviewTerms(["team-leads", "security"], Day / 2));
        var (apart, third) = (new ReviewTerms(["team-leads"], Day), new ReviewTerms(["audit", "board"], Day));

        Assert.Equal(Canonical.Text(new ReviewTerms(["security"], Day / 2)), Canonical.Text(lax.With(strict)));
        Assert.Equal(Canonical.Text(strict.With(lax)), Canonical.Text(lax.With(strict)));
        Assert.Equal(Canonical.Text(new ReviewTerms(["security"], Day) { AndGroups = [["team-leads"]] }), Canonical.Text(apart.With(strict)));
        Assert.Equal(Canonical.Text(strict.With(apart).With(third).With(lax)), Canonical.Text(lax.With(third).With(strict.With(apart))));
    }

    [Theory]
    [InlineData("sam", null)]
    [InlineData("mia", "NOT_A_REVIEWER")]
    [InlineData("pia", "NOT_A_REVIEWER")]
    public void Whoever_closes_it_is_in_a_group_of_each_rule(string who, string? code)
    {
        var people = People with { Groups = new Dictionary<string, IReadOnlyList<string>>(People.Groups, StringComparer.Ordinal) { ["payments"] = ["pia", "sam"] } };
        var used = Used("g1");
        var identity = used with { Reviews = [used.Reviews[0] with { AndGroups = [["board", "payments"]] }] };

        Assert.Equal(code, Close(identity, who, people: people).Refusal?.Code);
    }

    [Fact]
    public void Other_access_and_emergency_access_that_was_denied_owe_none()
    {
        Assert.Empty(Some.Identity.Add(Some.Granted("g1", TimeSpan.FromHours(1), Some.Noon, Some.Entitlement())).Value.Reviews);
        var denied = Some.Permit(TimeSpan.Zero) with { Outcome = DecisionOutcome.Deny };
        Assert.Empty(Some.Identity.Add(Grant.From("g1", Request(Some.Noon), denied)).Value.Reviews);
    }

    [Fact]
    public void Emergency_access_that_nobody_could_review_is_refused()
    {
        var grant = Grant.From("g1", Request(Some.Noon), Some.Permit(TimeSpan.FromHours(1), Some.Entitlement()));

        Assert.Equal("NO_REVIEWERS", Some.Identity.Add(grant).Refusal?.Code);
    }

    [Fact]
    public void A_reason_is_needed_in_an_emergency_only()
    {
        Assert.Equal("REASON_REQUIRED", BreakGlassRules.CheckReason(breakGlass: true, " \t")?.Code);
        Assert.Null(BreakGlassRules.CheckReason(breakGlass: true, "fire"));
        Assert.Null(BreakGlassRules.CheckReason(breakGlass: false, ""));
    }

    [Theory]
    [InlineData("ada", false, "found", "USER_CANNOT_REVIEW")]
    [InlineData("sub", false, "found", "USER_CANNOT_REVIEW")]
    [InlineData("sam", true, "found", "AGENT_CANNOT_REVIEW")]
    [InlineData("identity:billing", false, "found", "AGENT_CANNOT_REVIEW")]
    [InlineData("dan", false, "found", "NOT_A_REVIEWER")] // A delegate of mia's.
    [InlineData("gus", false, "found", "NOT_A_REVIEWER")]
    [InlineData("sam", false, "  ", "FINDING_REQUIRED")]
    public void Who_may_not_close_a_review_is_told_why(string person, bool agent, string finding, string code)
    {
        var identity = Used("g1", subject: "sub");
        var people = People with { Groups = new Dictionary<string, IReadOnlyList<string>>(People.Groups, StringComparer.Ordinal) { ["security"] = ["sam", "ada", "mia", "sub", "identity:billing"] } };

        Assert.Equal(code, BreakGlassRules.Close(identity, "g1", new(person, agent), finding, justified: true, new(people, "payments", Some.Noon)).Refusal?.Code);
    }

    [Fact]
    public void Somebody_else_closes_it_once_and_membership_counts_at_that_time()
    {
        var identity = Used("g1");
        var gone = People with { Departed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { ["sam"] = Some.Noon } };
        Assert.Equal("NOT_A_REVIEWER", Close(identity, "sam", people: gone).Refusal?.Code);

        var closed = Close(identity, "sam").Value;

        Assert.Equal(new("sam", Some.Noon, "one record was read", Justified: true), Assert.Single(closed.Reviews).Closed);
        Assert.Equal("REVIEW_CLOSED", Close(closed, "mia").Refusal?.Code);
        Assert.Equal("UNKNOWN_REVIEW", BreakGlassRules.Close(closed, "g2", new("sam"), "found", justified: true, new(People, "payments", Some.Noon)).Refusal?.Code);
        Assert.Null(BreakGlassRules.EscalationOf(closed));
    }

    [Fact]
    public void What_nobody_has_reviewed_in_time_is_escalated_once_and_can_be_closed_still()
    {
        var identity = Used("g1").Expire(Some.Noon + Day - TimeSpan.FromTicks(1));
        Assert.Null(identity.Reviews[0].EscalatedAt);
        Assert.Equal(Some.Noon + Day, DueTimes.NextDue(identity, Some.Noon + TimeSpan.FromHours(2)));

        var late = identity.Expire(Some.Noon + Day);

        Assert.Equal(Some.Noon + Day, late.Reviews[0].EscalatedAt);
        Assert.Equal(identity.Generation, late.Generation);
        Assert.Same(late, late.Expire(Some.Noon + Day + Day));
        Assert.Equal(Notices.Everybody, BreakGlassDetails.Of(identity.Reviews[0], late.Reviews[0])[Notices.Detail]);
        Assert.Equal(BreakGlassDetails.Unreviewed, BreakGlassDetails.ActionOf(identity.Reviews[0], late.Reviews[0]));
        Assert.True(Close(late, "sam").IsOk);
    }

    [Fact]
    public void Another_emergency_is_permitted_while_one_is_overdue_and_says_so_to_everybody()
    {
        var identity = Used("g1").Expire(Some.Noon + Day);

        var again = Used("g2", identity, Some.Noon + Day);

        var details = BreakGlassDetails.AddTo([], before: null, again.Grants[^1], again, Some.Noon + Day);
        Assert.Equal((Notices.Everybody, "1 earlier: g1"), (details[Notices.Detail], details["unreviewed"]));
        Assert.False(BreakGlassDetails.AddTo([], before: null, identity.Grants[0], Used("g1"), Some.Noon).ContainsKey("unreviewed"));
    }

    [Fact]
    public void Retiring_loses_no_open_review_and_it_is_escalated_all_the_same()
    {
        var leaving = Used("g1").Offboard(Some.Noon).Value.ConfirmGone(Some.Platform, ["g1"], Some.Noon, null).Retire().Value;

        Assert.Equal(IdentityStatus.Retired, leaving.Status);
        Assert.True(leaving.Expire(Some.Noon + Day).Reviews.Single().EscalatedAt == Some.Noon + Day);
    }

    [Fact]
    public void Who_was_handed_a_credential_cannot_close_the_review()
    {
        var used = BreakGlassRules.Use(Used("g1"), "g1", "sam", subject: null, Some.Noon).Value;

        Assert.Equal("USER_CANNOT_REVIEW", Close(used, "sam").Refusal?.Code);
        Assert.True(Close(used, "mia").IsOk);
        Assert.Same(used, BreakGlassRules.Use(used, "g1", "sam", subject: null, Some.Noon).Value);
        var review = used.Reviews.Single();
        Assert.Equal(BreakGlassDetails.Used, BreakGlassDetails.ActionOf(Used("g1").Reviews[0], review));
        var details = BreakGlassDetails.Of(Used("g1").Reviews[0], review);
        Assert.Equal("sam", details["handedTo"]);
        Assert.False(details.ContainsKey(Notices.Detail));
        Assert.Equal("USER_CANNOT_REVIEW", Close(BreakGlassRules.Use(used, "g1", "identity:billing", "mia", Some.Noon).Value, "mia").Refusal?.Code);
    }

    [Fact]
    public void Who_has_closed_the_review_is_handed_no_credential_any_more()
    {
        var closed = Close(Used("g1"), "sam").Value;

        Assert.Equal("REVIEWER_CANNOT_USE", BreakGlassRules.Use(closed, "g1", "sam", subject: null, Some.Noon).Refusal?.Code);
        Assert.Equal("REVIEWER_CANNOT_USE", BreakGlassRules.Use(closed, "g1", "identity:billing", "sam", Some.Noon).Refusal?.Code);
        Assert.True(BreakGlassRules.Use(closed, "g1", "mia", subject: null, Some.Noon).IsOk);
        Assert.Equal("UNKNOWN_REVIEW", BreakGlassRules.Use(closed with { Reviews = [] }, "g1", "mia", subject: null, Some.Noon).Refusal?.Code);
    }

    [Fact]
    public void Only_so_many_are_handed_a_credential()
    {
        var identity = Used("g1"); // Ada asked for it.
        for (var index = 1; index < BreakGlassRules.MaxExcluded; index++)
            identity = BreakGlassRules.Use(identity, "g1", $"p{index}", subject: null, Some.Noon).Value;

        Assert.Equal("TOO_MANY_USERS", BreakGlassRules.Use(identity, "g1", "one-more", subject: null, Some.Noon).Refusal?.Code);
        Assert.True(BreakGlassRules.Use(identity, "g1", "p1", subject: null, Some.Noon).IsOk);
    }

    [Fact]
    public void Ordinary_access_does_not_lock_out_an_emergency()
    {
        var identity = Some.Identity;
        for (var index = 0; index < Identity.MaxOpenGrants; index++)
            identity = identity.Add(Some.Granted($"o{index}", TimeSpan.FromHours(1), Some.Noon, Some.Entitlement())).Value;
        Assert.Equal("TOO_MANY_GRANTS", identity.Add(Some.Granted("o", TimeSpan.FromHours(1), Some.Noon, Some.Entitlement())).Refusal?.Code);

        for (var index = 0; index < Identity.EmergencyReserve; index++)
            identity = Used($"g{index}", identity);

        Assert.Equal("TOO_MANY_GRANTS", identity.Add(Emergency("g", Some.Noon)).Refusal?.Code);
    }

    [Fact]
    public void Closed_ones_are_kept_for_a_while_and_open_ones_until_there_are_too_many()
    {
        var identity = Some.Identity;
        for (var index = 0; index < 30; index++)
            identity = Close(Ended(Used($"g{index}", identity), $"g{index}"), "sam", $"g{index}").Value;
        Assert.Equal(Enumerable.Range(10, 20).Select(index => $"g{index}"), identity.Reviews.Select(review => review.GrantId));
        for (var index = 0; index < BreakGlassRules.MaxOpen; index++)
            identity = Ended(Used($"h{index}", identity), $"h{index}");
        Assert.Equal(120, identity.Reviews.Count);

        Assert.Equal("TOO_MANY_UNREVIEWED", identity.Add(Emergency("h", Some.Noon)).Refusal?.Code);
    }

    private static Identity Ended(Identity identity, string grant) =>
        identity.Revoke(grant, RevocationReason.RevokedByRequest, Some.Noon).Value.ConfirmGone(Some.Platform, [grant], Some.Noon, null).WithoutHistory();

    private static Result<Identity> Close(Identity identity, string person, string grant = "g1", PeopleDirectory? people = null) =>
        BreakGlassRules.Close(identity, grant, new Voter(person), "one record was read", justified: true, new(people ?? People, "payments", Some.Noon));

    private static Identity Used(string grant, Identity? identity = null, DateTimeOffset? at = null, string? subject = null) =>
        (identity ?? Some.Identity).Add(Emergency(grant, at ?? Some.Noon, subject)).Value;

    private static Grant Emergency(string id, DateTimeOffset at, string? subject = null) =>
        Grant.From(id, Request(at) with { Subject = subject }, Some.Permit(TimeSpan.FromHours(1), Some.Entitlement()) with { Review = new(["security"], Day) });

    private static AccessRequest Request(DateTimeOffset at) => new("ada", "the till is down", [Some.Entitlement()], TimeSpan.FromHours(1), at) { BreakGlass = true };
}
