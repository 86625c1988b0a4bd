using System.Text.RegularExpressions;

namespace NhiGrains.Evidence.Spiffe;

/// <summary>A SPIFFE ID: <c>spiffe://trust-domain/path</c>, in the characters that the standard permits and no others.</summary>
internal sealed partial record SpiffeId(string TrustDomain, string Text)
{
    private const int Longest = 2048;
    private const int LongestTrustDomain = 255;

    public static SpiffeId? Parse(string? text)
    {
        if (text is not { Length: <= Longest } || Pattern().Match(text) is not { Success: true } match)
            return null;
        var domain = match.Groups["domain"].Value;
        // A segment of dots would mean another path to whoever resolves it.
        return domain.Length <= LongestTrustDomain && match.Groups["segment"].Captures.All(segment => segment.Value is not ("." or "..")) ? new(domain, text) : null;
    }

    public static bool IsTrustDomain(string text) => text.Length <= LongestTrustDomain && Domain().IsMatch(text);

    [GeneratedRegex(@"\Aspiffe://(?<domain>[a-z0-9._-]+)(/(?<segment>[A-Za-z0-9._-]+))*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\A[a-z0-9._-]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Domain();
}
