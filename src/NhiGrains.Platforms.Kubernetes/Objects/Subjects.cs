using k8s.Models;

namespace NhiGrains.Platforms.Kubernetes.Objects;

/// <summary>Subjects of bindings as texts: <c>ServiceAccount/namespace/name</c>, <c>User/name</c>, <c>Group/name</c>.</summary>
internal static class Subjects
{
    public static string Text(ServiceAccountName account) => $"ServiceAccount/{account}";

    public static string Text(Rbacv1Subject subject) =>
        subject.Kind == "ServiceAccount" ? $"ServiceAccount/{subject.NamespaceProperty}/{subject.Name}" : $"{subject.Kind}/{subject.Name}";

    public static IReadOnlyList<string> Texts(IEnumerable<Rbacv1Subject>? subjects) =>
        [.. (subjects ?? []).Select(Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The account that a subject names, be it by the name of its user.</summary>
    public static ServiceAccountName? AccountOf(Rbacv1Subject subject) => subject.Kind switch
    {
        "ServiceAccount" => ServiceAccountName.TryParse($"{subject.NamespaceProperty}/{subject.Name}"),
        "User" => ServiceAccountName.TryParseUser(subject.Name),
        _ => null,
    };

    public static bool IsGroupOf(Rbacv1Subject subject, ServiceAccountName account) =>
        subject.Kind == "Group" && account.Groups.Contains(subject.Name, StringComparer.Ordinal);

    /// <summary>A group that some service account is in.</summary>
    public static bool IsGroupOfAccounts(Rbacv1Subject subject) =>
        subject.Kind == "Group" && (subject.Name is "system:authenticated" || subject.Name.StartsWith("system:serviceaccounts", StringComparison.Ordinal));

    public static Rbacv1Subject ToNative(ServiceAccountName account) =>
        new() { Kind = "ServiceAccount", Name = account.Name, NamespaceProperty = account.Namespace };
}
