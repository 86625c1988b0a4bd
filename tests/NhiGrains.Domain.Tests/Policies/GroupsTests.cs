using NhiGrains.Cel;
using NhiGrains.Domain.Policies;
using static NhiGrains.Domain.Tests.Policies.Asking;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>Which groups of a requester are looked up: what a rule asks for and does not get, it would not strike by.</summary>
public class GroupsTests
{
    [Theory]
    [InlineData("'contractors' in request.groups", "contractors")]
    [InlineData("!('b' in request.groups) || identity.kind == 'a' || .request.groups.exists(g, g == 'c')", "b c")]
    [InlineData("['a', 'b'].all(g, g in request.groups)", "a b")]
    [InlineData("request.groups.exists(g, g in ['a', 'b'] && 'c' != g || g == 'd')", "a b d")]
    [InlineData("['a'].exists(g, request.groups.exists_one(h, h == g))", "a")]
    [InlineData("request.standing ? 'a' in request.groups : {'b': 'b' in request.groups}['b']", "a b")]
    [InlineData("request.by in ['a', 'b']", "")]
    [InlineData("[{'groups': ['x']}].exists(request, 'a' in request.groups)", "")]
    public void What_conditions_ask_for_is_known(string condition, string groups)
    {
        Assert.Empty(CompiledPolicy.Check(condition));

        var set = new PolicySet("test", [Permit(new() { RequesterGroups = ["zebra"] }), Deny(new() { Condition = condition })]);

        Assert.Equal($"{groups} zebra".Trim(), string.Join(' ', CompiledPolicy.Of(set).RequesterGroups));
    }

    [Theory]
    [InlineData("size(request.groups) > 1", 13)]
    [InlineData("request.groups == ['a']", 8)]
    [InlineData("request.groups[0] == 'a'", 8)]
    [InlineData("identity.team in request.groups", 25)]
    [InlineData("('team-' + identity.team) in request.groups", 37)]
    [InlineData("request.groups.exists(g, g.startsWith('team-'))", 8)]
    [InlineData("request.groups.exists(g, g != 'a')", 8)]
    [InlineData("request.groups.exists(g, request.standing || g == 'a')", 8)]
    [InlineData("request.groups.all(g, g == 'a')", 8)]
    [InlineData("request.groups.filter(g, g != 'a') == ['b']", 8)]
    [InlineData("request.groups.exists(g, g == identity.team)", 8)]
    [InlineData("['a', identity.team].exists(g, g in request.groups)", 44)]
    [InlineData("[1].exists(n, 'a' in [request.groups][0])", 30)]
    [InlineData("'a' in request.groups || request.groups.exists(g, true)", 33)]
    public void What_could_ask_for_any_group_is_refused_at_its_place(string condition, int column)
    {
        var issue = Assert.Single(CompiledPolicy.Check(condition));

        Assert.Equal((CelIssueKind.UnknownMembers, 1, column), (issue.Kind, issue.Line, issue.Column));
    }
}
