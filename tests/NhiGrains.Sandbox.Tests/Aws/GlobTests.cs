using System.Text.RegularExpressions;
using CsCheck;
using NhiGrains.Sandbox.Aws.Policies;

namespace NhiGrains.Sandbox.Tests.Aws;

/// <summary>Patterns against the same ones as regular expressions.</summary>
public class GlobTests
{
    private static readonly Gen<string> Pattern = Gen.String[Gen.Char["ab:*?"], 0, 8];
    private static readonly Gen<string> Text = Gen.String[Gen.Char["ab:"], 0, 8];

    [Fact]
    public void A_pattern_matches_what_the_same_regular_expression_matches() =>
        Gen.Select(Pattern, Text).Sample(
            (pattern, text) => Glob.From(pattern, null) is { } glob && glob.Matches(text) == Regex.IsMatch(text, Expression(pattern, "."), RegexOptions.NonBacktracking),
            iter: 20_000);

    [Fact]
    public void A_pattern_of_an_ARN_matches_no_more_than_the_same_pattern_of_plain_text()
    {
        var part = Gen.String[Gen.Char["ab*?"], 0, 3];
        var value = Gen.String[Gen.Char["ab"], 0, 3];
        Gen.Select(part.Array[6], value.Array[6]).Sample(
            (pattern, arn) =>
            {
                var (whole, text) = (string.Join(':', pattern), string.Join(':', arn));
                return Glob.From(whole, null) is { } glob && (!glob.MatchesArn(text) || glob.Matches(text));
            },
            iter: 20_000);
    }

    [Fact]
    public void A_pattern_of_an_ARN_matches_what_it_matches_part_by_part()
    {
        var part = Gen.String[Gen.Char["ab*?"], 0, 3];
        var value = Gen.String[Gen.Char["ab"], 0, 3];
        Gen.Select(part.Array[6], value.Array[6]).Sample(
            (pattern, arn) =>
            {
                var each = pattern.Zip(arn).All(pair => Regex.IsMatch(pair.Second, Expression(pair.First, "[^:]"), RegexOptions.NonBacktracking));
                return !each || (Glob.From(string.Join(':', pattern), null) is { } glob && glob.MatchesArn(string.Join(':', arn)));
            },
            iter: 20_000);
    }

    private static string Expression(string pattern, string one) =>
        $"^{Regex.Escape(pattern).Replace(@"\*", one + "*", StringComparison.Ordinal).Replace(@"\?", one, StringComparison.Ordinal)}\\z";
}
