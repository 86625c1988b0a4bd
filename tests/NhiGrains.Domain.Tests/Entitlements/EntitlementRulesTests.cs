using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Tests.Entitlements;

public class EntitlementRulesTests
{
    private static string? CodeOf(Entitlement entitlement) => EntitlementRules.Normalize(entitlement).Refusal?.Code;

    [Fact]
    public void A_valid_entitlement_comes_out_sorted_and_without_duplicates() =>
        Assert.Equal([Verb.Read, Verb.Write], EntitlementRules.Normalize(Some.Entitlement("a", Verb.Write, Verb.Read, Verb.Write)).Value.Verbs);

    [Fact]
    public void The_order_of_what_is_named_makes_no_other_entitlement()
    {
        static Entitlement Of(string[] networks, params (string Key, string Value)[] tags) => Some.Entitlement() with
        {
            Conditions = new(SourceCidrs: networks, ResourceTagEquals: tags.ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal)),
        };

        Assert.Equal(
            Canonical.Text(EntitlementRules.Normalize(Of(["10.0.0.0/8", "192.168.0.0/16"], ("a", "1"), ("b", "2"))).Value),
            Canonical.Text(EntitlementRules.Normalize(Of(["192.168.0.0/16", "10.0.0.0/8", "192.168.0.0/16"], ("b", "2"), ("a", "1"))).Value));
    }

    [Fact]
    public void Verbs_are_required() => Assert.Equal("VERBS_REQUIRED", CodeOf(Some.Entitlement() with { Verbs = [] }));

    [Theory]
    [InlineData("*")]
    [InlineData("a*")]
    [InlineData("a?b")]
    [InlineData("${aws:username}")]
    [InlineData("../other")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("")]
    public void A_name_with_metacharacters_is_refused(string name) => Assert.Equal("MALFORMED_RESOURCE", CodeOf(Some.Entitlement(name)));

    [Fact]
    public void A_prefix_ends_at_a_separator()
    {
        Entitlement Prefix(string name) => Some.Entitlement() with { Resources = [new("configmaps", "shop", ResourceMatch.Prefix, name)] };

        Assert.Null(CodeOf(Prefix("team-a/")));
        Assert.Equal("MALFORMED_RESOURCE", CodeOf(Prefix("team-a")));
    }

    [Fact]
    public void A_window_is_not_empty() =>
        Assert.Equal("EMPTY_WINDOW", CodeOf(Some.Entitlement() with { Conditions = new(NotBefore: Some.Noon, NotAfter: Some.Noon) }));

    [Theory]
    [InlineData(100, 200, null)]
    [InlineData(101, 200, "TOO_MANY_NATIVE_ACTIONS")]
    [InlineData(100, 201, "NATIVE_ACTION_TOO_LONG")]
    public void Native_actions_are_bounded(int count, int length, string? code) =>
        Assert.Equal(code, CodeOf(Some.Entitlement() with { NativeActions = [.. Enumerable.Repeat(new string('a', length), count)] }));

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "TOO_MANY_CIDRS")]
    public void Source_networks_are_bounded(int count, string? code) =>
        Assert.Equal(code, CodeOf(Some.Entitlement() with { Conditions = new(SourceCidrs: [.. Enumerable.Repeat("10.0.0.0/8", count)]) }));

    [Fact]
    public void A_wildcard_is_no_native_action() =>
        Assert.Equal("INVALID_NATIVE_ACTION", CodeOf(Some.Entitlement() with { NativeActions = ["s3:*"] }));
}
