using System.Text.RegularExpressions;

namespace NhiGrains.Platforms.Kubernetes.Objects;

/// <summary>A principal on Kubernetes: <c>namespace/serviceaccount</c>.</summary>
internal readonly partial record struct ServiceAccountName(string Namespace, string Name)
{
    private const string UserPrefix = "system:serviceaccount:";

    /// <summary>The user that the API server makes of the account.</summary>
    public string User => $"{UserPrefix}{Namespace}:{Name}";

    /// <summary>The groups that it is in. An access review without them says no to what a group gives.</summary>
    public IReadOnlyList<string> Groups => ["system:serviceaccounts", $"system:serviceaccounts:{Namespace}", "system:authenticated"];

    public static ServiceAccountName? TryParse(string principal) =>
        principal.Split('/') is [var space, var name] && IsNamespace(space) && name.Length <= 253 && Subdomain().IsMatch(name)
            ? new(space, name)
            : null;

    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>, when it is none.</exception>
    public static ServiceAccountName Parse(string principal) => TryParse(principal)
        ?? throw new PlatformException(PlatformError.Rejected, "The principal is not 'namespace/serviceaccount' in the form of RFC 1123.");

    public static ServiceAccountName? TryParseUser(string user) =>
        user.StartsWith(UserPrefix, StringComparison.Ordinal) ? TryParse(user[UserPrefix.Length..].Replace(':', '/')) : null;

    /// <summary>RFC 1123: a label of 1 to 63 lower-case letters, digits and '-'.</summary>
    public static bool IsNamespace(string text) => text.Length <= 63 && Label().IsMatch(text);

    /// <summary>A name that fits into a path of the API as it is; RBAC's own names may contain ':'.</summary>
    public static bool IsObjectName(string text) => text.Length <= 253 && text is not ("." or "..") && PathSegment().IsMatch(text);

    public override string ToString() => $"{Namespace}/{Name}";

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Subdomain();

    [GeneratedRegex("^[-A-Za-z0-9._:]+\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PathSegment();
}
