using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;
using static NhiGrains.Domain.Tests.Policies.Asking;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>Conditions about what the catalogue does not know of a resource.</summary>
public class UnknownResourcesTests
{
    private static readonly ResourceSelector Known = new("configmaps", "orders", ResourceMatch.Exact, "prices");
    private static readonly ResourceSelector Unknown = Known with { Container = "shop" };

    private static PolicySet SetOf(params PolicyRule[] rules) => new("test", rules)
    {
        Applications = [new("orders", null, "production", Sensitivity.Internal), new("web", null, "staging", Sensitivity.Internal)],
        Resources = [new(null, "orders/", "orders"), new(null, "web/", "web")],
    };

    private static DecisionOutcome Of(PolicyRule[] rules, params ResourceSelector[] resources) => PolicyEngine.Decide(SetOf(rules), For(resources)).Outcome;

    [Theory]
    [InlineData("!resources.exists(r, r.environment == 'production')")]
    [InlineData("resources.all(r, r.environment != 'production')")]
    [InlineData("resources.all(r, r.application != 'orders')")]
    [InlineData("!resources.exists(r, r['application'] == 'orders')")]
    [InlineData("resources.filter(r, r.environment == 'production').size() == 0")]
    [InlineData("resources.all(r, r.environment == '')")]
    public void A_condition_does_not_permit_what_nobody_has_catalogued(string condition)
    {
        PolicyRule[] permit = [Permit(new() { Condition = condition })];

        Assert.Equal(DecisionOutcome.Deny, Of(permit, Unknown));
        Assert.Equal(DecisionOutcome.Deny, Of(permit, Known with { Container = "web" }, Unknown));
        Assert.Equal(condition.Contains("''", StringComparison.Ordinal) ? DecisionOutcome.Deny : DecisionOutcome.Permit, Of(permit, Known with { Container = "web" }));
    }

    [Theory]
    [InlineData("resources.exists(r, r.application == 'orders')")]
    [InlineData("resources.exists(r, r.environment == 'production')")]
    [InlineData("resources.exists_one(r, r.environment == 'production')")]
    [InlineData("!resources.all(r, r.environment != 'production')")]
    public void A_condition_strikes_what_nobody_has_catalogued(string condition)
    {
        foreach (var strikes in new[] { Deny(new() { Condition = condition }), Approve(new() { Condition = condition }) })
        {
            var expected = strikes.Effect == PolicyEffect.Deny ? DecisionOutcome.Deny : DecisionOutcome.RequireApproval;
            Assert.Equal(expected, Of([Permit(), strikes], Unknown));
            Assert.Equal(expected, Of([Permit(), strikes], Known with { Container = "web" }, Unknown));
            Assert.Equal(expected, Of([Permit(), strikes], Known));
            Assert.Equal(DecisionOutcome.Permit, Of([Permit(), strikes], Known with { Container = "web" }));
        }
    }

    [Fact]
    public void What_is_true_of_one_resource_is_true_whatever_is_not_known_of_another()
    {
        PolicyRule[] permit = [Permit(new() { Condition = "resources.exists(r, r.application == 'orders')" })];

        Assert.Equal(DecisionOutcome.Permit, Of(permit, Unknown, Known));
        Assert.Equal(DecisionOutcome.Permit, Of([Permit(), Deny(new() { Condition = "resources.all(r, r.application == 'orders')" })], Unknown, Known with { Container = "web" }));
    }

    [Fact]
    public void A_condition_can_ask_whether_something_is_known()
    {
        PolicyRule[] permit = [Permit(new() { Condition = "resources.all(r, !has(r.application) || r.application != 'orders')" })];

        Assert.Equal(DecisionOutcome.Permit, Of(permit, Unknown));
        Assert.Equal(DecisionOutcome.Deny, Of(permit, Unknown, Known));
        Assert.Equal(DecisionOutcome.Permit, Of([Permit(), Deny(new() { Condition = "resources.exists(r, has(r.environment) && r.environment == 'production')" })], Unknown));
    }

    [Theory]
    [InlineData("resources.all(r, r.application != 'orders')", "no entry of the catalogue says the application of shop/configmaps/prices", "has(r.application)")]
    [InlineData("!resources.exists(r, r.environment == 'production')", "no entry of the catalogue says the environment of shop/configmaps/prices", "has(r.environment)")]
    [InlineData("identity.tags['none'] == 'x'", "it fails on this request", null)]
    public void Who_is_told_no_by_a_condition_that_cannot_be_told_is_told_why(string condition, string why, string? remedy)
    {
        foreach (var rules in new[] { new[] { Permit(new() { Condition = condition }) }, [Permit(), Deny(new() { Condition = condition })] })
        {
            var told = Assert.Single(Assert.Single(PolicyEngine.Decide(SetOf(rules), For(Known with { Container = "web" }, Unknown)).Findings).Differences);

            Assert.StartsWith($"condition: {condition} (", told, StringComparison.Ordinal);
            Assert.Contains(why, told, StringComparison.Ordinal);
            Assert.Contains(remedy ?? "", told, StringComparison.Ordinal);
        }
    }
}
