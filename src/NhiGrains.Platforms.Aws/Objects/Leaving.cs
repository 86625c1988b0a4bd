using System.Globalization;
using NhiGrains.Platforms.Aws.Api;

namespace NhiGrains.Platforms.Aws.Objects;

/// <summary>
/// The tag on a principal of ours that was to be deleted and that AWS keeps: since when, and what keeps it, in AWS's words. By it the
/// principal is shown as what is left, though what keeps it may be nothing that we read, such as a device or a certificate.
/// </summary>
internal static class Leaving
{
    public const string Tag = "nhigrains:leaving";
    public const string Kind = "UndeletedPrincipal";

    /// <summary>AWS's limit for the value of a tag.</summary>
    private const int Longest = 256;

    public static string Value(DateTimeOffset since, string reason)
    {
        var plain = string.Concat(reason.Select(character => char.IsAsciiLetterOrDigit(character) || "_.:/=+-@".Contains(character, StringComparison.Ordinal) ? character : ' '));
        var value = string.Create(CultureInfo.InvariantCulture, $"{since.ToUnixTimeSeconds()} {plain}");
        return value.Length <= Longest ? value : value[..Longest];
    }

    /// <returns>Null when it is not leaving. A value that somebody changed says nothing of when.</returns>
    public static (DateTimeOffset? Since, string Reason)? Of(IamPrincipal principal)
    {
        if (!principal.Tags.TryGetValue(Tag, out var value))
            return null;
        return value.Split(' ', 2) is [var since, var reason] && long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800
            ? (DateTimeOffset.FromUnixTimeSeconds(seconds), reason)
            : (null, value);
    }
}
