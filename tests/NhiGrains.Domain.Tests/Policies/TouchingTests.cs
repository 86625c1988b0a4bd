using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;
using static NhiGrains.Domain.Tests.Policies.Asking;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>What a deny or an approval touches.</summary>
public class TouchingTests
{
    [Fact]
    public void What_the_catalogue_does_not_know_is_restricted_when_conditions_look_at_sensitivity()
    {
        var deny = new PolicyRule("deny", PolicyEffect.Deny, new() { Condition = "entitlement.sensitivity in ['confidential', 'restricted']" });
        var permit = new PolicyRule("permit", PolicyEffect.Permit, new(Platforms: [Some.Platform]));
        var set = new PolicySet("test", [permit, deny]) { Resources = [new(null, "known/", Sensitivity: Sensitivity.Internal)] };
        DecisionInput About(string container) => new("billing", default, "staging", Some.Profile.Tags, [Some.Entitlement() with { Resources = [new("configmaps", container, ResourceMatch.Exact, "a")] }], TimeSpan.FromHours(1));

        Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(set, About("known")).Outcome);
        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(set, About("unknown")).Outcome);
    }

    private static readonly ResourceSelector Config = new("configmaps", "shop", ResourceMatch.Exact, "settings");
    private static readonly ResourceSelector AllConfig = new("configmaps", "shop", ResourceMatch.All, null);
    private static readonly ResourceSelector ForeignSecret = new("secrets", "ops", ResourceMatch.Exact, "key");

    [Fact]
    public void It_is_one_resource_that_has_all_that_a_rule_names()
    {
        var secretsOfShop = Deny(new(ResourcePrefix: "shop/") { ResourceTypes = ["secrets"] });

        Assert.Equal(DecisionOutcome.Permit, For(Config, ForeignSecret).Outcome(Permit(), secretsOfShop));
        Assert.Equal(DecisionOutcome.Deny, For(Config, ForeignSecret with { Container = "shop" }).Outcome(Permit(), secretsOfShop));
    }

    [Fact]
    public void It_is_one_part_of_a_wide_selector_that_has_all_that_a_rule_names()
    {
        var rule = Deny(new(ResourcePrefix: "shop/configmaps/open-") { Sensitivities = [Sensitivity.Restricted] });
        var set = new PolicySet("test", [Permit(), rule])
        {
            Resources = [new(null, "shop/", Sensitivity: Sensitivity.Internal), new(null, "shop/configmaps/key-", Sensitivity: Sensitivity.Restricted)],
        };
        var worse = set with { Resources = [.. set.Resources, new(null, "shop/configmaps/open-key-", Sensitivity: Sensitivity.Restricted)] };

        Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(set, For(AllConfig)).Outcome);
        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(worse, For(AllConfig)).Outcome);
    }

    [Fact]
    public void What_the_catalogue_says_for_one_platform_hides_what_it_says_for_all()
    {
        var set = new PolicySet("test", [Permit(), Deny(new() { Sensitivities = [Sensitivity.Restricted] })])
        {
            Resources =
            [
                new(null, "shop/", Sensitivity: Sensitivity.Public), new(null, "shop/configmaps/key-", Sensitivity: Sensitivity.Restricted),
                new(Some.Platform, "shop/configmaps/key-", Sensitivity: Sensitivity.Public),
            ],
        };

        Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(set, For(AllConfig)).Outcome);
    }

    [Fact]
    public void All_containers_are_the_one_that_a_rule_names_as_well()
    {
        var all = new ResourceSelector("s3-bucket", "", ResourceMatch.All, null);

        Assert.Equal(DecisionOutcome.Deny, For(all).Outcome(Permit(), Deny(new(ResourcePrefix: "salaries/"))));
        Assert.Equal(DecisionOutcome.Permit, For(all).Outcome(Permit(), Deny(new(ResourcePrefix: "/namespaces/"))));
    }

    private static PolicySet OfTwoEnvironments(params PolicyRule[] rules) => new("test", rules)
    {
        Applications = [new("payroll", null, null, null)],
        Resources =
        [
            new(null, "shop/configmaps/", Environment: "staging", Sensitivity: Sensitivity.Internal),
            new(null, "shop/configmaps/prod-", Application: "payroll", Environment: "production", Sensitivity: Sensitivity.Confidential),
        ],
    };

    [Theory]
    [InlineData("resources.all(r, r.environment == 'staging')")]
    [InlineData("!resources.exists(r, r.environment == 'production')")]
    [InlineData("resources.all(r, !has(r.application) || r.application != 'payroll')")]
    [InlineData("resources.all(r, r.sensitivity == 'internal')")]
    public void A_condition_permits_what_it_is_true_of_in_every_part(string condition)
    {
        var set = OfTwoEnvironments(Permit(new() { Condition = condition }));

        Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(set, For(Config)).Outcome);
        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(set, For(AllConfig)).Outcome);
        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(set, For(Config, Config with { Name = "prod-a" })).Outcome);
    }

    [Theory]
    [InlineData("resources.exists(r, r.environment == 'production')")]
    [InlineData("resources.exists(r, r.environment == 'staging')")]
    [InlineData("resources.exists(r, r.application == 'payroll')")]
    [InlineData("resources.exists(r, r.sensitivity == 'confidential')")]
    [InlineData("resources.exists(r, r.sensitivity == 'internal')")]
    public void A_condition_denies_what_it_is_true_of_in_any_part(string condition)
    {
        var set = OfTwoEnvironments(Permit(), Deny(new() { Condition = condition }));

        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(set, For(AllConfig)).Outcome);
    }

    public static readonly TheoryData<PolicyMatch> OfDatabasePods =
        new(
            new PolicyMatch(ResourcePrefix: "shop/pods/db-"),
            new PolicyMatch { ResourceTypes = ["pods"] },
            new PolicyMatch(ResourcePrefix: "shop/pods/db-") { ResourceTypes = ["pods"] },
            new PolicyMatch(ResourcePrefix: "shop/pods/db-") { ResourceTypes = ["pods/eviction"] },
            new PolicyMatch { Sensitivities = [Sensitivity.Confidential] },
            new PolicyMatch(ResourcePrefix: "shop/pods/db-") { Sensitivities = [Sensitivity.Confidential] },
            new PolicyMatch { Applications = ["database"], ResourceTypes = ["pods"] });

    [Theory]
    [MemberData(nameof(OfDatabasePods))]
    public void Who_asks_for_a_part_of_a_resource_touches_the_resource(PolicyMatch match)
    {
        var set = new PolicySet("test", [Permit(), Deny(match)])
        {
            Applications = [new("database", null, null, null)],
            Resources = [new(null, "shop/", Application: "web", Sensitivity: Sensitivity.Internal), new(null, "shop/pods/db-", Application: "database", Sensitivity: Sensitivity.Confidential)],
        };
        var eviction = new ResourceSelector("pods/eviction", "shop", ResourceMatch.Exact, "db-0");

        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(set, For(eviction)).Outcome);
        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(set, For(eviction with { Match = ResourceMatch.Prefix, Name = "db-" })).Outcome);
        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(set, For(eviction with { Match = ResourceMatch.All, Name = null })).Outcome);
        if (match != new PolicyMatch { ResourceTypes = match.ResourceTypes })
            Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(set, For(eviction with { Name = "web-0" })).Outcome);
        Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(set, For(eviction with { Type = "jobs/status" })).Outcome);
    }

    [Fact]
    public void A_permit_of_a_resource_is_none_of_its_parts()
    {
        var exec = new ResourceSelector("pods/exec", "shop", ResourceMatch.Exact, "web-0");

        Assert.Equal(DecisionOutcome.Deny, For(exec).Outcome(Permit(new() { ResourceTypes = ["pods"] })));
        Assert.Equal(DecisionOutcome.Deny, For(exec).Outcome(Permit(new(ResourcePrefix: "shop/pods/web-"))));
    }

    [Theory]
    [InlineData("shop/pods/")]
    [InlineData("shop/pods/eviction/web-")]
    [InlineData("shop/pods/eviction/")]
    [InlineData("shop/")]
    public void A_permit_by_the_beginning_of_a_path_names_the_part_or_no_type_at_all(string prefix)
    {
        var eviction = new ResourceSelector("pods/eviction", "shop", ResourceMatch.Exact, "web-0");
        var covered = prefix != "shop/pods/";

        Assert.Equal(covered ? DecisionOutcome.Permit : DecisionOutcome.Deny, For(eviction).Outcome(Permit(new(ResourcePrefix: prefix))));
        Assert.Equal(covered ? DecisionOutcome.Permit : DecisionOutcome.Deny, For(eviction).Outcome(Permit() with { OnlyResources = [prefix] }));
        Assert.Equal(DecisionOutcome.Deny, For(eviction).Outcome(Permit(), Deny(new(ResourcePrefix: prefix))));
    }

    [Fact]
    public void What_is_left_of_several_resources_has_no_part_of_one_that_is_named()
    {
        var eviction = new ResourceSelector("pods/eviction", "shop", ResourceMatch.All, null);
        var pod = new ResourceSelector("pods", "shop", ResourceMatch.Exact, "web-0");

        var decision = For(pod, eviction).Decide(Permit() with { OnlyResources = ["shop/pods/"] });

        Assert.Equal((DecisionOutcome.PermitReduced, pod), (decision.Outcome, Assert.Single(Assert.Single(decision.Entitlements).Resources)));
    }

    [Fact]
    public void A_container_in_a_container_is_touched_by_what_is_said_of_what_is_in_it()
    {
        var schema = new ResourceSelector("schema", "shop", ResourceMatch.Exact, "public");
        var set = new PolicySet("test", [Permit(), Deny(new() { Sensitivities = [Sensitivity.Restricted] })])
        {
            Resources = [new(null, "shop/", Sensitivity: Sensitivity.Internal), new(null, "shop/public/", Sensitivity: Sensitivity.Restricted)],
        };

        Assert.Equal(DecisionOutcome.Deny, For(schema).Outcome(Permit(), Deny(new(ResourcePrefix: "shop/public/"))));
        Assert.Equal(DecisionOutcome.Deny, For(schema).Outcome(Permit(), Deny(new(ResourcePrefix: "shop/public/table/pay-"))));
        Assert.Equal(DecisionOutcome.Permit, For(schema with { Name = "public2" }).Outcome(Permit(), Deny(new(ResourcePrefix: "shop/public/"))));
        Assert.Equal(DecisionOutcome.Permit, For(AllConfig).Outcome(Permit(), Deny(new(ResourcePrefix: "shop/secrets/"))));
        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(set, For(schema)).Outcome);
        Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(set, For(schema with { Name = "public2" })).Outcome);
    }

    [Fact]
    public void Who_asks_for_more_than_an_approval_covers_does_not_escape_its_limits()
    {
        var permit = Permit() with { AllowControllerEnforcedEnd = true, Bundle = BundleMode.BestEffort };
        var approve = Approve(new(ResourcePrefix: "shop/configmaps/key-")) with { MaxLifetime = Hour / 2, OnlyVerbs = [Verb.Read], OnlyExact = true };

        var narrow = For(Config with { Name = "key-1" }).Decide(permit, approve);
        var wide = For(AllConfig).Decide(permit, approve);

        foreach (var decision in new[] { narrow, wide })
        {
            Assert.Equal(DecisionOutcome.RequireApproval, decision.Outcome);
            Assert.Equal(Hour / 2, decision.Lifetime);
            Assert.Equal([Verb.Read], Assert.Single(decision.Entitlements).Verbs);
            Assert.True(decision.OnlyExact);
            Assert.False(decision.AllowsControllerEnforcedEnd);
            Assert.Equal(BundleMode.AllOrNothing, decision.Bundle);
        }
    }
}
