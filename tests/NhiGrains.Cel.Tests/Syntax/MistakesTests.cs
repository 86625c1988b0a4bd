namespace NhiGrains.Cel.Tests.Syntax;

/// <summary>What is no expression is refused with its place (Language Definition, <i>Syntax</i>).</summary>
public sealed class MistakesTests
{
    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("1 +", 1, 4)]
    [InlineData("1 + * 2", 1, 5)]
    [InlineData("(1", 1, 3)]
    [InlineData("1)", 1, 2)]
    [InlineData("a b", 1, 3)]
    [InlineData("a.1", 1, 2)]
    [InlineData("a.", 1, 3)]
    [InlineData("[1, 2", 1, 6)]
    [InlineData("{1}", 1, 3)]
    [InlineData("f(1,)", 1, 5)]
    [InlineData("true ? 1", 1, 9)]
    [InlineData("1 = 1", 1, 3)]
    [InlineData("a & b", 1, 3)]
    [InlineData("1 +\n  2 +\n  $", 3, 3)]
    [InlineData("1 +\r\n§", 2, 1)]
    [InlineData("'😀' + '😀' + €", 1, 13)]
    [InlineData("'a", 1, 1)]
    [InlineData("'a\nb'", 1, 1)]
    [InlineData("'''a", 1, 1)]
    [InlineData(@"'ab\q'", 1, 4)]
    [InlineData(@"'\x1'", 1, 2)]
    [InlineData(@"'\ud800'", 1, 2)]
    [InlineData(@"'\U00110000'", 1, 2)]
    [InlineData(@"b'\u0041'", 1, 3)]
    [InlineData("1 + while", 1, 5)]
    [InlineData("in", 1, 1)]
    [InlineData("has(a)", 1, 5)]
    [InlineData("[1].all(a.b, true)", 1, 10)]
    [InlineData("a.``", 1, 3)]
    public void Syntax_is_refused_at_its_place(string expression, int line, int column)
    {
        var issue = Some.Issue(expression);
        Assert.Equal((CelIssueKind.Syntax, line, column), (issue.Kind, issue.Line, issue.Column));
    }

    [Theory]
    [InlineData("9223372036854775808", 1)]
    [InlineData("1 - -9223372036854775809", 6)]
    [InlineData("18446744073709551616u", 1)]
    [InlineData("0x10000000000000000", 1)]
    [InlineData("1e400", 1)]
    [InlineData("'a'.matches('(')", 13)]
    [InlineData("'a'.matches('(?=a)')", 13)]
    public void A_literal_out_of_range_is_refused_at_its_place(string expression, int column)
    {
        var issue = Some.Issue(expression);
        Assert.Equal((CelIssueKind.InvalidLiteral, 1, column), (issue.Kind, issue.Line, issue.Column));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() => Assert.Equal(CelIssueKind.Syntax, Some.Issue("'a\ud800'").Kind);
}
