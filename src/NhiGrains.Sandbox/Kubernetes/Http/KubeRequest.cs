using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NhiGrains.Sandbox.Kubernetes.Access;

namespace NhiGrains.Sandbox.Kubernetes.Http;

/// <summary>What a path of the API names.</summary>
/// <param name="Namespace">Empty: the whole cluster.</param>
/// <param name="Name">Empty: the collection.</param>
internal sealed record ResourcePath(string Group, string Version, string Namespace, string Plural, string Name, string Subresource)
{
    /// <returns>Null: the path is none of resources.</returns>
    public static ResourcePath? Of(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        string[] parts = [.. target.Trim('/').Split('/').Select(Uri.UnescapeDataString)];
        return parts switch
        {
            ["api", var version, .. var rest] => Of("", version, rest),
            ["apis", var group, var version, .. var rest] => Of(group, version, rest),
            _ => null,
        };
    }

    private static ResourcePath? Of(string group, string version, string[] parts) => parts switch
    {
        ["namespaces", var inNamespace, var plural, .. var rest] when rest.Length <= 2 && (group.Length > 0 || plural is not ("status" or "finalize")) =>
            new(group, version, inNamespace, plural, rest.ElementAtOrDefault(0) ?? "", rest.ElementAtOrDefault(1) ?? ""),
        [var plural, .. var rest] when rest.Length <= 2 =>
            new(group, version, "", plural, rest.ElementAtOrDefault(0) ?? "", rest.ElementAtOrDefault(1) ?? ""),
        _ => null,
    };
}

/// <summary>One request for resources, read whole.</summary>
internal sealed record KubeRequest(string Method, ResourcePath Path, IQueryCollection Query, UserInfo User, JsonObject Body, string ContentType)
{
    public bool IsWatch => Query["watch"] == "true" || Query["watch"] == "1";

    /// <summary>As RBAC calls what is done.</summary>
    public string Verb => (Method, Path.Name.Length > 0) switch
    {
        ("GET", true) => "get",
        ("GET", false) => IsWatch ? "watch" : "list",
        ("POST", _) => "create",
        ("PUT", true) => "update",
        ("PATCH", true) => "patch",
        ("DELETE", true) => "delete",
        ("DELETE", false) => "deletecollection",
        _ => throw StatusError.NotAllowed(),
    };

    public AccessQuestion Question => new(Verb, Path.Group, Path.Plural, Path.Subresource, InNamespace, NameAsked);

    /// <summary>A namespace is a thing of the cluster, and to RBAC in itself.</summary>
    private string InNamespace => Path is { Group: "", Plural: "namespaces" } ? Path.Name : Path.Namespace;

    /// <summary>A list of one name by a selector is, to RBAC, about that name.</summary>
    private string NameAsked => Path.Name.Length > 0 || Verb is not ("list" or "watch") ? Path.Name
        : Query["fieldSelector"].ToString().Split(',') is [var one] && one.StartsWith("metadata.name=", StringComparison.Ordinal)
            ? one["metadata.name=".Length..].TrimStart('=') : "";
}
