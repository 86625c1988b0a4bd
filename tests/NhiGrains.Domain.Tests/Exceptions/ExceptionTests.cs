using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Expiry;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Exceptions;

public class ExceptionTests
{
    private readonly ExceptionWorld _world = new();

    [Fact]
    public void An_exception_lifts_its_rule_once_it_was_approved_and_until_its_end()
    {
        Assert.Equal(DecisionOutcome.Deny, _world.Decide(TimeSpan.FromHours(1)).Outcome);
        Assert.Null(_world.Request("quarter-end"));
        Assert.Equal(DecisionOutcome.Deny, _world.Decide(TimeSpan.FromHours(1)).Outcome);
        _world.Now += TimeSpan.FromHours(1);
        Assert.Null(_world.Approve("quarter-end", "sam"));

        var decision = _world.Decide(TimeSpan.FromHours(1));
        Assert.Equal((DecisionOutcome.Permit, "quarter-end"), (decision.Outcome, Assert.Single(decision.Exceptions)));
        Assert.Equal(TimeSpan.FromHours(2), _world.Decide(TimeSpan.FromHours(8)).Lifetime); // Not longer than the exception.
        Assert.Equal(Some.Noon + TimeSpan.FromHours(3), DueTimes.NextDue(_world.Identity, _world.Now));
        _world.Now = Some.Noon + TimeSpan.FromHours(3);
        Assert.Equal(DecisionOutcome.Deny, _world.Decide(TimeSpan.FromHours(1)).Outcome); // Before anybody was there to end it.
        _world.Expire();
        Assert.Equal((ExceptionStatus.Ended, "system"), (_world.Find("quarter-end")?.Status, _world.Find("quarter-end")?.Ended?.By));
        Assert.Null(DueTimes.NextDue(_world.Identity, _world.Now));
    }

    [Fact]
    public void What_cannot_be_asked_for_is_refused()
    {
        Assert.Equal("INVALID_EXCEPTION_NAME", _world.Request("Quarter end")?.Code);
        Assert.Equal("UNKNOWN_RULE", _world.Request("e", rules: ["no-such-rule"])?.Code);
        Assert.Equal("NOT_EXCEPTIONABLE", _world.Request("e", rules: [ExceptionWorld.Rule, "never-secrets"])?.Code);
        Assert.Equal("NOT_EXCEPTIONABLE", _world.Request("e", rules: ["everything"])?.Code);
        Assert.Equal("LIFETIME_TOO_LONG", _world.Request("e", hours: 5)?.Code);
        Assert.Equal("JUSTIFICATION_REQUIRED", Ask(new("e", [ExceptionWorld.Rule], [Some.Entitlement()], TimeSpan.FromHours(1), " ")));
        Assert.Equal("RULES_REQUIRED", Ask(new("e", [], [Some.Entitlement()], TimeSpan.FromHours(1), "why")));
        Assert.Equal("ENTITLEMENTS_REQUIRED", Ask(new("e", [ExceptionWorld.Rule], [], TimeSpan.FromHours(1), "why")));
        Assert.Equal("EXCEPTION_TOO_LARGE", Ask(new("e", [ExceptionWorld.Rule], [.. Enumerable.Repeat(Some.Entitlement(new string('x', 1_000)), 6)], TimeSpan.FromHours(1), "why")));
        Assert.Null(_world.Request("e"));
        Assert.Equal("EXCEPTION_EXISTS", _world.Request("e")?.Code);
        for (var index = 1; index < ExceptionRequests.MaxOpen; index++)
            Assert.Null(_world.Request($"e{index}"));
        Assert.Equal("TOO_MANY_EXCEPTIONS", _world.Request("one-more")?.Code);
    }

    [Fact]
    public void Who_asked_and_agents_approve_nothing_and_silence_is_a_no()
    {
        _world.Request("e", by: "identity:billing", subject: "mia");

        Assert.Equal("REQUESTER_CANNOT_APPROVE", _world.Approve("e", "mia")?.Code);
        Assert.Equal("AGENT_CANNOT_APPROVE", _world.Approve("e", "sam", agent: true)?.Code);
        Assert.Equal("NOT_AN_APPROVER", _world.Approve("e", "pia")?.Code);
        Assert.Equal("PLAN_CHANGED", _world.Approve("e", "sam", digest: "another")?.Code);
        _world.Now += TimeSpan.FromHours(8);
        Assert.Equal("ANSWERED_TOO_LATE", _world.Approve("e", "sam")?.Code);
        _world.Expire();
        Assert.Equal(ExceptionStatus.Unanswered, _world.Find("e")?.Status);
    }

    [Fact]
    public void Another_policy_voids_what_was_approved_and_one_without_exceptions_denies_it()
    {
        _world.Change(new(TimeSpan.FromHours(4), ExceptionWorld.Requirements[1]));
        _world.Request("e");
        _world.Approve("e", "sam");
        _world.Change(new(TimeSpan.FromHours(3), ExceptionWorld.Requirements[1]));

        Assert.Equal("PLAN_CHANGED", _world.Approve("e", "mia")?.Code);
        Assert.Equal((0, 1), (_world.Find("e")?.Ballot.Approvals.Count, _world.Find("e")?.Ballot.Voided.Count));
        _world.Approve("e", "mia");
        _world.Change(null);
        Assert.Equal("NOT_EXCEPTIONABLE", _world.Approve("e", "sam")?.Code);
        Assert.Equal(ExceptionStatus.Denied, _world.Find("e")?.Status);
    }

    [Theory]
    [InlineData("person")]
    [InlineData("team")]
    [InlineData("environment")]
    [InlineData("kind")]
    [InlineData("tag")]
    public void Another_profile_voids_what_was_approved_and_it_can_be_approved_as_it_is_now(string changed)
    {
        _world.Change(new(TimeSpan.FromHours(4), ExceptionWorld.Requirements[1]));
        _world.Request("e");
        _world.Approve("e", "sam");
        _world.Identity = _world.Identity with { Profile = Other(_world.Identity.Profile, changed) };

        Assert.Equal("PLAN_CHANGED", _world.Approve("e", "mia")?.Code);
        Assert.Equal((0, 1), (_world.Find("e")?.Ballot.Approvals.Count, _world.Find("e")?.Ballot.Voided.Count));
        Assert.Null(_world.Approve("e", "mia"));
        Assert.Equal(ExceptionStatus.Pending, _world.Find("e")?.Status);
        Assert.Null(_world.Approve("e", "sam"));
        Assert.Equal(ExceptionStatus.InForce, _world.Find("e")?.Status);
    }

    [Theory]
    [InlineData("ada", null)]
    [InlineData("identity:billing", "ada")] // Whose token it was.
    public void What_somebody_asked_for_who_has_departed_is_denied_by_the_next_answer(string by, string? subject)
    {
        _world.Request("e", by, subject: subject);
        _world.Departed.Add("ada");

        Assert.Equal("AGENT_CANNOT_APPROVE", _world.Approve("e", "sam", agent: true)?.Code);
        Assert.Equal(ExceptionStatus.Pending, _world.Find("e")?.Status);
        Assert.Equal("PERSON_DEPARTED", _world.Approve("e", "sam")?.Code);

        Assert.Equal((ExceptionStatus.Denied, "system"), (_world.Find("e")?.Status, _world.Find("e")?.Ended?.By));
        Assert.Contains("'ada'", _world.Find("e")?.Ended?.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void What_waits_for_who_has_departed_is_denied_and_what_is_in_force_or_somebody_elses_is_not()
    {
        _world.Request("in-force");
        _world.Approve("in-force", "sam");
        _world.Request("waits");
        _world.Request("mias", "mia");

        _world.Identity = _world.Identity.WithoutRequestsOf("ada", _world.Now);

        Assert.Equal(
            [ExceptionStatus.InForce, ExceptionStatus.Denied, ExceptionStatus.Pending],
            ((string[])["in-force", "waits", "mias"]).Select(name => _world.Find(name)?.Status));
        Assert.Same(_world.Identity, _world.Identity.WithoutRequestsOf("ada", _world.Now));
    }

    [Theory]
    [InlineData("person")]
    [InlineData("team")]
    [InlineData("environment")]
    [InlineData("kind")]
    [InlineData("tag")]
    public void One_in_force_lifts_nothing_for_another_identity_than_people_agreed_to_and_stays_ended(string changed)
    {
        _world.Request("e");
        _world.Approve("e", "sam");
        var staging = _world.Identity.Profile;
        Assert.Same(_world.Identity, _world.Identity.EndThoseOfAnother("gus", _world.Now));

        _world.Identity = _world.Identity with { Profile = Other(staging, changed) };

        Assert.Equal(DecisionOutcome.Deny, _world.Decide(TimeSpan.FromHours(1)).Outcome);
        Assert.Empty(ExceptionRules.FactsAt(_world.Identity, _world.Policy, _world.Now));
        _world.Identity = _world.Identity.EndThoseOfAnother("gus", _world.Now);
        Assert.Equal((ExceptionStatus.Ended, "gus"), (_world.Find("e")?.Status, _world.Find("e")?.Ended?.By));
        _world.Identity = _world.Identity with { Profile = staging };
        Assert.Empty(ExceptionRules.FactsAt(_world.Identity, _world.Policy, _world.Now));
    }

    [Fact]
    public void One_in_force_outlives_the_departure_of_the_owner_and_what_is_learned_of_principals()
    {
        _world.Request("e");
        _world.Approve("e", "sam");
        var profile = _world.Identity.Profile;

        _world.Identity = _world.Identity.OwnerDeparted(new(profile.Owner.Person, _world.Now, _world.Now + TimeSpan.FromDays(14))).Bind(profile.Bindings[0].Platform, "uid-1");
        _world.Identity = _world.Identity with { Profile = _world.Identity.Profile with { Tags = profile.Tags.Reverse().ToDictionary(StringComparer.Ordinal) } };
        _world.Restart();

        Assert.NotNull(_world.Identity.Orphaned);
        Assert.Equal("uid-1", _world.Identity.Profile.Bindings[0].NativeId);
        Assert.Single(ExceptionRules.FactsAt(_world.Identity, _world.Policy, _world.Now));
        Assert.Same(_world.Identity, _world.Identity.EndThoseOfAnother("gus", _world.Now));
    }

    [Fact]
    public void One_from_before_the_profile_was_kept_lifts_on_whatever_becomes_of_the_identity()
    {
        _world.Request("e");
        _world.Approve("e", "sam");
        var older = _world.Identity with
        {
            Exceptions = [.. _world.Identity.Exceptions.Select(exception => exception with { ProfileDigest = null })],
            Profile = Other(_world.Identity.Profile, "environment"),
        };

        Assert.Single(ExceptionRules.FactsAt(older, _world.Policy, _world.Now));
        Assert.Same(older, older.EndThoseOfAnother("gus", _world.Now));
    }

    [Fact]
    public void Ending_one_begins_to_revoke_what_rests_on_it_and_nothing_else()
    {
        _world.Request("e");
        _world.Approve("e", "sam");
        var resting = _world.Decide(TimeSpan.FromHours(1));
        _world.Identity = _world.Identity
            .Add(Grant.From("resting", new("ada", "why", resting.Entitlements, TimeSpan.FromHours(1), _world.Now), resting)).Value
            .Add(Some.Granted("other", TimeSpan.FromHours(1), _world.Now, Some.Entitlement("other"))).Value;
        Assert.Equal("NOT_YOURS_TO_END", _world.End("e", "gus")?.Code);

        Assert.Null(_world.End("e", "sam")); // Who approved it.

        Assert.Equal(ExceptionStatus.Ended, _world.Find("e")?.Status);
        var ended = Assert.IsType<RevokingGrant>(_world.Identity.Grants[0]);
        Assert.Equal(RevocationReason.PolicyChanged, ended.Reason);
        Assert.IsType<ActiveGrant>(_world.Identity.Grants[1]);
        Assert.Equal(DecisionOutcome.Deny, _world.Decide(TimeSpan.FromHours(1)).Outcome);
    }

    [Fact]
    public void Another_rule_of_the_same_name_is_not_what_people_agreed_to_lift()
    {
        _world.Request("e");
        _world.Approve("e", "sam");
        Assert.Equal(DecisionOutcome.Permit, _world.Decide(TimeSpan.FromHours(1)).Outcome);
        Assert.Same(_world.Identity, _world.Identity.EndChanged(_world.Policy, "root", _world.Now));

        _world.Change(new(TimeSpan.FromHours(4), ExceptionWorld.Requirements[1])); // It wants two people now.

        Assert.Equal(DecisionOutcome.Deny, _world.Decide(TimeSpan.FromHours(1)).Outcome);
        Assert.Empty(ExceptionRules.FactsAt(_world.Identity, _world.Policy, _world.Now));
        var ended = Assert.Single(_world.Identity.EndChanged(_world.Policy, "root", _world.Now).Exceptions);
        Assert.Equal((ExceptionStatus.Ended, "root"), (ended.Status, ended.Ended?.By));
        Assert.Equal("exception.ended", ExceptionDetails.ActionOf(_world.Find("e"), ended));

        _world.Change(new(TimeSpan.FromHours(4), ExceptionWorld.Requirements[0])); // As it was.
        Assert.Equal(DecisionOutcome.Permit, _world.Decide(TimeSpan.FromHours(1)).Outcome);
    }

    [Fact]
    public void Whom_a_rule_tells_is_not_what_is_lifted_and_an_older_state_lifts_by_the_name()
    {
        _world.Request("e");
        _world.Approve("e", "sam");
        var told = _world.Policy with { Rules = [.. _world.Policy.Rules.Select(rule => rule with { Notify = ["pager"] })] };
        Assert.Single(ExceptionRules.FactsAt(_world.Identity, told, _world.Now));

        _world.Change(new(TimeSpan.FromHours(4), ExceptionWorld.Requirements[1]));
        var older = _world.Identity with { Exceptions = [.. _world.Identity.Exceptions.Select(exception => exception with { RuleDigests = null })] };

        Assert.Equal([ExceptionWorld.Rule], Assert.Single(ExceptionRules.FactsAt(older, _world.Policy, _world.Now)).Rules);
        Assert.Same(older, older.EndChanged(_world.Policy, "root", _world.Now));
    }

    [Theory]
    [InlineData("ada", false)] // Who asked for it, and the owner.
    [InlineData("gus", true)]
    public void Who_may_end_one_ends_the_wait_for_it_too(string person, bool asOperator)
    {
        _world.Request("e");

        Assert.Null(_world.End("e", person, asOperator));
        Assert.Equal((ExceptionStatus.Denied, person), (_world.Find("e")?.Status, _world.Find("e")?.Ended?.By));
        Assert.Equal("NOT_PENDING", _world.Approve("e", "sam")?.Code);
    }

    [Fact]
    public void It_is_reviewed_by_those_who_had_to_agree_but_not_by_who_asked()
    {
        _world.Request("e");
        Assert.Equal("NOT_IN_FORCE", _world.Review("e", "sam")?.Code);
        _world.Approve("e", "sam");

        Assert.Equal("REQUESTER_CANNOT_REVIEW", _world.Review("e", "ada")?.Code);
        Assert.Equal("NOT_AN_APPROVER", _world.Review("e", "pia")?.Code);
        Assert.Equal("NOTE_REQUIRED", _world.Review("e", "mia", " ")?.Code);
        Assert.Null(_world.Review("e", "mia"));
        Assert.Equal(new("mia", _world.Now, "needed still"), Assert.Single(_world.Find("e")?.Reviews ?? []));
    }

    [Fact]
    public void Who_leaves_has_no_exceptions_and_those_that_are_over_become_history()
    {
        for (var index = 0; index < 30; index++)
        {
            _world.Request($"e{index}");
            _world.End($"e{index}", "ada");
        }

        Assert.Equal(ExceptionRules.MaxEnded, _world.Identity.Exceptions.Count);
        _world.Request("in-force");
        _world.Approve("in-force", "sam");
        _world.Request("waiting");

        _world.Identity = _world.Identity.Offboard(_world.Now).Value;

        Assert.Equal((ExceptionStatus.Ended, ExceptionStatus.Denied), (_world.Find("in-force")?.Status, _world.Find("waiting")?.Status));
        Assert.Equal("WRONG_STATUS", _world.Request("another")?.Code);
    }

    private string? Ask(ExceptionRequest request) => ExceptionRequests.Request(_world.Identity, request, "ada", null, _world.Policy, _world.Now).Refusal?.Code;

    private static IdentityProfile Other(IdentityProfile profile, string changed) => changed switch
    {
        "person" => profile with { Owner = profile.Owner with { Person = "bob" } },
        "team" => profile with { Owner = profile.Owner with { Team = "shipping" } },
        "environment" => profile with { Environment = "production" },
        "kind" => profile with { Kind = IdentityKind.AiAgent },
        _ => profile with { Tags = new Dictionary<string, string>(profile.Tags.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal) { ["tier"] = "gold" } },
    };
}
