using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Tests.Approvals;

/// <summary>Promise 10: who counts, for what, and when.</summary>
public class BallotTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly PeopleDirectory People = Directory(("security", ["ann", "ben", "cat"]), ("payments", ["ben", "dan"]));

    [Fact]
    public void Two_different_people_fill_two_seats()
    {
        var ballot = Yes(Yes(Ballot(Seats(2, "security")), "ann"), "ben");

        Assert.True(ballot.Count(Now()).IsMet);
    }

    [Fact]
    public void Nobody_counts_twice()
    {
        var ballot = Yes(Ballot(Seats(2, "security")), "ann");

        Assert.Equal("ALREADY_APPROVED", No(ballot, "ann"));
        Assert.False(ballot.Count(Now()).IsMet);
    }

    [Fact]
    public void Whoever_is_in_both_groups_fills_one_seat_and_moves_to_make_room()
    {
        var both = Ballot(Seats(1, "security"), Seats(1, ApprovalSeats.OwnerTeam));
        var first = Yes(both, "ben");
        Assert.False(first.Count(Now()).IsMet);

        // Ben sits for security until somebody comes who can sit nowhere else.
        var quorum = Yes(first, "ann").Count(Now());

        Assert.True(quorum.IsMet);
        Assert.Equal(["ann"], quorum.Seats[0].By.Select(approval => approval.Approver));
        Assert.Equal(["ben"], quorum.Seats[1].By.Select(approval => approval.Approver));
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("gus")]
    public void Whoever_asked_and_whoever_acted_for_the_identity_cannot_approve_though_they_are_in_the_group(string asker)
    {
        var people = Now(Directory(("security", [asker, "ann"])));

        Assert.Equal("REQUESTER_CANNOT_APPROVE", No(Ballot(Seats(1, "security")), asker, people));
    }

    [Fact]
    public void Whom_the_requester_has_delegated_to_cannot_approve_in_their_place()
    {
        var people = Now(Directory(("security", ["ada"])) with { Delegations = [Delegation("ada", "eve")] });

        Assert.Equal("REQUESTER_CANNOT_APPROVE", No(Ballot(Seats(1, "security")), "eve", people, "ada"));
        Assert.Equal("NOT_AN_APPROVER", No(Ballot(Seats(1, "security")), "eve", people));
    }

    [Fact]
    public void Whom_the_requester_has_delegated_to_cannot_approve_in_their_own_right_either()
    {
        var people = Now(Directory(("security", ["eve"])) with { Delegations = [Delegation("ada", "eve")] });

        Assert.NotNull(No(Ballot(Seats(1, "security")), "eve", people));
        Assert.True(Yes(Ballot(Seats(1, "security")), "eve", Now(Directory(("security", ["eve"])))).Count(Now(Directory(("security", ["eve"])))).IsMet);
    }

    [Fact]
    public void Whom_the_requester_has_made_a_delegate_can_say_no_all_the_same()
    {
        var people = Now(People with { Delegations = [Delegation("ada", "ann"), Delegation("ada", "eve"), Delegation("cat", "eve")] });
        var ballot = Ballot(Seats(1, "security"));

        Assert.NotNull(No(ballot, "ann", people));
        Assert.Null(ballot.MayReject(new("ann"), people).Value);
        Assert.Equal("cat", ballot.MayReject(new("eve"), people).Value);
    }

    [Fact]
    public void Nobody_says_no_who_asked_or_is_not_asked_or_in_the_place_of_who_asked()
    {
        var people = Now(Directory(("security", ["ada", "ann", "identity:billing"])) with { Delegations = [Delegation("ada", "eve")] });
        var ballot = Ballot(Seats(1, "security"));

        Assert.Equal("REQUESTER_CANNOT_APPROVE", ballot.MayReject(new("ada"), people).Refusal?.Code);
        Assert.Equal("NOT_AN_APPROVER", ballot.MayReject(new("eve"), people).Refusal?.Code);
        Assert.Equal("NOT_AN_APPROVER", ballot.MayReject(new("eve", InPlaceOf: "ada"), people).Refusal?.Code);
        Assert.Equal("NOT_AN_APPROVER", ballot.MayReject(new("dan"), people).Refusal?.Code);
        Assert.Equal("AGENT_CANNOT_APPROVE", ballot.MayReject(new("ann", IsAgent: true), people).Refusal?.Code);
        Assert.Equal("AGENT_CANNOT_APPROVE", ballot.MayReject(new("identity:billing"), people).Refusal?.Code);
        Assert.Equal("ANSWERED_TOO_LATE", ballot.MayReject(new("ann"), people with { Now = ballot.AnswerBy }).Refusal?.Code);
    }

    [Fact]
    public void A_delegate_of_several_sits_where_they_are_still_needed()
    {
        var people = Now(People with { Delegations = [Delegation("ann", "eve"), Delegation("dan", "eve")] });
        var ballot = Yes(Ballot(Seats(1, "security"), Seats(1, "payments")), "cat", people);

        Assert.True(ballot.IsAwaiting(new("eve"), people));
        Assert.Equal("dan", Yes(ballot, "eve", people).Approvals[^1].OnBehalfOf);
        Assert.Equal("NO_OPEN_SEAT", No(ballot, "eve", people, "ann"));
    }

    [Fact]
    public void Whoever_finds_their_own_seat_filled_sits_for_who_has_delegated_to_them()
    {
        var people = Now(People with { Delegations = [Delegation("dan", "cat")] });
        var ballot = Yes(Ballot(Seats(1, "security"), Seats(1, "payments")), "ann", people);

        Assert.Equal("dan", Yes(ballot, "cat", people).Approvals[^1].OnBehalfOf);
        Assert.Equal("NO_OPEN_SEAT", No(ballot, "cat", people, "cat"));
    }

    [Fact]
    public void A_quorum_that_is_met_again_is_met_by_the_next_answer_whoever_of_them_gives_it()
    {
        var without = Now(Directory(("security", ["ben"])));
        var both = Yes(Yes(Ballot(Seats(2, "security")), "ann"), "ben", without);
        Assert.False(both.Count(without).IsMet);

        Assert.Same(both, both.Answer(new("ben"), both.Digest, "", Now()).Value);
        Assert.Equal("ALREADY_APPROVED", both.Answer(new("ben"), both.Digest, "", without).Refusal?.Code);
        Assert.Equal("PLAN_CHANGED", both.Answer(new("ben"), "another", "", Now()).Refusal?.Code);
        Assert.Equal("NOT_AN_APPROVER", both.Answer(new("dan"), both.Digest, "", Now()).Refusal?.Code);
    }

    [Fact]
    public void The_same_groups_in_two_seats_are_two_people()
    {
        var seats = ApprovalRequirement.Of([Seats(1, "security"), Seats(1, "security")], Hour).Seats;

        Assert.Equal(2, Assert.Single(seats).Count);
    }

    [Theory]
    [InlineData("identity:billing", false)]
    [InlineData("system", false)]
    [InlineData("system:policy-file", false)]
    [InlineData("ann", true)]
    public void Agents_cannot_approve_or_reject_whatever_groups_they_are_in(string name, bool byToken)
    {
        var people = Now(Directory(("security", [name])));
        var ballot = Ballot(Seats(1, "security"));

        Assert.Equal("AGENT_CANNOT_APPROVE", ballot.Approve(new(name, byToken), ballot.Digest, "", people).Refusal?.Code);
        Assert.Equal("AGENT_CANNOT_APPROVE", ballot.MayAnswer(new(name, byToken), people).Refusal?.Code);
    }

    [Fact]
    public void Nobody_approves_in_the_place_of_an_agent()
    {
        var people = Now(Directory(("security", ["identity:robot"])) with { Delegations = [Delegation("identity:robot", "eve")] });

        Assert.Equal("NOT_AN_APPROVER", No(Ballot(Seats(1, "security")), "eve", people));
    }

    [Fact]
    public void An_approval_names_the_plan_that_was_seen()
    {
        var ballot = Ballot(Seats(1, "security"));

        var refusal = ballot.Approve(new("ann"), "another", "", Now()).Refusal;

        Assert.Equal("PLAN_CHANGED", refusal?.Code);
        Assert.Contains(ballot.Digest, refusal?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_has_left_the_group_or_the_company_by_then_does_not_count()
    {
        var ballot = Yes(Ballot(Seats(2, "security")), "ann");
        var left = Now(Directory(("security", ["ben", "cat"])));
        var departed = Now(People with { Departed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { ["ann"] = Some.Noon } });

        Assert.Equal(0, ballot.Count(left).Filled);
        Assert.Equal(0, ballot.Count(departed).Filled);
        Assert.False(Yes(ballot, "ben", left).Count(left).IsMet);
        Assert.Equal(1, ballot.Count(Now()).Filled);
    }

    [Fact]
    public void The_owners_team_is_whichever_it_is_when_it_is_counted()
    {
        var ballot = Yes(Ballot(Seats(1, ApprovalSeats.OwnerTeam)), "dan");

        Assert.True(ballot.Count(Now()).IsMet);
        Assert.False(ballot.Count(Now() with { OwnerTeam = "security" }).IsMet);
    }

    [Fact]
    public void A_delegate_sits_in_the_place_of_one_and_it_is_seen()
    {
        var people = Now(People with { Delegations = [Delegation("ann", "eve"), Delegation("cat", "eve")] });

        var ballot = Yes(Ballot(Seats(2, "security")), "eve", people);

        Assert.Equal("ann", Assert.Single(ballot.Approvals).OnBehalfOf);
        Assert.Equal("ALREADY_APPROVED", No(ballot, "eve", people, "cat"));
        Assert.Equal("cat", Assert.Single(Yes(Ballot(Seats(2, "security")), "eve", people, "cat").Approvals).OnBehalfOf);
        Assert.False(ballot.Count(Now()).IsMet);
    }

    [Fact]
    public void Whoever_delegated_and_their_delegate_are_one()
    {
        var people = Now(People with { Delegations = [Delegation("ann", "ben")] });

        Assert.Equal("COUNTS_AS_ONE", No(Yes(Ballot(Seats(2, "security")), "ann", people), "ben", people));
        // Also when one became the other's delegate only after both had approved.
        Assert.Equal(1, Yes(Yes(Ballot(Seats(2, "security")), "ann"), "ben").Count(people).Filled);
    }

    [Fact]
    public void Whoever_votes_themselves_takes_the_place_of_their_delegate()
    {
        var people = Now(People with { Delegations = [Delegation("ann", "eve")] });

        var ballot = Yes(Yes(Ballot(Seats(1, "security")), "eve", people), "cat", people, allow: false);
        var delegated = Yes(Ballot(Seats(2, "security")), "eve", people);

        Assert.Single(ballot.Approvals);
        var own = delegated.Approve(new("ann"), delegated.Digest, "", people);
        Assert.Null(own.Value.Approvals.Single().OnBehalfOf);
        Assert.Equal(VoidReason.Superseded, own.Value.Voided.Single().Why);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_delegates_vote_that_counts_no_more_keeps_no_other_delegate_of_the_same_person_out(bool departed)
    {
        var absent = Now(People with { Delegations = [Delegation("ann", "eve"), Delegation("ann", "fay")] });
        var ballot = Yes(Ballot(Seats(1, "security"), Seats(1, "payments")), "eve", absent);
        Assert.Equal("ALREADY_APPROVED", No(ballot, "fay", absent)); // As long as it counts.
        Assert.Null(ballot.PlaceOf("fay", absent));
        var later = departed
            ? absent with { Directory = absent.Directory with { Departed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { ["eve"] = Some.Noon } } }
            : absent with { Directory = absent.Directory with { Delegations = [Delegation("ann", "fay")] } };
        Assert.Equal(0, ballot.Count(later).Filled);

        Assert.Equal("ann", ballot.PlaceOf("fay", later));
        var next = Yes(ballot, "fay", later);

        Assert.Equal(("fay", "ann"), (Assert.Single(next.Approvals).Approver, next.Approvals[0].OnBehalfOf));
        Assert.Equal(("eve", VoidReason.Superseded), (Assert.Single(next.Voided).Approval.Approver, next.Voided[0].Why));
        Assert.True(Yes(next, "dan", later).Count(later).IsMet);
        Assert.Equal(1, next.Count(absent).Filled); // Nor does it come back beside the other.
    }

    [Fact]
    public void Whose_own_vote_counts_no_more_votes_in_another_place_and_the_other_way_around()
    {
        var delegated = Now(Directory(("security", ["ben"])) with { Delegations = [Delegation("ben", "ann")] });
        var own = Yes(Ballot(Seats(2, "security")), "ann"); // Of security still.
        Assert.Equal(0, own.Count(delegated).Filled);
        var inPlace = Yes(own, "ann", delegated);
        Assert.Equal(("ben", 1), (Assert.Single(inPlace.Approvals).OnBehalfOf, inPlace.Count(delegated).Filled));

        var again = Yes(inPlace, "ann");

        Assert.Null(Assert.Single(again.Approvals).OnBehalfOf);
        Assert.Equal(1, again.Count(Now()).Filled);
    }

    [Fact]
    public void What_counts_for_nothing_is_in_nobody_elses_way_and_stays()
    {
        var absent = Now(People with { Delegations = [Delegation("ann", "eve")] });
        var ballot = Yes(Yes(Ballot(Seats(1, "payments"), Seats(2, "security")), "eve", absent), "cat", absent);
        var later = Now(Directory(("security", ["cat", "fay"])) with { Delegations = [Delegation("fay", "eve")] });
        var filled = Yes(Ballot(Seats(1, "security"), Seats(1, "payments")), "eve", absent);
        filled = Yes(filled, "cat", later);

        Assert.Equal("NO_OPEN_SEAT", No(filled, "fay", later)); // Eve's counts for nothing, so it is not with hers that it counts as one.
        Assert.Equal(2, Yes(ballot, "fay", later).Count(later).Filled);
        Assert.Empty(Yes(ballot, "fay", later).Voided); // Another's vote, though it counts for nothing, is left to them.
    }

    [Fact]
    public void A_delegation_of_a_delegation_is_none()
    {
        var people = Now(People with { Delegations = [Delegation("ann", "eve"), Delegation("eve", "fay")] });

        Assert.Equal("NOT_AN_APPROVER", No(Ballot(Seats(1, "security")), "fay", people, "ann"));
    }

    [Fact]
    public void It_is_too_late_at_the_instant_at_which_it_ends()
    {
        var ballot = Ballot(Seats(1, "security"));

        Assert.Equal("ANSWERED_TOO_LATE", No(ballot, "ann", Now() with { Now = ballot.AnswerBy }));
        Assert.True(ballot.Approve(new("ann"), ballot.Digest, "", Now() with { Now = ballot.AnswerBy - TimeSpan.FromTicks(1) }).IsOk);
    }

    [Fact]
    public void What_is_taken_back_counts_no_more_and_is_seen()
    {
        var ballot = Yes(Ballot(Seats(2, "security")), "ann").Withdraw("ann", Some.Noon).Value;

        Assert.Equal(VoidReason.Withdrawn, ballot.Voided.Single().Why);
        Assert.False(Yes(ballot, "ben").Count(Now()).IsMet);
        Assert.Equal("NOTHING_TO_WITHDRAW", ballot.Withdraw("ann", Some.Noon).Refusal?.Code);
        Assert.True(Yes(Yes(ballot, "ben"), "ann").Count(Now()).IsMet);
    }

    [Fact]
    public void Another_plan_voids_what_was_agreed_to_and_leaves_the_time()
    {
        var ballot = Yes(Ballot(Seats(2, "security")), "ann");

        var next = ballot.Reopen(ballot.Requirement, "another", VoidReason.PlanChanged, Some.Noon);

        Assert.Empty(next.Approvals);
        Assert.Equal("ann", next.Voided.Single().Approval.Approver);
        Assert.Equal(ballot.AnswerBy, next.AnswerBy);
    }

    [Fact]
    public void Voided_ones_are_bounded()
    {
        var ballot = Enumerable.Range(0, 2 * Domain.Approvals.Ballot.MaxVoided).Aggregate(Ballot(Seats(2, "security")), (one, _) => Yes(one, "ann").Withdraw("ann", Some.Noon).Value);

        Assert.Equal(Domain.Approvals.Ballot.MaxVoided, ballot.Voided.Count);
    }

    [Fact]
    public void Without_seats_or_with_seats_for_nobody_nothing_is_met()
    {
        Assert.False(Ballot().Count(Now()).IsMet);
        Assert.False(Ballot(Seats(0, "security")).Count(Now()).IsMet);
        Assert.False(Ballot(Seats(1, "nobody")).Count(Now()).IsMet);
    }

    [Fact]
    public void An_approval_that_fills_no_open_seat_is_not_taken()
    {
        var ballot = Yes(Ballot(Seats(1, "security"), Seats(1, "payments")), "ann");

        Assert.Equal("NO_OPEN_SEAT", No(ballot, "cat"));
        Assert.False(ballot.IsAwaiting(new("cat"), Now()));
        Assert.True(ballot.IsAwaiting(new("dan"), Now()));
        Assert.False(ballot.IsAwaiting(new("ann"), Now()));
    }

    [Fact]
    public void An_answer_helps_in_the_place_of_a_delegator_when_ones_own_seat_is_filled()
    {
        var people = Now(People with { Delegations = [Delegation("dan", "cat")] });
        var ballot = Ballot(Seats(1, "security"), Seats(1, "payments"));

        Assert.Equal("cat", ballot.PlaceOf("cat", people));
        var filled = Yes(ballot, "ann", people);

        Assert.Equal("dan", filled.PlaceOf("cat", people));
        Assert.Null(filled.PlaceOf("cat", Now()));
        Assert.Null(filled.PlaceOf("ann", people));
        Assert.Null(ballot.PlaceOf("ada", people));
        Assert.Null(Yes(filled, "cat", people, "dan").PlaceOf("gus", people));
    }

    [Fact]
    public void A_quorum_that_is_met_again_waits_for_anybody_who_may_answer()
    {
        var without = Now(Directory(("security", ["ben", "cat"])));
        var both = Yes(Yes(Ballot(Seats(2, "security")), "ann"), "ben", without);
        Assert.Equal("cat", both.PlaceOf("cat", without));

        Assert.Equal("cat", both.PlaceOf("cat", Now()));
        Assert.Equal("ben", both.PlaceOf("ben", Now()));
        Assert.Null(both.PlaceOf("dan", Now()));
    }

    private static Ballot Ballot(params ApprovalSeats[] seats) => new(new(seats, Hour), "the-plan", ["ada", "gus"], Some.Noon + Hour);

    private static ApprovalSeats Seats(int count, params string[] groups) => new(groups, count);

    private static Electorate Now(PeopleDirectory? people = null) => new(people ?? People, "payments", Some.Noon);

    private static Ballot Yes(Ballot ballot, string voter, Electorate? electorate = null, string? inPlaceOf = null, bool allow = true)
    {
        var answer = ballot.Approve(new(voter, InPlaceOf: inPlaceOf), ballot.Digest, "", electorate ?? Now());
        Assert.Equal(allow, answer.IsOk);
        return allow ? answer.Value : ballot;
    }

    private static string? No(Ballot ballot, string voter, Electorate? electorate = null, string? inPlaceOf = null) =>
        ballot.Approve(new(voter, InPlaceOf: inPlaceOf), ballot.Digest, "", electorate ?? Now()).Refusal?.Code;

    private static Delegation Delegation(string from, string to) => new(from, to, Some.Noon, Some.Noon + Hour);

    private static PeopleDirectory Directory(params (string Group, string[] Members)[] groups) => PeopleDirectory.Empty with
    {
        Groups = groups.ToDictionary(group => group.Group, group => (IReadOnlyList<string>)group.Members, StringComparer.Ordinal),
    };
}
