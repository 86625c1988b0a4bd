using System.Text.Json;
using NhiGrains.Host.Policies;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Host.Tests.Policies;

/// <summary>Editors go by the JSON Schema, the loader by itself: what the loader says it knows is what the schema says.</summary>
public class PolicySchemaTests
{
    private const string Unknown = "zzzzzzzzzzzzzzzz";

    private static readonly JsonElement Schema =
        JsonDocument.Parse(File.ReadAllText(Checkout.PathOf("docs/policy-set.schema.json"))).RootElement;

    private static JsonElement Definition(string name) => Schema.GetProperty("$defs").GetProperty(name);

    [Fact]
    public void The_keys_of_the_file_are_those_of_the_schema() =>
        Assert.Equal(Keys(Schema), Known($"{Unknown}: 1"));

    [Fact]
    public void The_keys_of_a_rule_are_those_of_the_schema() =>
        Assert.Equal(Keys(Definition("rule")), Known(PolicyText.WithRules($"- {{{Unknown}: 1}}")));

    [Fact]
    public void The_keys_of_a_match_are_those_of_the_schema() =>
        Assert.Equal(Keys(Definition("match")), Known(PolicyText.WithRules($"- {{match: {{{Unknown}: 1}}}}")));

    [Fact]
    public void The_verbs_are_those_of_the_schema() =>
        Assert.Equal(Enum(Definition("verbs").GetProperty("items")), Known(PolicyText.WithRules($"- {{onlyVerbs: [{Unknown}]}}")));

    [Fact]
    public void The_kinds_are_those_of_the_schema() =>
        Assert.Equal(
            Enum(Definition("kinds").GetProperty("items")),
            Known(PolicyText.WithRules($"- {{match: {{kinds: [{Unknown}]}}}}")));

    [Fact]
    public void The_bundles_are_those_of_the_schema() =>
        Assert.Equal(Enum(Definition("rule").GetProperty("properties").GetProperty("bundle")), Known(PolicyText.WithRules($"- {{bundle: {Unknown}}}")));

    [Fact]
    public void What_the_schema_requires_is_required()
    {
        var said = string.Join('\n', PolicyText.Load("rules: [{}]").Problems);
        foreach (var key in Enum(Definition("rule"), "required"))
            Assert.Contains($"A rule needs the key '{key}'", said, StringComparison.Ordinal);
        said = string.Join('\n', PolicyText.Load("{}").Problems);
        foreach (var key in Enum(Schema, "required").Append("rules"))
            Assert.Contains($"A policy file needs the key '{key}'", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_part_of_a_set_is_enough_for_a_file()
    {
        string[] parts = [.. Keys(Schema).Except(["format", "name"])];

        Assert.Equal(parts.Order(), Schema.GetProperty("anyOf").EnumerateArray().Select(one => Assert.Single(Enum(one, "required"))).Order());
        foreach (var part in parts)
            Assert.DoesNotContain(PolicyText.Load($"format: 1\nname: a\n{part}: []").Problems, problem => problem.Message.Contains("needs the key", StringComparison.Ordinal));
    }

    // The loader takes a text without its quotation marks, and a number in them.
    [Fact]
    public void What_the_loader_takes_in_other_types_the_schema_takes_as_well()
    {
        const string text = "format: '1'\nname: 7\nrules:\n- {name: 1, effect: require-approval, match: {teams: [7, true, x]}, approvers: [{groups: [1], count: '2'}]}\n";

        Assert.Empty(PolicyText.Load(text).Problems);
        Assert.Equal("[1,\"1\"]", Schema.GetProperty("properties").GetProperty("format").GetProperty("enum").GetRawText().Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(["string", "number", "boolean"], Enum(Definition("name"), "type"));
        Assert.Equal(["string", "number", "boolean"], Enum(Definition("texts").GetProperty("items"), "type"));
        Assert.Equal(["integer", "string"], Enum(Definition("approvers").GetProperty("items").GetProperty("properties").GetProperty("count"), "type"));
    }

    [Theory]
    [InlineData("application", "applications: [{0}]")]
    [InlineData("resource", "resources: [{0}]")]
    public void The_keys_of_the_catalogue_are_those_of_the_schema(string definition, string text) =>
        Assert.Equal(Keys(Definition(definition)), Known(text.Replace("{0}", $"{{{Unknown}: 1}}", StringComparison.Ordinal)));

    [Theory]
    [InlineData("rule", "meanwhile")]
    [InlineData("rule", "exceptions")]
    [InlineData("rule", "review")]
    public void The_keys_of_a_part_of_a_rule_are_those_of_the_schema(string definition, string part) =>
        Assert.Equal(Keys(Definition(definition).GetProperty("properties").GetProperty(part)), Known(PolicyText.WithRules($"- {{{part}: {{{Unknown}: 1}}}}")));

    [Theory]
    [InlineData("approvers", "- {approvers: [{0}]}")]
    [InlineData("evidence", "- {match: {evidence: [{0}]}}")]
    [InlineData("evidence", "- {match: {evidenceMissing: [{0}]}}")]
    public void The_keys_of_what_a_list_holds_are_those_of_the_schema(string definition, string rule) =>
        Assert.Equal(Keys(Definition(definition).GetProperty("items")), Known(PolicyText.WithRules(rule.Replace("{0}", $"{{{Unknown}: 1}}", StringComparison.Ordinal))));

    [Fact]
    public void The_keys_of_a_window_are_those_of_the_schema() => Assert.Equal(
        Keys(Definition("match").GetProperty("properties").GetProperty("during")), Known(PolicyText.WithRules($"- {{match: {{during: {{{Unknown}: 1}}}}}}")));

    [Theory]
    [InlineData("effect", "- {effect: {0}}")]
    [InlineData("match/sensitivities", "- {match: {sensitivities: [{0}]}}")]
    [InlineData("match/riskAtLeast", "- {match: {riskAtLeast: {0}}}")]
    [InlineData("match/riskBelow", "- {match: {riskBelow: {0}}}")]
    public void The_choices_are_those_of_the_schema(string path, string rule) =>
        Assert.Equal(Enum(ChoiceAt(path)), Known(PolicyText.WithRules(rule.Replace("{0}", Unknown, StringComparison.Ordinal))));

    private static JsonElement ChoiceAt(string path)
    {
        var parts = path.Split('/');
        var found = Definition(parts.Length == 1 ? "rule" : parts[0]).GetProperty("properties").GetProperty(parts[^1]);
        found = found.TryGetProperty("items", out var items) ? items : found;
        return found.TryGetProperty("$ref", out var name) ? Definition((name.GetString() ?? "").Split('/')[^1]) : found;
    }

    private static string[] Keys(JsonElement schema) => [.. schema.GetProperty("properties").EnumerateObject().Select(member => member.Name)];

    private static string[] Enum(JsonElement schema, string member = "enum") =>
        [.. schema.GetProperty(member).EnumerateArray().Select(value => value.GetString() ?? "")];

    // The loader answers an unknown name with the ones that it knows.
    private static string[] Known(string text)
    {
        const string list = "it is one of: ";
        var said = PolicyText.Load(text).Problems.Single(problem => problem.Message.Contains(Unknown, StringComparison.Ordinal)).Message;
        return said[(said.IndexOf(list, StringComparison.Ordinal) + list.Length)..].TrimEnd('.').Split(", ");
    }
}
