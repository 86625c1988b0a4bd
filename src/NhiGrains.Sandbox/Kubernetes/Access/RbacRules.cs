using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Kubernetes.Objects;

namespace NhiGrains.Sandbox.Kubernetes.Access;

/// <summary>One rule of a role.</summary>
internal sealed record PolicyRule(
    ImmutableArray<string> Verbs,
    ImmutableArray<string> Groups,
    ImmutableArray<string> Resources,
    ImmutableArray<string> Names,
    ImmutableArray<string> Urls)
{
    public static PolicyRule Read(JsonObject json) => new(
        [.. json.Texts("verbs")],
        [.. json.Texts("apiGroups")],
        [.. json.Texts("resources")],
        [.. json.Texts("resourceNames")],
        [.. json.Texts("nonResourceURLs")]);

    public bool Allows(AccessQuestion asked) => Has(Verbs, asked.Verb) && (asked.Url is { } url ? AllowsUrl(url) : AllowsResource(asked));

    /// <summary>A name that is asked for must be one of the rule's, if it has any; who asks for none is not asking for one of those.</summary>
    private bool AllowsResource(AccessQuestion asked) =>
        Has(Groups, asked.Group)
        && (Has(Resources, asked.Subresource.Length == 0 ? asked.Resource : $"{asked.Resource}/{asked.Subresource}")
            || (asked.Subresource.Length > 0 && Resources.Contains($"*/{asked.Subresource}")))
        && (Names.IsEmpty || Names.Contains(asked.Name));

    private bool AllowsUrl(string url) => Urls.Any(one =>
        one == "*" || one == url || (one.EndsWith('*') && url.StartsWith(one[..^1], StringComparison.Ordinal)));

    private static bool Has(ImmutableArray<string> some, string one) => some.Contains("*") || some.Contains(one);
}

internal sealed record RoleMeaning(ImmutableArray<PolicyRule> Rules);

/// <param name="Scope"><c>Cluster</c> or <c>Namespaced</c>.</param>
internal sealed record DefinitionMeaning(string Scope);

internal sealed record SubjectMeaning(string Kind, string Name, string Namespace)
{
    public bool Is(UserInfo user) => Kind switch
    {
        "User" => user.Name == Name,
        "Group" => user.Groups.Contains(Name),
        _ => user.Name == UserInfo.OfAccount(Namespace, Name),
    };
}

/// <param name="IsOfCluster">Whether the role is a ClusterRole.</param>
internal sealed record BindingMeaning(string Role, bool IsOfCluster, ImmutableArray<SubjectMeaning> Subjects);

/// <summary>Who asks, or who is asked about.</summary>
internal sealed record UserInfo(string Name, ImmutableArray<string> Groups)
{
    public const string Masters = "system:masters", Authenticated = "system:authenticated";

    public static string OfAccount(string inNamespace, string name) => $"system:serviceaccount:{inNamespace}:{name}";
}

/// <summary>What is asked: something about a resource, or about a URL that is none.</summary>
/// <param name="Namespace">Empty: the whole cluster.</param>
/// <param name="Name">Empty: none in particular.</param>
internal sealed record AccessQuestion(
    string Verb, string Group = "", string Resource = "", string Subresource = "", string Namespace = "", string Name = "", string? Url = null);
