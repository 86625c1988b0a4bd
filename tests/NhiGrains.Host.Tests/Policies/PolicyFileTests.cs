using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Host.Tests.Policies;

public class PolicyFileTests
{
    [Fact]
    public void A_file_becomes_the_policy_set_that_it_says()
    {
        var rule = Assert.Single(PolicyText.Valid().Rules);
        Assert.Equal("cut", rule.Name);
        Assert.Equal(PolicyEffect.Permit, rule.Effect);
        Assert.Equal([IdentityKind.ServiceAccount, IdentityKind.AiAgent], rule.Match.Kinds);
        Assert.Equal(["staging"], rule.Match.Environments);
        Assert.Equal("billing", rule.Match.Tags?["app"]);
        Assert.Equal([Verb.Read, Verb.UseCredential], rule.Match.Verbs);
        Assert.Equal(["k8s:demo"], rule.Match.Platforms);
        Assert.Equal("shop/configmaps/", rule.Match.ResourcePrefix);
        Assert.Equal(TimeSpan.FromHours(8), rule.Match.LifetimeAtMost);
        Assert.False(rule.Match.Standing);
        Assert.Equal(TimeSpan.FromMinutes(30), rule.MaxLifetime);
        Assert.Equal([Verb.Read], rule.OnlyVerbs);
        Assert.True(rule.AllowControllerEnforcedEnd);
    }

    [Fact]
    public void A_permit_says_whether_it_has_to_be_exact_and_what_becomes_of_several_platforms()
    {
        var rule = Assert.Single(PolicyText.Valid("- {name: r, effect: permit, match: {platforms: [\"k8s:demo\"]}, onlyExact: true, bundle: best-effort}").Rules);
        Assert.True(rule.OnlyExact);
        Assert.Equal(BundleMode.BestEffort, rule.Bundle);
        Assert.Equal(BundleMode.AllOrNothing, Assert.Single(PolicyText.Valid("- {name: r, effect: permit, match: {platforms: [\"k8s:demo\"]}}").Rules).Bundle);
    }

    [Fact]
    public void What_is_left_out_matches_everything()
    {
        var match = Assert.Single(PolicyText.Valid("- {name: no-standing, effect: deny, match: {standing: true}}").Rules).Match;
        Assert.Equal(new PolicyMatch(Standing: true), match);
    }

    [Fact]
    public void Order_and_comments_change_no_version()
    {
        const string swapped = "# A comment.\nrules: [{match: {standing: true}, effect: deny, name: r}]\nname: set\nformat: 1\n";
        var one = PolicyText.Valid("- {name: r, effect: deny, match: {standing: true}}").Version;
        Assert.Equal(one, PolicyText.Load(swapped).Set?.Version);
    }

    [Fact]
    public void The_order_of_tags_and_claims_changes_no_version()
    {
        const string rule = "- {name: r, effect: deny, match: {tags: {a: x, b: y}, evidence: [{kind: oidc-token, claims: {c: x, d: y}}]}}";
        var turned = rule.Replace("a: x, b: y", "b: y, a: x", StringComparison.Ordinal).Replace("c: x, d: y", "d: y, c: x", StringComparison.Ordinal);

        Assert.NotEqual(rule, turned);
        Assert.Equal(PolicyText.Valid(rule).Version, PolicyText.Valid(turned).Version);
    }

    [Theory]
    [InlineData(1_000, 0)]
    [InlineData(1_001, 1)]
    [InlineData(1_500, 1)]
    public void Too_many_risk_responses_are_a_problem_and_none_is_left_out(int count, int problems)
    {
        var text = $"format: 1\nname: set\nriskResponses:\n{string.Concat(Enumerable.Repeat("- {atLeast: high, action: suspend}\n", count))}";

        var result = PolicyText.Load(text);

        Assert.Equal(problems, result.Problems.Count);
        if (problems == 0)
            Assert.Equal(count, result.Set?.RiskResponses.Count);
        else
            Assert.Equal((1_004, true), (result.Problems[0].Line, result.Problems[0].Message.Contains("at most 1000", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_byte_order_mark_is_no_content() =>
        Assert.Empty(PolicyText.Load("\uFEFFformat: 1\nname: set\nrules: []\n").Problems);

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var problems = PolicyText.Load("format: 2\nnaem: x\nrules:\n- {name: r, effect: maybe, match: {kinds: []}}\n- {name: r, effect: deny, match: {}}\n").Problems;
        Assert.Equal([1, 1, 2, 4, 4, 5], problems.Select(problem => problem.Line));
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_problem_and_no_exception()
    {
        var result = PolicyFile.Load("/nowhere/policy.yaml");
        Assert.Null(result.Set);
        Assert.Equal("/nowhere/policy.yaml: There is no such file.", Assert.Single(result.Problems).ToString());
    }

    [Fact]
    public void A_folder_is_a_problem_and_no_exception() =>
        Assert.Single(PolicyFile.Load(AppContext.BaseDirectory).Problems);

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("30m", 30 * 60)]
    [InlineData("8h", 8 * 3600)]
    [InlineData("7d", 7 * 86400)]
    [InlineData("1h30m", 90 * 60)]
    [InlineData("PT8H", 8 * 3600)]
    [InlineData("P1DT1S", 86401)]
    [InlineData("365d", 365 * 86400)]
    public void Lifetimes_are_written_short_or_as_ISO_8601_does(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Lifetimes.Parse(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("30")]
    [InlineData("0s")]
    [InlineData("-1h")]
    [InlineData("1m1h")]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("366d")]
    [InlineData("999999d999999h")]
    [InlineData("1.5h")]
    [InlineData("8h\n")]
    public void Other_lifetimes_are_refused(string text) => Assert.False(Lifetimes.Parse(text).IsOk);

    [Fact]
    public void The_policy_set_of_the_demo_is_valid()
    {
        var result = PolicyFile.Load(Checkout.PathOf("deploy/demo/policy.yaml"));
        Assert.Empty(result.Problems);
        Assert.NotEmpty(result.Set?.Rules ?? []);
    }
}
