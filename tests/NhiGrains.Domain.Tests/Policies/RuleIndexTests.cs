using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

public class RuleIndexTests
{
    private static readonly string[] Prefixes = ["", "a", "a/", "a/b/", "a/b/t/", "a/t/", "a/t/n", "a/t/n/x", "ab/", "/", "/t/", "/t/a", "t/"];

    private static readonly ResourceSelector[] Selectors =
    [
        .. from container in (string[])["", "a", "a/b", "ab", "b", "/"]
           from name in (string[])["a", "a/", "a/b", "ab", "n", "n/x"]
           from match in (ResourceMatch[])[ResourceMatch.Exact, ResourceMatch.Prefix]
           select new ResourceSelector("t", container, match, name),
        .. from container in (string[])["", "a", "a/b", "ab", "b", "/"] select new ResourceSelector("t", container, ResourceMatch.All, null),
    ];

    private static readonly CompiledPolicy Policy = CompiledPolicy.Of(
        new("prefixes", [.. Prefixes.Select(prefix => new PolicyRule($"rule '{prefix}'", PolicyEffect.Deny, new(ResourcePrefix: prefix)))]));

    [Fact]
    public void A_rule_that_matches_one_resource_is_never_left_out()
    {
        foreach (var selector in Selectors)
            Check([selector]);
    }

    [Fact]
    public void A_rule_that_matches_some_of_several_resources_is_never_left_out()
    {
        foreach (var first in Selectors)
        {
            foreach (var second in Selectors)
                Check([first, second]);
        }
    }

    [Fact]
    public void Without_resources_no_rule_is_left_out() => Assert.Equal(Policy.Rules, Policy.Candidates(Asking([])));

    [Fact]
    public void Rules_about_other_containers_are_left_out() =>
        Assert.Equal(["rule ''", "rule 'a'", "rule 'ab/'"], Policy.Candidates(Asking([new("t", "ab", ResourceMatch.Exact, "n")])).Select(rule => rule.Rule.Name));

    [Fact]
    public void Whether_a_resource_begins_so_is_what_its_path_says()
    {
        foreach (var selector in Selectors)
            Assert.All(Prefixes, prefix => Assert.Equal(ResourcePaths.PathOf(selector).StartsWith(prefix, StringComparison.Ordinal), ResourcePaths.Covers(prefix, selector)));
    }

    private static void Check(ResourceSelector[] resources)
    {
        var question = Asking(resources);
        var matching = Policy.Rules.Where(rule => Matching.Matches(rule, question, Fit.Touches) || Matching.Matches(rule, question, Fit.Covers));
        Assert.Empty(matching.Except(Policy.Candidates(question)));
    }

    private static Question Asking(ResourceSelector[] resources)
    {
        var entitlement = new Entitlement("aws:prod", [Verb.Read], resources, Conditions.None);
        return new(new("batch", IdentityKind.Bot, "production", new Dictionary<string, string>(), [entitlement], TimeSpan.FromHours(1)), entitlement, Policy.Catalogue);
    }
}
