using System.Text;
using System.Text.RegularExpressions;

namespace NhiGrains.Platforms.Postgres.Objects;

/// <summary>What can be a name. PostgreSQL cuts a longer one off without a word, and it is then another object's.</summary>
internal static partial class Identifier
{
    /// <summary>NAMEDATALEN - 1, in bytes of UTF-8.</summary>
    public const int MaxBytes = 63;

    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxBytes } && !name.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(name) <= MaxBytes;

    /// <summary>A role's name without surprises: letters, digits and <c>_ - . @</c>, not of PostgreSQL's own roles and not of ours.</summary>
    public static bool IsPrincipal(string? name) =>
        IsName(name) && name is not null && Principal().IsMatch(name)
        && !name.StartsWith("pg_", StringComparison.Ordinal)
        && !OwnNames.IsOwn(name)
        && name is not ("public" or "none" or "current_user" or "session_user" or "current_role");

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{N}_.@-]*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Principal();
}
