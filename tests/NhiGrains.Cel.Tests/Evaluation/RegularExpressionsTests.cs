namespace NhiGrains.Cel.Tests.Evaluation;

/// <summary><c>matches</c> takes RE2's syntax and means what RE2 means (Language Definition, <i>Regular Expressions</i>).</summary>
public sealed class RegularExpressionsTests
{
    [Theory]
    [InlineData("abc", "b", true)]
    [InlineData("abc", "^b", false)]
    [InlineData("abc", "^a.c$", true)]
    [InlineData("abc\n", "c$", false)]
    [InlineData("a\nb", "(?m)^b$", true)]
    [InlineData("a\nb", "a.b", false)]
    [InlineData("a\nb", "(?s)a.b", true)]
    [InlineData("a\nb", "(?s:a.)b", true)]
    [InlineData("ABC", "(?i)abc", true)]
    [InlineData("aBC", "a(?i:bc)", true)]
    [InlineData("😀", "^.$", true)]
    [InlineData("😀", "^[^a]$", true)]
    [InlineData("😀", @"^\D{1}$", true)]
    [InlineData("😀", @"^[\D]{2}$", false)]
    [InlineData("😀😀", "^😀{2}$", true)]
    [InlineData("٣", @"\d", false)]
    [InlineData("é", @"\w", false)]
    [InlineData("é", @"\pL", true)]
    [InlineData("é", @"\p{^L}", false)]
    [InlineData("x-1", "^[[:alpha:]][-][[:digit:]]$", true)]
    [InlineData("a.b", @"a\.b", true)]
    [InlineData("a.b", @"^\Qa.b\E$", true)]
    [InlineData("a+b", "^a[+]b$", true)]
    [InlineData("a", @"^\x61$", true)]
    [InlineData("😀", @"^\x{1F600}$", true)]
    [InlineData("aaa", "^a{2,3}$", true)]
    [InlineData("a{,2}", "^a{,2}$", true)]
    [InlineData("]", "[]]", true)]
    [InlineData("ab", "(?P<first>a)(?<second>b)", true)]
    [InlineData("ab", "a b", false)]
    [InlineData("é", "^[[:^lower:]]$", true)]
    [InlineData("q", "^[[:^lower:]]$", false)]
    [InlineData("b", "^*b$+", true)]
    [InlineData("q", "(?i)[[:^lower:]]", false)]
    [InlineData("k", "(?i)[[:^lower:]]", false)]
    [InlineData("Q", "(?i:[[:lower:]])", true)]
    [InlineData("Q", "(?i:a)|[[:lower:]]", false)]
    [InlineData("k", @"(?i)\W", false)]
    [InlineData("\u212a", @"(?i)\w", true)]
    [InlineData("", "^$", true)]
    [InlineData("foo", "(?:fo|foo)$", true)]
    public void A_pattern_matches_as_in_RE2(string text, string pattern, bool matches)
    {
        var result = Some.Evaluate("text.matches(pattern)", ("text", CelValue.Of(text)), ("pattern", CelValue.Of(pattern)));
        Assert.Equal((null, matches), (result.Error, result.IsTrue));
    }

    [Theory]
    [InlineData("(?=a)")]
    [InlineData("(?!a)")]
    [InlineData("(?<=a)b")]
    [InlineData("(?>a)")]
    [InlineData("(?(1)a)")]
    [InlineData("(?#a)")]
    [InlineData("(?x)a")]
    [InlineData(@"(a)\1")]
    [InlineData(@"\k<a>")]
    [InlineData(@"a\Z")]
    [InlineData(@"\G")]
    [InlineData(@"\cA")]
    [InlineData(@"\u0041")]
    [InlineData("a++")]
    [InlineData("a**")]
    [InlineData("*a")]
    [InlineData("a|*")]
    [InlineData("(a")]
    [InlineData("(?P<n>a)(?P<n>b)")]
    [InlineData("[[:d:]]")]
    [InlineData("(?i)*")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("[b-a]")]
    [InlineData("a{1001}")]
    [InlineData("a{2,1}")]
    [InlineData(@"\p{Greek}")]
    [InlineData(@"(?i)\p{Lu}")]
    [InlineData(@"\")]
    [InlineData("((((a{100}){100}){100}){100}){100}")]
    public void What_RE2_does_not_take_is_an_error(string pattern)
    {
        var result = Some.Evaluate("'a'.matches(pattern)", ("pattern", CelValue.Of(pattern)));
        Assert.Equal(CelErrorKind.InvalidArgument, result.Error?.Kind);
    }

    [Fact]
    public void A_pattern_that_ruins_backtracking_engines_takes_no_time()
    {
        var text = CelValue.Of(new string('a', 50_000) + "b");
        Assert.False(Some.Evaluate("text.matches('^(a+)+$')", ("text", text)).IsTrue);
    }

    [Fact]
    public void A_pattern_has_a_maximal_length() => Assert.Equal(
        CelErrorKind.InvalidArgument,
        Some.Evaluate("'a'.matches(pattern)", ("pattern", CelValue.Of(new string('a', 1_001)))).Error?.Kind);
}
