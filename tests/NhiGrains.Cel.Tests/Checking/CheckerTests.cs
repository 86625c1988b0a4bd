namespace NhiGrains.Cel.Tests.Checking;

/// <summary>Types are found, or refused at their place (Language Definition, <i>Gradual Type Checking</i>).</summary>
public sealed class CheckerTests
{
    private static readonly CelAttribute[] Declared =
    [
        new("name", CelType.String),
        new("tags", CelType.Map(CelType.String, CelType.String)),
        new("verbs", CelType.List(CelType.String)),
        new("identity.kind", CelType.String),
        new("identity", CelType.Map(CelType.String, CelType.Int)),
        new("at", CelType.Timestamp),
        new("any", CelType.Dyn),
    ];

    [Theory]
    [InlineData("name", "string")]
    [InlineData("tags.team", "string")]
    [InlineData("verbs[0]", "string")]
    [InlineData("identity.kind", "string")]
    [InlineData("identity.age", "int")]
    [InlineData("has(tags.team)", "bool")]
    [InlineData("any.what.ever[1]", "dyn")]
    [InlineData("verbs.map(v, size(v))", "list(int)")]
    [InlineData("verbs.filter(v, v == name)", "list(string)")]
    [InlineData("tags.map(k, tags[k])", "list(string)")]
    [InlineData("[1, 'a']", "list(dyn)")]
    [InlineData("[]", "list(dyn)")]
    [InlineData("[[], [1]]", "list(list(int))")]
    [InlineData("{'a': 1}", "map(string, int)")]
    [InlineData("at - at", "google.protobuf.Duration")]
    [InlineData("at + duration('1h')", "google.protobuf.Timestamp")]
    [InlineData("true ? 1 : any", "dyn")]
    [InlineData("type(1)", "type(int)")]
    [InlineData("any + any", "dyn")]
    [InlineData("any < 3", "bool")]
    public void An_expression_has_its_type(string expression, string type)
    {
        var compiled = new CelEnvironment(Declared).Compile(expression);
        Assert.True(compiled.IsOk, string.Join("; ", compiled.Issues));
        Assert.Equal(type, compiled.Program.Type.ToString());
    }

    [Theory]
    [InlineData("nam", CelIssueKind.UndeclaredReference, 1, 1)]
    [InlineData("true &&\n  team == 'x'", CelIssueKind.UndeclaredReference, 2, 3)]
    [InlineData("name.upper()", CelIssueKind.UndeclaredReference, 1, 11)]
    [InlineData("Message{a: 1}", CelIssueKind.UndeclaredReference, 1, 8)]
    [InlineData("1 + 'a'", CelIssueKind.NoMatchingOverload, 1, 3)]
    [InlineData("1 + 1u", CelIssueKind.NoMatchingOverload, 1, 3)]
    [InlineData("name == 1", CelIssueKind.NoMatchingOverload, 1, 6)]
    [InlineData("name in name", CelIssueKind.NoMatchingOverload, 1, 6)]
    [InlineData("size(1)", CelIssueKind.NoMatchingOverload, 1, 5)]
    [InlineData("name.size(1)", CelIssueKind.NoMatchingOverload, 1, 10)]
    [InlineData("contains(name, 'a')", CelIssueKind.NoMatchingOverload, 1, 9)]
    [InlineData("true ? 1 : 'a'", CelIssueKind.NoMatchingOverload, 1, 6)]
    [InlineData("!name", CelIssueKind.NoMatchingOverload, 1, 1)]
    [InlineData("tags[1]", CelIssueKind.NoMatchingOverload, 1, 5)]
    [InlineData("name.first", CelIssueKind.Type, 1, 5)]
    [InlineData("verbs.all(v, v)", CelIssueKind.Type, 1, 14)]
    [InlineData("name.all(v, true)", CelIssueKind.Type, 1, 1)]
    public void A_mistake_is_told_once_at_its_place(string expression, CelIssueKind kind, int line, int column)
    {
        var issue = Some.Issue(expression, Declared);
        Assert.Equal((kind, line, column), (issue.Kind, issue.Line, issue.Column));
    }

    [Fact]
    public void All_mistakes_are_told_in_the_order_of_the_text()
    {
        var issues = new CelEnvironment(Declared).Compile("x == 1 && name == 2 && y").Issues;
        Assert.Equal([1, 16, 24], issues.Select(issue => issue.Column));
    }

    [Fact]
    public void An_expected_type_is_held()
    {
        var environment = new CelEnvironment(Declared);
        Assert.True(environment.Compile("name == 'a'", CelType.Bool).IsOk);
        Assert.True(environment.Compile("any", CelType.Bool).IsOk);
        Assert.Equal(CelIssueKind.Type, Assert.Single(environment.Compile("name", CelType.Bool).Issues).Kind);
    }

    [Fact]
    public void Names_are_looked_up_from_the_container_outwards_and_variables_hide_them()
    {
        CelAttribute[] attributes = [new("a.b.x", CelType.Int), new("a.x", CelType.String), new("x", CelType.Bool)];
        Assert.Equal(CelType.Int, Type("x", "a.b"));
        Assert.Equal(CelType.String, Type("x", "a.c"));
        Assert.Equal(CelType.Bool, Type(".x", "a.b"));
        Assert.Equal(CelType.List(CelType.Double), Type("[1.0].map(x, x)", "a.b"));

        CelType? Type(string expression, string container) =>
            new CelEnvironment(attributes, container: container).Compile(expression).Program?.Type;
    }

    [Theory]
    [InlineData(".map(x, {x: x})")]
    [InlineData(".map(x, {1: x, 2: x})")]
    [InlineData(".map(x, [x, x])")]
    public void A_type_does_not_grow_faster_than_the_expression(string step)
    {
        var text = "[0]" + string.Concat(Enumerable.Repeat(step, 60));
        var environment = new CelEnvironment([], new CelLimits { MaxEstimatedCost = long.MaxValue });
        Assert.InRange(environment.Compile(text).Program?.Type.ToString().Length ?? 0, 1, 2_000);
    }
}
