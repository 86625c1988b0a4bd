using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

public class PolicyEngineTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static Decision Decide(Entitlement entitlement, TimeSpan? lifetime, params PolicyRule[] rules) =>
        PolicyEngine.Decide(new PolicySet("test", rules), new("billing", Some.Profile.Kind, "staging", Some.Profile.Tags, [entitlement], lifetime));

    private static PolicyRule Permit(PolicyMatch? match = null, TimeSpan? max = null, Verb[]? only = null) =>
        new("permit", PolicyEffect.Permit, match ?? new(), max, only);

    [Fact]
    public void No_match_is_a_deny() =>
        Assert.Equal(DecisionOutcome.Deny, Decide(Some.Entitlement(), Hour, Permit(new(Environments: ["production"]))).Outcome);

    [Fact]
    public void A_deny_beats_a_permit_in_either_order()
    {
        var deny = new PolicyRule("deny", PolicyEffect.Deny, new(Verbs: [Verb.Delete]));

        Assert.Equal(DecisionOutcome.Deny, Decide(Some.Entitlement("a", Verb.Read, Verb.Delete), Hour, Permit(), deny).Outcome);
        Assert.Equal(DecisionOutcome.Deny, Decide(Some.Entitlement("a", Verb.Read, Verb.Delete), Hour, deny, Permit()).Outcome);
        Assert.Equal(DecisionOutcome.Permit, Decide(Some.Entitlement("a", Verb.Read), Hour, deny, Permit()).Outcome);
    }

    [Fact]
    public void A_permit_may_be_shorter_and_have_fewer_verbs()
    {
        var decision = Decide(Some.Entitlement("a", Verb.Read, Verb.Write), Hour, Permit(max: Hour / 2, only: [Verb.Read]));

        Assert.Equal(DecisionOutcome.PermitReduced, decision.Outcome);
        Assert.Equal(Hour / 2, decision.Lifetime);
        Assert.Equal([Verb.Read], Assert.Single(decision.Entitlements).Verbs);
    }

    [Fact]
    public void A_permit_of_only_some_verbs_cuts_native_actions_and_says_so()
    {
        var asked = Some.Entitlement("a", Verb.Read) with { NativeActions = ["k8s:configmaps:delete"] };

        var decision = Decide(asked, Hour, Permit(only: [Verb.Read]));

        Assert.Equal(DecisionOutcome.PermitReduced, decision.Outcome);
        Assert.Null(Assert.Single(decision.Entitlements).NativeActions);
        Assert.Equal([Verb.Read], Assert.Single(decision.Entitlements).Verbs);
        Assert.Contains("Cut: the native actions k8s:configmaps:delete.", decision.Reasons);
        Assert.Equal(DecisionOutcome.Permit, Decide(asked, Hour, Permit()).Outcome);
    }

    [Fact]
    public void Nothing_but_native_actions_is_denied_by_a_permit_of_only_some_verbs()
    {
        var native = Some.Entitlement() with { Verbs = [], NativeActions = ["k8s:configmaps:delete"] };
        var mixed = Some.Entitlement("a", Verb.Write) with { NativeActions = ["k8s:configmaps:delete"] };

        Assert.Equal(DecisionOutcome.Deny, Decide(native, Hour, Permit(only: [Verb.Read])).Outcome);
        Assert.Equal(DecisionOutcome.Deny, Decide(mixed, Hour, Permit(only: [Verb.Read])).Outcome);
        Assert.Equal(DecisionOutcome.Permit, Decide(native, Hour, Permit()).Outcome);
    }

    [Fact]
    public void A_deny_that_names_verbs_strikes_native_actions()
    {
        var deny = new PolicyRule("deny", PolicyEffect.Deny, new(Verbs: [Verb.Delete]));
        var asked = Some.Entitlement("a", Verb.Read) with { NativeActions = ["k8s:configmaps:delete"] };

        Assert.Equal(DecisionOutcome.Deny, Decide(asked, Hour, Permit(), deny).Outcome);
        Assert.Equal(DecisionOutcome.Permit, Decide(asked with { NativeActions = null }, Hour, Permit(), deny).Outcome);
    }

    [Fact]
    public void A_permit_with_a_longest_lifetime_permits_no_standing_access()
    {
        Assert.Equal(DecisionOutcome.Deny, Decide(Some.Entitlement(), null, Permit(max: Hour / 2)).Outcome);
        Assert.Equal(DecisionOutcome.PermitReduced, Decide(Some.Entitlement(), Hour, Permit(max: Hour / 2)).Outcome);
        Assert.Equal(DecisionOutcome.Permit, Decide(Some.Entitlement(), null, Permit(max: Hour / 2), Permit(new(Standing: true))).Outcome);
    }

    [Fact]
    public void A_permit_that_does_not_match_cuts_nothing_of_what_another_permits()
    {
        var asked = Some.Entitlement("a", Verb.Read, Verb.Write) with { NativeActions = ["k8s:configmaps:delete"] };
        var strict = Permit(max: Hour / 2, only: [Verb.Read]) with { Name = "strict" };
        var wide = Permit(new(Environments: ["staging"])) with { Name = "wide", AllowControllerEnforcedEnd = true };

        var standing = Decide(asked, null, strict, wide);
        var elsewhere = Decide(asked, Hour, strict with { Match = new(Environments: ["production"]) }, wide);

        foreach (var decision in new[] { standing, elsewhere })
        {
            Assert.Equal(DecisionOutcome.Permit, decision.Outcome);
            Assert.Equal(Canonical.Text(asked), Canonical.Text(Assert.Single(decision.Entitlements)));
            Assert.True(decision.AllowsControllerEnforcedEnd);
            Assert.Equal(["wide"], decision.MatchedRules);
            Assert.Equal(["Rule 'wide' permits it."], decision.Reasons);
        }

        Assert.Equal(Hour, elsewhere.Lifetime);
    }

    [Fact]
    public void A_permit_that_names_a_prefix_covers_the_whole_selector_or_nothing()
    {
        var rule = Permit(new(ResourcePrefix: "shop/configmaps/team-a-"));
        var all = Some.Entitlement() with { Resources = [new("configmaps", "shop", ResourceMatch.All, null)] };

        Assert.Equal(DecisionOutcome.Permit, Decide(Some.Entitlement("team-a-x"), Hour, rule).Outcome);
        Assert.Equal(DecisionOutcome.Deny, Decide(Some.Entitlement("team-b"), Hour, rule).Outcome);
        Assert.Equal(DecisionOutcome.Deny, Decide(all, Hour, rule).Outcome);
    }

    [Fact]
    public void A_deny_that_names_a_prefix_strikes_a_selector_that_reaches_into_it()
    {
        var deny = new PolicyRule("deny", PolicyEffect.Deny, new(ResourcePrefix: "shop/configmaps/secret-"));
        var all = Some.Entitlement() with { Resources = [new("configmaps", "shop", ResourceMatch.All, null)] };

        Assert.Equal(DecisionOutcome.Deny, Decide(all, Hour, Permit(), deny).Outcome);
        Assert.Equal(DecisionOutcome.Permit, Decide(Some.Entitlement("settings"), Hour, Permit(), deny).Outcome);
    }

    [Fact]
    public void The_same_input_gives_the_same_decision_byte_for_byte() =>
        Assert.Equal(Canonical.Text(Decide(Some.Entitlement(), Hour, Permit())), Canonical.Text(Decide(Some.Entitlement(), Hour, Permit())));

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(10L * 365 * 24 * 3600)]
    public void An_impossible_lifetime_is_refused(long seconds) =>
        Assert.Equal("INVALID_LIFETIME", PolicyEngine.CheckLifetime(TimeSpan.FromSeconds(seconds))?.Code);

    [Fact]
    public void The_strictest_of_the_permits_says_whether_it_has_to_be_exact_and_all_or_nothing()
    {
        var lax = new PolicyRule("lax", PolicyEffect.Permit, new(), Bundle: BundleMode.BestEffort);
        var strict = new PolicyRule("strict", PolicyEffect.Permit, new(), OnlyExact: true);

        Assert.Equal((false, BundleMode.BestEffort), Modes(lax));
        Assert.Equal((true, BundleMode.AllOrNothing), Modes(lax, strict));
        Assert.Equal((true, BundleMode.AllOrNothing), Modes(strict, lax));

        static (bool, BundleMode) Modes(params PolicyRule[] rules) =>
            Decide(Some.Entitlement(), Hour, rules) is var decision ? (decision.OnlyExact, decision.Bundle) : default;
    }

    [Theory]
    [InlineData("s3-bucket", "", "salaries", true)]
    [InlineData("s3-object", "salaries", "2026.csv", true)]
    [InlineData("s3-bucket", "", "salaries-2", false)]
    [InlineData("s3-object", "orders", "salaries", false)]
    [InlineData("namespaces", "", "salaries", true)]
    public void A_deny_of_what_is_in_a_container_strikes_the_container_itself(string type, string container, string name, bool struck)
    {
        var deny = new PolicyRule("deny", PolicyEffect.Deny, new(ResourcePrefix: "salaries/"));
        var asked = Some.Entitlement() with { Resources = [new(type, container, ResourceMatch.Exact, name)] };

        Assert.Equal(struck ? DecisionOutcome.Deny : DecisionOutcome.Permit, Decide(asked, Hour, Permit(), deny).Outcome);
    }
}
