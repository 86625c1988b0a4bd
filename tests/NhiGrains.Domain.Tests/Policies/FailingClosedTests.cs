using NhiGrains.Cel;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;
using static NhiGrains.Domain.Tests.Policies.Asking;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>What cannot be told permits nothing and forbids everything.</summary>
public class FailingClosedTests
{
    [Theory]
    [InlineData("identity.tags['none'] == 'x'")]
    [InlineData("1 / (size(identity.id) - 7) == 1")]
    [InlineData("this is no expression")]
    public void A_condition_that_fails_permits_nothing_and_strikes(string condition)
    {
        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Permit(new() { Condition = condition })));
        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Permit(), Deny(new() { Condition = condition })));
        Assert.Equal(DecisionOutcome.RequireApproval, Plain.Outcome(Permit(), Approve(new() { Condition = condition })));
    }

    [Theory]
    [InlineData("request.at > timestamp('soon')", 23)]
    [InlineData("request.by == 'a' && 1 / 0 == 1", 24)]
    public void A_condition_of_which_a_part_always_fails_is_refused(string condition, int column)
    {
        var issue = Assert.Single(CompiledPolicy.Check(condition));

        Assert.Equal((CelIssueKind.AlwaysFails, 1, column), (issue.Kind, issue.Line, issue.Column));
        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Permit(), Deny(new() { Condition = condition })));
    }

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("Local")] // What these mean depends on the machine.
    [InlineData("localtime")]
    [InlineData("posixrules")]
    [InlineData("posix/UTC")]
    [InlineData("right/UTC")]
    [InlineData("../zoneinfo/UTC")]
    public void A_window_in_a_time_zone_that_is_not_known_everywhere_permits_nothing_and_strikes(string zone)
    {
        var window = new PolicyMatch { During = new(null, new(8, 0), new(18, 0), zone) };

        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Permit(window)));
        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Permit(), Deny(window)));
    }

    [Theory]
    [InlineData("localtime")]
    [InlineData("right/Europe/Berlin")]
    public void A_condition_in_such_a_zone_is_refused(string zone) =>
        Assert.Equal(CelIssueKind.AlwaysFails, Assert.Single(CompiledPolicy.Check($"request.at.getHours('{zone}') < 8 || timestamp('2026-01-01T00:00:00Z').getHours('{zone}') == 1")).Kind);

    [Fact]
    public void Resources_of_more_parts_than_are_told_permit_nothing_and_strike()
    {
        var set = new PolicySet("test", [Permit(new() { Condition = "!resources.exists(r, r.type == 'none')" })])
        {
            Applications = [.. Enumerable.Range(0, 2_501).Select(number => new CatalogueApplication($"a{number}", null, null, null))],
            Resources = [.. Enumerable.Range(0, 2_501).Select(number => new CatalogueEntry(null, $"shop/configmaps/c{number}-", $"a{number}"))],
        };
        var (one, two) = (new ResourceSelector("configmaps", "shop", ResourceMatch.All, null), new ResourceSelector("configmaps", "shop", ResourceMatch.Prefix, "c1-"));

        Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(set, For(one)).Outcome);
        Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(set, For(two, two with { Name = "c2-" })).Outcome);
        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(set, For(one, one with { Name = "c", Match = ResourceMatch.Prefix })).Outcome);
        var deny = Deny(new() { Condition = "resources.exists(r, r.type == 'none')" });
        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(set with { Rules = [Permit(), deny] }, For(one, one with { Name = "c", Match = ResourceMatch.Prefix })).Outcome);
    }

    [Fact]
    public void Standing_access_has_no_lifetime_that_a_condition_could_find_short()
    {
        var permit = Permit(new() { Condition = "request.lifetime <= duration('8h')" });
        var deny = Deny(new() { Condition = "request.lifetime > duration('8h')" });
        var aware = Permit(new() { Condition = "request.standing || request.lifetime <= duration('8h')" });
        var standing = Plain with { Lifetime = null };

        Assert.Equal(DecisionOutcome.Permit, Plain.Outcome(permit, deny));
        Assert.Equal(DecisionOutcome.Deny, standing.Outcome(permit));
        Assert.Equal(DecisionOutcome.Deny, standing.Outcome(Permit(), deny));
        Assert.Equal(DecisionOutcome.Permit, standing.Outcome(aware));
    }

    [Fact]
    public void An_approval_that_nobody_can_give_is_a_deny()
    {
        ApprovalRequirement?[] impossible = [null, new([], Hour), new([new(["security"], 0)], Hour), new([new([], 1)], Hour)];
        foreach (var approval in impossible)
            Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Permit(), Approve() with { Approval = approval }));
    }

    [Fact]
    public void Emergency_access_has_an_end_and_a_review()
    {
        var emergency = Plain with { BreakGlass = true };

        Assert.Equal(DecisionOutcome.Permit, emergency.Outcome(Asking.BreakGlass()));
        Assert.Equal(DecisionOutcome.Deny, emergency.Outcome(Asking.BreakGlass() with { Review = null }));
        Assert.Equal(DecisionOutcome.Deny, (emergency with { Lifetime = null }).Outcome(Asking.BreakGlass() with { MaxLifetime = null }));
    }

    [Fact]
    public void An_exception_that_ended_shortens_nothing_that_another_of_its_name_gives()
    {
        var deny = Deny() with { Exceptions = new(Hour, TwoOfSecurity) };
        ExceptionFact Exception(int minutes) => new("e", ["deny"], Plain.Entitlements, Plain.At.AddMinutes(minutes));

        var decision = (Plain with { Exceptions = [Exception(-5), Exception(30)] }).Decide(Permit(), deny);

        Assert.Equal(TimeSpan.FromMinutes(30), decision.Lifetime);
    }

    [Fact]
    public void Claims_whose_names_are_halves_of_characters_stop_no_decision()
    {
        var claims = new Dictionary<string, string>(StringComparer.Ordinal) { ["\ud800"] = "x", ["\ud801"] = "y" };
        var input = Plain with { Evidence = [new(NhiGrains.Domain.Evidence.EvidenceKind.OidcToken, "ci", "s", claims, Plain.At, "d")], Tags = claims };

        Assert.Equal(DecisionOutcome.Deny, input.Outcome(Permit(), Deny(new() { Condition = "evidence.exists(e, e.trust == 'ci')" })));
    }
}
