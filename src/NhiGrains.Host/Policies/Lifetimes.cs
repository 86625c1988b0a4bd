using System.Globalization;
using System.Text.RegularExpressions;
using NhiGrains.Domain;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Host.Policies;

/// <summary>Lifetimes as people write them: <c>30m</c>, <c>8h</c>, <c>1d12h</c>, or ISO 8601 as in <c>PT8H</c>.</summary>
internal static partial class Lifetimes
{
    public static Result<TimeSpan> Parse(string text)
    {
        var match = Short().Match(text);
        if (!match.Success)
            match = Iso().Match(text);
        if (!match.Success || !match.Groups.Values.Skip(1).Any(group => group.Success))
            return Malformed(text);
        var seconds = Part(match, "d") * 86_400 + Part(match, "h") * 3_600 + Part(match, "m") * 60 + Part(match, "s");
        // Days of at most six digits: far beyond the limit, and far within what a TimeSpan holds.
        var lifetime = TimeSpan.FromSeconds(seconds);
        return PolicyEngine.CheckLifetime(lifetime) is { } refusal ? refusal : lifetime;
    }

    private static long Part(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? long.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    private static Refusal Malformed(string text) => new(
        "INVALID_LIFETIME", $"'{text}' is no lifetime.", "Write it as 30m, 8h, 7d, 1h30m, or as ISO 8601 does without years and months (PT8H).", "lifetime");

    [GeneratedRegex(@"^((?<d>[0-9]{1,6})d)?((?<h>[0-9]{1,6})h)?((?<m>[0-9]{1,6})m)?((?<s>[0-9]{1,9})s)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Short();

    [GeneratedRegex(@"^P((?<d>[0-9]{1,6})D)?(T((?<h>[0-9]{1,6})H)?((?<m>[0-9]{1,6})M)?((?<s>[0-9]{1,9})S)?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Iso();
}
