namespace NhiGrains.Cel.Tests.Evaluation;

/// <summary>Macros (Language Definition, <i>Macros</i> and <i>Field Selection</i>).</summary>
public sealed class MacrosTests
{
    [Theory]
    [InlineData("true", "[1, 2].all(x, x > 0)")]
    [InlineData("true", "[].all(x, x > 0)")]
    [InlineData("false", "[0, 1].all(x, 1/x > 5)")]
    [InlineData("false", "[1, 0].all(x, 1/x > 5)")]
    [InlineData("true", "[0, 1].exists(x, 1/x > 0)")]
    [InlineData("false", "[].exists(x, x > 0)")]
    [InlineData("true", "[1, 2, 3].exists_one(x, x == 2)")]
    [InlineData("false", "[2, 2].exists_one(x, x == 2)")]
    [InlineData("[2, 4]", "[1, 2].map(x, x * 2)")]
    [InlineData("[4]", "[1, 2].map(x, x > 1, x * 2)")]
    [InlineData("[1, 3]", "[1, 2, 3].filter(x, x % 2 > 0)")]
    [InlineData("[\"a\", \"b\"]", "{'a': 1, 'b': 2}.map(k, k)")]
    [InlineData("true", "{'a': 1}.all(k, k == 'a')")]
    [InlineData("[[1, 2], [2, 4]]", "[1, 2].map(x, [1, 2].map(y, x * y))")]
    [InlineData("[[1], [1]]", "[1, 2].map(x, [1].map(x, x))")]
    [InlineData("true", "has({'a': 1}.a)")]
    [InlineData("false", "has({'a': 1}.b)")]
    [InlineData("true", "has({'a': null}.a)")]
    [InlineData("true", "has({'a': {'b': 1}}.a.b)")]
    public void A_macro_gives_what_the_specification_says(string expected, string expression) => Some.Gives(expected, expression);

    [Theory]
    [InlineData(CelErrorKind.DivisionByZero, "[0, 1].all(x, 1/x > 0)")]
    [InlineData(CelErrorKind.DivisionByZero, "[0, 1].exists(x, 1/x > 5)")]
    [InlineData(CelErrorKind.DivisionByZero, "[1, 0, 1].exists_one(x, 1/x == 1)")]
    [InlineData(CelErrorKind.DivisionByZero, "[1, 0].map(x, 1/x)")]
    [InlineData(CelErrorKind.DivisionByZero, "[1, 0].filter(x, 1/x > 0)")]
    [InlineData(CelErrorKind.NoMatchingOverload, "[1].all(x, dyn(x))")]
    [InlineData(CelErrorKind.NoMatchingOverload, "dyn('abc').all(x, true)")]
    [InlineData(CelErrorKind.NoSuchField, "has({'a': {'b': 1}}.c.b)")]
    [InlineData(CelErrorKind.NoMatchingOverload, "has(dyn('x').a)")]
    public void An_error_within_a_macro_is_kept_or_absorbed_as_specified(CelErrorKind kind, string expression) =>
        Some.Fails(kind, expression);
}
