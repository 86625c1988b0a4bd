using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Tests.People;

public class DirectoryRulesTests
{
    private static readonly DateTimeOffset Now = Some.Noon;

    [Theory]
    [InlineData("", "INVALID_PERSON")]
    [InlineData("  ", "INVALID_PERSON")]
    [InlineData("a\u0007", "INVALID_PERSON")]
    [InlineData("half \ud800", "INVALID_PERSON")]
    [InlineData("identity:billing", "NOT_A_PERSON")]
    [InlineData("system", "NOT_A_PERSON")]
    [InlineData("system:people-events", "NOT_A_PERSON")]
    [InlineData("systema", null)]
    [InlineData("Åda 👩 <ada@example.com>", null)]
    public void A_person_has_a_name_that_can_be_shown_and_is_no_agent(string name, string? code)
    {
        Assert.Equal(code, GroupRules.SetMembers(PeopleDirectory.Empty, "g", [name], []).Refusal?.Code);
        Assert.Equal(code, StandInRules.Delegate(PeopleDirectory.Empty, "ada", name, null, Now.AddDays(1), Now).Refusal?.Code);
        Assert.Equal(code, StandInRules.Delegate(PeopleDirectory.Empty, name, "ada", null, Now.AddDays(1), Now).Refusal?.Code);
        Assert.Equal(code, StandInRules.SetAbsence(PeopleDirectory.Empty, name, null, Now.AddDays(1), Now).Refusal?.Code);
        Assert.Equal(code, DepartureRules.Depart(PeopleDirectory.Empty, name, Departure.DefaultHandover, Now).Refusal?.Code);
    }

    [Fact]
    public void A_change_of_a_group_has_bounds_and_cannot_contradict_itself()
    {
        Assert.Equal("INVALID_CHANGE", GroupRules.SetMembers(PeopleDirectory.Empty, "g", [], []).Refusal?.Code);
        Assert.Equal("INVALID_CHANGE", GroupRules.SetMembers(PeopleDirectory.Empty, "g", People(GroupRules.MaxNames + 1), []).Refusal?.Code);
        Assert.Equal("CONTRADICTION", GroupRules.SetMembers(PeopleDirectory.Empty, "g", ["ada"], ["ada"]).Refusal?.Code);
        Assert.Equal("INVALID_GROUP", GroupRules.SetMembers(PeopleDirectory.Empty, new string('g', 201), ["ada"], []).Refusal?.Code);
        Assert.Equal(["ada", "bob"], GroupRules.SetMembers(PeopleDirectory.Empty, "g", ["bob", "ada", "bob"], ["eve"]).Value.Directory.Groups["g"]);
    }

    [Fact]
    public void A_full_directory_takes_nobody_more_and_lets_everybody_go()
    {
        var crowd = PeopleDirectory.Empty with { Groups = new Dictionary<string, IReadOnlyList<string>> { ["all"] = People(GroupRules.MaxMembers) } };
        Assert.Equal("TOO_MANY_MEMBERS", GroupRules.SetMembers(crowd, "all", ["ada"], []).Refusal?.Code);
        Assert.True(GroupRules.SetMembers(crowd, "all", ["ada"], ["p0"]).IsOk);
        Assert.True(GroupRules.SetMembers(crowd, "all", [], ["p0"]).IsOk);

        var many = PeopleDirectory.Empty with { Groups = Enumerable.Range(0, GroupRules.MaxGroups).ToDictionary(number => $"g{number}", _ => (IReadOnlyList<string>)["ada"]) };
        Assert.Equal("TOO_MANY_GROUPS", GroupRules.SetMembers(many, "new", ["ada"], []).Refusal?.Code);
        Assert.True(GroupRules.SetMembers(many, "g1", ["bob"], []).IsOk);
        Assert.DoesNotContain("g1", GroupRules.SetMembers(many, "g1", [], ["ada"]).Value.Directory.Groups.Keys);

        var full = PeopleDirectory.Empty with { Groups = Enumerable.Range(0, GroupRules.MaxMemberships / 500).ToDictionary(number => $"g{number}", _ => (IReadOnlyList<string>)People(500)) };
        Assert.Equal("TOO_MANY_MEMBERS", GroupRules.SetMembers(full, "g1", ["ada"], []).Refusal?.Code);
    }

    [Fact]
    public void A_delegation_is_to_somebody_else_for_a_while_and_to_few()
    {
        var here = PeopleDirectory.Empty;
        Assert.Equal("DELEGATION_TO_ONESELF", StandInRules.Delegate(here, "ada", "ada", null, Now.AddDays(1), Now).Refusal?.Code);
        Assert.Equal("PERIOD_TOO_LONG", StandInRules.Delegate(here, "ada", "bob", null, Now.AddDays(91), Now).Refusal?.Code);
        Assert.True(StandInRules.Delegate(here, "ada", "bob", Now.AddDays(10), Now.AddDays(100), Now).IsOk);
        Assert.Equal("PERIOD_TOO_LONG", StandInRules.Delegate(here, "ada", "bob", Now.AddDays(400), Now.AddDays(401), Now).Refusal?.Code);
        Assert.Equal("PERIOD_TOO_LONG", StandInRules.Delegate(here, "ada", "bob", null, DateTimeOffset.MaxValue, Now).Refusal?.Code);
        Assert.Equal("INVALID_PERIOD", StandInRules.Delegate(here, "ada", "bob", null, Now, Now).Refusal?.Code);
        Assert.Equal("INVALID_PERIOD", StandInRules.Delegate(here, "ada", "bob", DateTimeOffset.MinValue, Now.AddDays(-1), Now).Refusal?.Code);

        var busy = here with { Delegations = [.. People(StandInRules.MaxDelegates).Select(to => new Delegation("ada", to, Now, Now.AddDays(1)))] };
        Assert.Equal("TOO_MANY_DELEGATIONS", StandInRules.Delegate(busy, "ada", "bob", null, Now.AddDays(1), Now).Refusal?.Code);
        Assert.True(StandInRules.Delegate(busy, "ada", "p0", null, Now.AddDays(2), Now).IsOk);
    }

    [Theory]
    [InlineData("ada", "ada", false, null)]
    [InlineData("root", "ada", true, null)]
    [InlineData("bob", "ada", false, "NOT_FOR_OTHERS")]
    [InlineData("identity:billing", "identity:billing", false, "NOT_A_PERSON")]
    [InlineData("identity:billing", "ada", true, "NOT_A_PERSON")]
    public void Everybody_speaks_for_themselves_and_an_administrator_for_others(string actor, string person, bool mayForOthers, string? code) =>
        Assert.Equal(code, DirectoryRules.CheckSpeaksFor(actor, person, mayForOthers)?.Code);

    [Theory]
    [InlineData("ada", "ada", "bob", true, false, false, null)]
    [InlineData("ada", "ada", "bob", true, false, true, "AGENT_CANNOT_DELEGATE")]
    [InlineData("root", "ada", "bob", true, true, true, "AGENT_CANNOT_DELEGATE")]
    [InlineData("bob", "ada", "bob", true, false, false, "NOT_FOR_OTHERS")]
    [InlineData("bob", "ada", "bob", false, false, false, null)] // It ends.
    [InlineData("eve", "ada", "bob", false, false, false, "NOT_FOR_OTHERS")]
    [InlineData("identity:billing", "ada", "identity:billing", false, false, false, "NOT_A_PERSON")]
    public void Votes_are_handed_on_in_person_and_given_back_by_who_has_them(string actor, string from, string to, bool begins, bool mayForOthers, bool isDelegated, string? code) =>
        Assert.Equal(code, DirectoryRules.CheckMayDelegate(actor, from, to, begins ? Now.AddDays(1) : null, mayForOthers, isDelegated)?.Code);

    [Fact]
    public void Nobody_says_of_themselves_that_they_are_back()
    {
        Assert.Equal("RETURN_BY_ONESELF", DirectoryRules.CheckReturn("ada", "ada")?.Code);
        Assert.Null(DirectoryRules.CheckReturn("root", "ada"));
    }

    [Fact]
    public void Who_has_left_is_kept_out_until_the_return_and_is_then_in_the_same_groups()
    {
        var here = GroupRules.SetMembers(PeopleDirectory.Empty, "payments", ["ada"], []).Value.Directory;
        here = StandInRules.Delegate(here, "bob", "ada", null, Now.AddDays(1), Now).Value.Directory;
        var gone = DepartureRules.Depart(here, "ada", TimeSpan.FromDays(3), Now).Value.Directory;

        Assert.False(gone.IsMember("ada", "payments"));
        Assert.Empty(gone.Delegations);
        Assert.Equal("PERSON_DEPARTED", StandInRules.Delegate(gone, "bob", "ada", null, Now.AddDays(1), Now).Refusal?.Code);
        Assert.Equal("PERSON_DEPARTED", StandInRules.SetAbsence(gone, "ada", null, Now.AddDays(1), Now).Refusal?.Code);
        Assert.Equal(new Departure("ada", Now, Now.AddDays(3)), gone.DepartureOf("ada"));
        var again = DepartureRules.Depart(gone, "ada", TimeSpan.FromDays(9), Now.AddDays(1)).Value.Directory;
        Assert.Same(gone, again);
        var back = DepartureRules.Return(gone, "ada").Value.Directory;
        Assert.True(back.IsMember("ada", "payments"));
        Assert.Null(back.DepartureOf("ada"));
        Assert.Empty(back.HandoverBy);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(91)]
    public void A_hand_over_takes_a_while_and_not_for_ever(int days) =>
        Assert.Equal("INVALID_HANDOVER", DepartureRules.Depart(PeopleDirectory.Empty, "ada", TimeSpan.FromDays(days), Now).Refusal?.Code);

    [Fact]
    public void A_directory_of_an_earlier_version_has_departures_with_the_usual_deadline() =>
        Assert.Equal(Now + Departure.DefaultHandover, (PeopleDirectory.Empty with { Departed = new Dictionary<string, DateTimeOffset> { ["ada"] = Now } }).DepartureOf("ada")?.HandoverBy);

    private static string[] People(int count) => [.. Enumerable.Range(0, count).Select(number => $"p{number}")];
}
