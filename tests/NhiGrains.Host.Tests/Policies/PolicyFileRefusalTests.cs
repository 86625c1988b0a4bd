using System.Text;
using NhiGrains.Host.Policies;

namespace NhiGrains.Host.Tests.Policies;

/// <summary>Each case is one edit of a valid file, and what is said of it: line, column and message.</summary>
public class PolicyFileRefusalTests
{
    // Rules begin in line 4 of the file, so the rule's name is there, at column 9.
    [Theory]
    [InlineData("kinds: [service-account", "kinds: [service-acount", "7:13: 'service-acount' is not known here; did you mean 'service-account'?")]
    [InlineData("effect: permit", "effect: Permit", "5:11: 'Permit' is not known here; did you mean 'permit'?")]
    [InlineData("effect: permit", "effect: maybe", "5:11: 'maybe' is not known here; it is one of: permit, deny, require-approval, break-glass.")]
    [InlineData("effect: permit", "effekt: permit", "4:3: A rule needs the key 'effect'.|5:3: A rule has no key 'effekt'; did you mean 'effect'?")]
    [InlineData("- name: cut\n  effect", "- effect", "4:3: A rule needs the key 'name'.")]
    [InlineData("environments:", "enviroments:", "8:5: A match has no key 'enviroments'; did you mean 'environments'?")]
    [InlineData("maxLifetime: 30m", "maxLifetime: 30 minutes", "15:16: '30 minutes' is no lifetime. Write it as 30m,")]
    [InlineData("maxLifetime: 30m", "maxLifetime: 3650d", "15:16: A lifetime is at most 365 days.")]
    [InlineData("maxLifetime: 30m", "maxLifetime: 0s", "15:16: A lifetime is at least one second.")]
    [InlineData("maxLifetime: 30m", "maxLifetime:", "15:3: 'maxLifetime' has no value;")]
    [InlineData("maxLifetime: 30m", "maxLifetime: [30m]", "15:16: 'maxLifetime' is a text that is not empty, but this is a list.")]
    [InlineData("standing: false", "standing: no", "14:15: 'standing' is true or false, but this is the text 'no'.")]
    [InlineData("standing: false", "standing: \"false\"", "14:15: 'standing' is true or false,")]
    [InlineData("standing: false", "standing: true", "13:21: Standing access has no lifetime,")]
    [InlineData("onlyVerbs: [read]", "onlyVerbs: []", "16:14: 'onlyVerbs' is an empty list;")]
    [InlineData("onlyVerbs: [read]", "onlyVerbs: read", "16:14: 'onlyVerbs' is a list, as in [a, b], but this is the text 'read'.")]
    [InlineData("onlyVerbs: [read]", "onlyVerbs: [read, read]", "16:21: 'read' is in 'onlyVerbs' twice.")]
    [InlineData("onlyVerbs: [read]", "onlyVerbs: [read, [write]]", "16:21: 'onlyVerbs' is a list of texts, but this is a list.")]
    [InlineData("onlyVerbs: [read]", "onlyVerbs: [\"*\"]", "16:15: '*' is not known here; it is one of: list, read, write, delete, invoke, use-credential.")]
    [InlineData("\"k8s:demo\"", "demo", "11:17: 'demo': A platform's id is")]
    [InlineData("[staging]", "[Staging]", "8:20: 'Staging' is no environment:")]
    [InlineData("shop/configmaps/", "shop/configmaps", "12:21: A prefix ends at a separator")]
    [InlineData("shop/configmaps/", "shop/*/", "12:21: There are no wildcards;")]
    [InlineData("tags: {app: billing}", "tags: {}", "9:11: 'tags' is empty;")]
    [InlineData("tags: {app: billing}", "tags: {app: [billing]}", "9:17: The value of the tag 'app' is a text, but this is a list.")]
    [InlineData("tags: {app: billing}", "tags: {app: a, app: b}", "9:20: The key 'app' is here twice (first in line 9).")]
    [InlineData("effect: permit", "effect: deny", "15:16: 'maxLifetime' limits a permit;|16:14: 'onlyVerbs' limits a permit;|17:31: 'allowControllerEnforcedEnd' limits a permit;")]
    public void A_rule_that_is_wrong_is_refused_at_its_place(string part, string edit, string expected)
    {
        var text = PolicyText.WithRules(PolicyText.Rule.Replace(part, edit, StringComparison.Ordinal));
        Expect(text, expected);
    }

    [Theory]
    [InlineData("", "1:1: The file is empty.")]
    [InlineData("# Only a comment.\n", "1:1: The file is empty.")]
    [InlineData("- a\n", "1:1: A policy file is a map with the keys format, name and rules, but this is a list.")]
    [InlineData("format: 1\nname: x\n", "1:1: A policy file needs the key 'rules'.")]
    [InlineData("format: 2\nname: x\nrules: []\n", "1:9: This reads format 1, not '2'.")]
    [InlineData("format: 1\nname: x\nrules: {}\n", "3:8: 'rules' is a list, but this is a map.")]
    [InlineData("format: 1\nname: x\nrules: [a]\n", "3:9: A rule is a map with the keys name, effect and match, but this is the text 'a'.")]
    [InlineData("format: 1\nname: x\nname: y\nrules: []\n", "3:1: The key 'name' is here twice (first in line 2).")]
    [InlineData("format: 1\nname: x\nrules: []\n---\nformat: 1\n", "4:1: A policy file is one document;")]
    [InlineData("format: 1\nname: x\nrules: [\n", "This is not YAML:")]
    [InlineData("format: 1\n\tname: x\n", "2:1: This is not YAML:")]
    [InlineData("format: 1\nname: &a x\nrules: []\n", "2:7: Anchors ('&') and aliases ('*') are not allowed;")]
    [InlineData("format: 1\nname: *a\nrules: []\n", "2:7: Anchors ('&') and aliases ('*') are not allowed;")]
    [InlineData("format: 1\nname: !!python/object x\nrules: []\n", "2:7: Tags ('!') are not allowed;")]
    [InlineData("format: 1\nname: x\nrules: []\n? [a]\n: b\n", "A key is a text.")]
    [InlineData("format: 1\nname: \"a\\nb\"\nrules: []\n", "2:7: A name is one line of at most 100 characters.")]
    public void A_file_that_is_no_policy_set_is_refused_at_its_place(string text, string expected) => Expect(text, expected);

    [Fact]
    public void Two_rules_of_one_name_are_refused() => Expect(
        PolicyText.WithRules("- {name: a, effect: deny, match: {}}\n- {name: a, effect: deny, match: {}}"),
        "5:10: A rule named 'a' is in line 4 already;");

    [Fact]
    public void A_permit_for_everything_is_refused() => Expect(
        PolicyText.WithRules("- {name: a, effect: permit, match: {}}"), "4:36: A permit with an empty match would permit everything");

    [Fact]
    public void A_permit_of_standing_access_for_a_while_matches_nothing_and_is_refused() => Expect(
        PolicyText.WithRules("- name: a\n  effect: permit\n  match: {standing: true}\n  maxLifetime: 30m"),
        "7:16: Standing access has no end and a permit with 'maxLifetime' does not match it,");

    [Fact]
    public void A_rule_without_a_match_is_refused() => Expect(
        PolicyText.WithRules("- {name: a, effect: deny}"), "4:3: A rule needs the key 'match'.");

    [Fact]
    public void A_bomb_of_aliases_is_refused_before_it_unfolds()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 10; level++)
            bomb.Append($"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]\n");
        Expect(bomb.ToString(), "1:5: Anchors ('&') and aliases ('*') are not allowed;");
    }

    [Fact]
    public void Deep_nesting_is_refused() => Expect(new string('[', 100_000), "1:18: This is nested more than 16 deep.");

    [Fact]
    public void A_file_that_is_too_large_is_refused() =>
        Expect(new string('#', PolicyFile.MaxBytes + 1), "p.yaml: The file is larger than 256 KB.");

    [Fact]
    public void A_file_of_the_largest_size_is_read() => Expect(new string('#', PolicyFile.MaxBytes), "1:1: The file is empty.");

    [Fact]
    public void A_file_that_is_no_text_is_refused() =>
        Assert.Equal("p.yaml: The file is not UTF-8 text.", Assert.Single(PolicyFile.Parse("p.yaml", [0x66, 0xC3, 0x28]).Problems).ToString());

    [Fact]
    public void A_flood_of_problems_is_cut_off()
    {
        var rules = string.Join('\n', Enumerable.Range(0, 900).Select(_ => "- x"));
        Assert.Equal(100, PolicyText.Load(PolicyText.WithRules(rules)).Problems.Count);
    }

    private static void Expect(string text, string expected)
    {
        var result = PolicyText.Load(text);
        var said = string.Join('\n', result.Problems);
        Assert.Null(result.Set);
        foreach (var part in expected.Split('|'))
            Assert.Contains(part, said, StringComparison.Ordinal);
    }
}
