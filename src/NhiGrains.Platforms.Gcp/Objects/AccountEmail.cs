using System.Text.RegularExpressions;

namespace NhiGrains.Platforms.Gcp.Objects;

/// <summary>A principal on Google Cloud: the e-mail address of a service account of the project.</summary>
internal readonly partial record struct AccountEmail
{
    private AccountEmail(string email) => Email = email;

    public string Email { get; }

    /// <summary>As bindings name it.</summary>
    public string Member => $"serviceAccount:{Email}";

    /// <summary>What is before the '@': the account's id where it is of the usual kind.</summary>
    public string Id => Email.Split('@')[0];

    /// <summary>The form that anybody can create; Google makes the others by itself.</summary>
    public bool CanBeCreatedIn(string project) => Email.EndsWith($"@{project}.iam.gserviceaccount.com", StringComparison.Ordinal) && NewId().IsMatch(Id);

    public string NameIn(string project) => $"projects/{project}/serviceAccounts/{Email}";

    public static AccountEmail? TryParse(string text, string project) =>
        text.Split('@') is [var id, var domain] && Any().IsMatch(id)
        && (domain == $"{project}.iam.gserviceaccount.com"
            || (domain == "appspot.gserviceaccount.com" && id == project)
            || (domain == "developer.gserviceaccount.com" && id.EndsWith("-compute", StringComparison.Ordinal)))
            ? new(text)
            : null;

    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>, when it is none of the project.</exception>
    public static AccountEmail Parse(string text, string project) => TryParse(text, project)
        ?? throw new PlatformException(PlatformError.Rejected, $"The principal is no e-mail address of a service account of project '{project}'.");

    public override string ToString() => Email;

    [GeneratedRegex("^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Any();

    [GeneratedRegex("^[a-z][-a-z0-9]{4,28}[a-z0-9]\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NewId();
}
