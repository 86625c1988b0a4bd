using System.Globalization;
using System.Text.RegularExpressions;
using NhiGrains.Platforms.Gcp.Api;

namespace NhiGrains.Platforms.Gcp.Objects;

/// <summary>
/// The ownership marker (promise 6). A binding has no labels, but its condition has a title, which says whose it is, and a
/// description, which says by which generation it was written. Where Google takes no conditions, a binding is ours by its role: a
/// custom one with a name that only we give.
/// </summary>
internal static partial class Marker
{
    private const string TitlePrefix = "nhi:";
    private const string RolePrefix = "nhi_";

    /// <summary>Google takes 256 bytes, and an identity's id has 63 at most.</summary>
    private const string AccountPrefix = "NhiGrains: identity ";

    /// <param name="digest">16 hexadecimal digits of what the binding is for. With the longest id the title has 84 of 100 characters.</param>
    public static string Title(string identityId, string digest) => $"{TitlePrefix}{identityId}:{digest}";

    public static string Description(long generation) => string.Create(CultureInfo.InvariantCulture, $"NhiGrains: generation {generation}");

    /// <summary>The identity whose binding it says it is; null when it has no marker.</summary>
    public static string? IdentityOf(PolicyBinding binding) =>
        binding.Condition?.Title is { } title && MarkedTitle().Match(title) is { Success: true } match ? match.Groups["identity"].Value : null;

    public static long? GenerationOf(PolicyBinding binding) =>
        binding.Condition?.Description is { } text && MarkedDescription().Match(text) is { Success: true } match
        && long.TryParse(match.Groups["generation"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : null;

    public static string AccountDescription(string identityId) => $"{AccountPrefix}{identityId}";

    /// <summary>The identity for which we created the account; null when somebody else did.</summary>
    public static string? IdentityOf(ServiceAccount account) =>
        account.Description?.StartsWith(AccountPrefix, StringComparison.Ordinal) == true ? account.Description[AccountPrefix.Length..] : null;

    /// <param name="digest">24 hexadecimal digits of the permissions.</param>
    public static string RoleName(string project, string digest) => $"projects/{project}/roles/{RolePrefix}{digest}";

    public static bool IsRoleOfOurs(string? role, string project) =>
        role?.StartsWith($"projects/{project}/roles/{RolePrefix}", StringComparison.Ordinal) == true;

    [GeneratedRegex("^nhi:(?<identity>[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?):[0-9a-f]{16}\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MarkedTitle();

    [GeneratedRegex("^NhiGrains: generation (?<generation>[0-9]{1,19})\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MarkedDescription();
}
