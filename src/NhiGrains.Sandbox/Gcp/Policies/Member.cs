using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Policies;

/// <summary>
/// Members of bindings. The project's own service accounts are kept by unique id, so that an account that is made again under the
/// same email is another one, and a binding of a deleted one is shown as that.
/// </summary>
internal static partial class Member
{
    private const string Kept = "uid:";

    public static string Of(ServiceAccount account) => Kept + account.UniqueId;

    /// <exception cref="GoogleError">400, for a member that there is not or cannot be.</exception>
    public static string ToKept(string member, ProjectState state, string project)
    {
        var match = Form().Match(member);
        if (!match.Success)
            throw GoogleError.Invalid($"The member {member} is of an unknown type. Please set a valid type prefix for the member.");
        if (!match.Groups["email"].Success || !match.Groups["email"].Value.EndsWith($"@{project}.iam.gserviceaccount.com", StringComparison.Ordinal))
            return member;
        var email = match.Groups["email"].Value;
        if (match.Groups["uid"].Success)
        {
            return state.Accounts.TryGetValue(match.Groups["uid"].Value, out var named) && named.Email == email
                ? Of(named)
                : throw GoogleError.Invalid($"Service account {email}?uid={match.Groups["uid"].Value} does not exist.");
        }

        return Of(state.ByEmail(email) ?? throw GoogleError.Invalid($"Service account {email} does not exist."));
    }

    public static string ToShown(string kept, ProjectState state) =>
        AccountOf(kept, state) is not { } account ? kept
        : account.DeletedAt is null ? $"serviceAccount:{account.Email}"
        : $"deleted:serviceAccount:{account.Email}?uid={account.UniqueId}";

    /// <summary>The service account that a kept member is; null: it is something else, or not known yet.</summary>
    public static ServiceAccount? AccountOf(string kept, ProjectState state) =>
        kept.StartsWith(Kept, StringComparison.Ordinal) ? state.Accounts.GetValueOrDefault(kept[Kept.Length..]) : null;

    [GeneratedRegex(
        """
        ^(allUsers|allAuthenticatedUsers
        |(user|group|domain|projectOwner|projectEditor|projectViewer):[^\s:]+
        |serviceAccount:[^\s:?]+\.svc\.id\.goog\[[^\s\[\]]+\]
        |serviceAccount:(?<email>[^\s:?@]+@[^\s:?@]+)
        |deleted:serviceAccount:(?<email>[^\s:?@]+@[^\s:?@]+)\?uid=(?<uid>\d+)
        |deleted:(user|group):[^\s:?]+\?uid=\d+
        |(deleted:)?principal(Set)?://iam\.googleapis\.com/\S+)$
        """,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace,
        1000)]
    private static partial Regex Form();
}
