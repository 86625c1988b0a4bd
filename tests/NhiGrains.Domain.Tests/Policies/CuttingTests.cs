using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;
using static NhiGrains.Domain.Tests.Policies.Asking;

namespace NhiGrains.Domain.Tests.Policies;

public class CuttingTests
{
    private static readonly ResourceSelector All = new("configmaps", "shop", ResourceMatch.All, null);

    private static Decision Only(DecisionInput input, params string[] prefixes) => input.Decide(Permit() with { OnlyResources = prefixes });

    [Fact]
    public void What_is_wider_is_narrowed_and_what_is_outside_is_cut()
    {
        var decision = Only(For(All, new("secrets", "shop", ResourceMatch.Exact, "x")), "shop/configmaps/a-");

        Assert.Equal(DecisionOutcome.PermitReduced, decision.Outcome);
        Assert.Equal([new("configmaps", "shop", ResourceMatch.Prefix, "a-")], Assert.Single(decision.Entitlements).Resources);
        Assert.Contains("The resources were narrowed to shop/configmaps/a-(prefix).", decision.Reasons);
    }

    [Fact]
    public void Prefixes_within_each_other_cut_nothing_twice()
    {
        Assert.Equal(DecisionOutcome.Permit, Only(For(All), "shop/", "shop/configmaps/a-").Outcome);
        Assert.Equal("a-", Assert.Single(Only(For(All), "shop/configmaps/a-", "shop/configmaps/a-b-").Entitlements[0].Resources).Name);
    }

    [Fact]
    public void The_order_in_which_resources_are_asked_for_is_no_cut()
    {
        var one = new ResourceSelector("configmaps", "shop", ResourceMatch.Exact, "z");
        var input = For(one, one with { Name = "a" });

        var decision = Only(input, "shop/");

        Assert.Equal(DecisionOutcome.Permit, decision.Outcome);
        Assert.Equal(Canonical.Text(input.Entitlements), Canonical.Text(decision.Entitlements));
    }

    [Fact]
    public void When_nothing_is_left_the_rules_that_left_nothing_are_found()
    {
        var decision = Only(For(All), "ops/");

        Assert.Equal(DecisionOutcome.Deny, decision.Outcome);
        Assert.True(Assert.Single(decision.Findings) is { Rule: "permit", Matched: true });
    }

    [Fact]
    public void When_a_ticket_is_missing_the_rule_that_wants_it_is_found()
    {
        var decision = Plain.Decide(Permit(), Permit(new(Environments: ["production"]), "elsewhere"), Permit(name: "ticket") with { TicketRequired = true });

        Assert.Equal(DecisionOutcome.Deny, decision.Outcome);
        Assert.Equal(["Rule 'ticket' wants the number of a ticket with the request."], decision.Reasons);
        Assert.Equal("ticket", Assert.Single(decision.Findings).Rule);
    }
}
