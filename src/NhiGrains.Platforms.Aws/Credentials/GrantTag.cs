using System.Globalization;
using NhiGrains.Domain;

namespace NhiGrains.Platforms.Aws.Credentials;

/// <summary>
/// The tag on a principal that says that a grant has credentials. It is put on before one is issued, and one tag is one grant's,
/// so that writers do not lose each other's.
/// </summary>
internal static class GrantTag
{
    /// <summary>AWS's limit is 50 tags; some are left for others.</summary>
    public const int Most = 46;

    private const string Prefix = "nhigrains:grant:";

    public static string KeyOf(string identityId, string grantId) => PrefixOf(identityId) + DigestOf(identityId, grantId);

    /// <summary>Of any identity.</summary>
    public static bool IsAny(string tag) => tag.StartsWith(Prefix, StringComparison.Ordinal);

    public static bool IsOf(string tag, string identityId) => tag.StartsWith(PrefixOf(identityId), StringComparison.Ordinal);

    /// <summary>The digest of the grant that a tag is of.</summary>
    public static string GrantOf(string tag) => tag[(tag.LastIndexOf(':') + 1)..];

    /// <summary>Of sessions: when the last one is over, and the part of their name that makes it another one after each end.</summary>
    public static (DateTimeOffset Until, string Epoch)? Read(string? value) =>
        value?.Split('.') is [var until, var epoch] && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800
            ? (DateTimeOffset.FromUnixTimeSeconds(seconds), epoch)
            : null;

    public static string Value(DateTimeOffset until, string epoch) => string.Create(CultureInfo.InvariantCulture, $"{until.ToUnixTimeSeconds()}.{epoch}");

    private static string PrefixOf(string identityId) => $"{Prefix}{Canonical.DigestOfText(identityId)[..8]}:";

    private static string DigestOf(string identityId, string grantId) => Canonical.DigestOfText($"{identityId}/{grantId}")[..24];
}
