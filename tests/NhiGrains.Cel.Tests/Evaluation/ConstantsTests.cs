using CsCheck;
using NhiGrains.Cel.Tests.Properties;

namespace NhiGrains.Cel.Tests.Evaluation;

public sealed class ConstantsTests
{
    private static readonly CelEnvironment Lax = new(
        [new("n", CelType.Int), new("d", CelType.Double), new("s", CelType.String), new("any", CelType.Dyn), new("list", CelType.List(CelType.Int)), new("a.b", CelType.Int)]);

    private static readonly CelEnvironment Strict = new(
        [new("n", CelType.Int), new("d", CelType.Double), new("s", CelType.String), new("any", CelType.Dyn), new("list", CelType.List(CelType.Int)), new("a.b", CelType.Int)])
    {
        RefusesWhatAlwaysFails = true,
    };

    [Theory]
    [InlineData("n == 1 / 0", CelErrorKind.DivisionByZero, 8)]
    [InlineData("n / 0 == 1", CelErrorKind.DivisionByZero, 3)]
    [InlineData("n % (1 - 1) == 1", CelErrorKind.DivisionByZero, 3)]
    [InlineData("false && 1 % 0 == 1", CelErrorKind.DivisionByZero, 12)]
    [InlineData("n > 0 ? 1 / 0 : 1", CelErrorKind.DivisionByZero, 11)]
    [InlineData("list.all(x, 1 / 0 > x)", CelErrorKind.DivisionByZero, 15)]
    [InlineData("[1, 2].map(x, x / 0) == list", CelErrorKind.DivisionByZero, 17)]
    [InlineData("list.exists(x, [x, 1].exists(y, y / 0 > n))", CelErrorKind.DivisionByZero, 35)]
    [InlineData("n > 9223372036854775807 + 1", CelErrorKind.Overflow, 25)]
    [InlineData("int('9223372036854775808') > n", CelErrorKind.InvalidArgument, 4)]
    [InlineData("uint(-1) > 2u || n > 0", CelErrorKind.Overflow, 5)]
    [InlineData("[1, 2][2] == n", CelErrorKind.IndexOutOfRange, 7)]
    [InlineData("{'a': 1}['b'] == n", CelErrorKind.NoSuchField, 9)]
    [InlineData("{'a': 1, 'a': 2}.size() == n", CelErrorKind.DuplicateKey, 10)]
    [InlineData("duration('soon') < duration(s)", CelErrorKind.InvalidArgument, 9)]
    [InlineData("timestamp('2026-13-01T00:00:00Z') < timestamp(s)", CelErrorKind.InvalidArgument, 10)]
    [InlineData("s.matches('a' + '[')", CelErrorKind.InvalidArgument, 10)]
    [InlineData("dyn('a') + 1 == any", CelErrorKind.NoMatchingOverload, 10)]
    public void What_fails_always_is_refused_where_it_stands(string expression, CelErrorKind kind, int column)
    {
        Assert.True(Lax.Compile(expression).IsOk);

        var issue = Assert.Single(Strict.Compile(expression).Issues);

        Assert.Equal((CelIssueKind.AlwaysFails, kind, 1, column), (issue.Kind, issue.Failure, issue.Line, issue.Column));
    }

    [Theory]
    [InlineData("1 / n == 1")]
    [InlineData("d / 0.0 == d")]
    [InlineData("any / 1 == 1")]
    [InlineData("list[5] == 1 || a.b == 2")]
    [InlineData("list.map(x, 10 / x) == [1]")]
    [InlineData("[0, 1].exists(x, 1 / x == 1)")]
    [InlineData("s.matches('a+') && duration('1h') < duration(s)")]
    [InlineData("has({'a': 1}.b) || [1, 2].exists_one(n, n == 1)")]
    [InlineData("type(n) == int && 2 + 3 * 4 > 1")]
    public void What_may_give_a_value_is_not(string expression) => Assert.Empty(Strict.Compile(expression).Issues);

    [Fact]
    public void Two_failures_are_told_in_the_order_of_the_text()
    {
        var issues = Strict.Compile("n == 1 / 0 ||\n  [1][3] == n").Issues;

        Assert.Equal([(1, 8), (2, 6)], issues.Select(issue => (issue.Line, issue.Column)));
    }

    [Fact]
    public void Where_nothing_hides_a_failure_what_is_refused_fails_and_what_is_not_is_the_same() => Gen.Int.Sample(
        seed =>
        {
            var generator = new ExpressionGenerator(seed);
            var (text, values) = (generator.Expression(), generator.Values());
            var (lax, strict) = (Generated.Compile(text), StrictGenerated.Compile(text));
            Assert.True(lax.IsOk);
            if (strict.IsOk)
                Assert.Equal(lax.Program.Evaluate(values), strict.Program.Evaluate(values));
            else if (!Hiding.Any(word => text.Contains(word, StringComparison.Ordinal)))
                Assert.False(lax.Program.Evaluate(values).IsOk, text);
        },
        iter: 500);

    private static readonly string[] Hiding = ["&&", "||", "?", ".all(", ".exists", ".map(", ".filter("];

    private static readonly CelEnvironment Generated = new(ExpressionGenerator.Attributes, new CelLimits { MaxEstimatedCost = long.MaxValue });

    private static readonly CelEnvironment StrictGenerated = new(ExpressionGenerator.Attributes, new CelLimits { MaxEstimatedCost = long.MaxValue }) { RefusesWhatAlwaysFails = true };
}
