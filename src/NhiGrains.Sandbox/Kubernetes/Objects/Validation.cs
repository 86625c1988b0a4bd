using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NhiGrains.Sandbox.Kubernetes.Access;
using NhiGrains.Sandbox.Kubernetes.Http;
using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Objects;

/// <summary>What an object must be, and what RBAC reads of it.</summary>
internal static partial class Validation
{
    /// <exception cref="StatusError">422.</exception>
    public static void CheckName(ObjectKind kind, string name)
    {
        var fits = kind.IsRole || kind.IsBinding ? name is not ("." or "..") && !name.AsSpan().ContainsAny('/', '%')
            : kind == ObjectKind.Namespace ? name.Length <= 63 && Label().IsMatch(name)
            : name.Length <= 253 && Subdomain().IsMatch(name);
        if (!fits || name.Length == 0)
            throw StatusError.Invalid(kind, name, $"metadata.name: Invalid value: \"{name}\"");
    }

    /// <exception cref="StatusError">422.</exception>
    public static object? Read(ObjectKind kind, string name, JsonObject json) =>
        kind.IsRole ? ReadRole(kind, name, json)
        : kind.IsBinding ? ReadBinding(kind, name, json)
        : kind == ObjectKind.CustomResourceDefinition ? ReadDefinition(kind, name, json)
        : null;

    /// <summary>What must stay as it is: what a binding refers to, and the type of a secret.</summary>
    /// <exception cref="StatusError">422.</exception>
    public static void CheckChange(ObjectKind kind, string name, object? before, object? after, JsonObject old, JsonObject given)
    {
        if (before is BindingMeaning was && after is BindingMeaning becomes && (was.Role, was.IsOfCluster) != (becomes.Role, becomes.IsOfCluster))
            throw StatusError.Invalid(kind, name, "roleRef: Invalid value: cannot change roleRef");
        if (before is DefinitionMeaning had && after is DefinitionMeaning has && had != has)
            throw StatusError.Invalid(kind, name, "spec.scope: Invalid value: field is immutable");
        if (kind == ObjectKind.Secret && old.Text("type") != (given.Text("type") ?? "Opaque"))
            throw StatusError.Invalid(kind, name, "type: Invalid value: field is immutable");
    }

    private static DefinitionMeaning ReadDefinition(ObjectKind kind, string name, JsonObject json)
    {
        var spec = json.Object("spec") ?? throw StatusError.Invalid(kind, name, "spec: Required value");
        if ($"{spec.Object("names")?.Text("plural")}.{spec.Text("group")}" != name)
            throw StatusError.Invalid(kind, name, "metadata.name: Invalid value: must be spec.names.plural+\".\"+spec.group");
        return spec.Text("scope") is "Cluster" or "Namespaced"
            ? new(spec.Text("scope") ?? "")
            : throw StatusError.Invalid(kind, name, "spec.scope: Unsupported value: supported values: \"Cluster\", \"Namespaced\"");
    }

    private static RoleMeaning ReadRole(ObjectKind kind, string name, JsonObject json)
    {
        var rules = json.Objects("rules").Select(PolicyRule.Read).ToImmutableArray();
        foreach (var rule in rules)
        {
            if (rule.Verbs.IsEmpty)
                throw StatusError.Invalid(kind, name, "rules.verbs: Required value: verbs must contain at least one value");
            if (!rule.Urls.IsEmpty && (kind.Namespaced || !rule.Resources.IsEmpty))
            {
                throw StatusError.Invalid(
                    kind,
                    name,
                    "rules.nonResourceURLs: Invalid value: rules cannot apply to both regular resources and non-resource URLs, nor in a namespace");
            }

            if (rule.Urls.IsEmpty && (rule.Resources.IsEmpty || rule.Groups.IsEmpty))
                throw StatusError.Invalid(kind, name, "rules.resources: Required value: resource rules must supply at least one resource and one api group");
        }

        return new(rules);
    }

    private static BindingMeaning ReadBinding(ObjectKind kind, string name, JsonObject json)
    {
        var role = json.Object("roleRef") ?? throw StatusError.Invalid(kind, name, "roleRef: Required value");
        var isOfCluster = role.Text("kind") switch
        {
            "ClusterRole" => true,
            "Role" when kind.Namespaced => false,
            var other => throw StatusError.Invalid(kind, name, $"roleRef.kind: Unsupported value: \"{other}\""),
        };
        if (role.Text("apiGroup") is not { } named || named != ObjectKind.Role.Group)
            throw StatusError.Invalid(kind, name, "roleRef.apiGroup: Unsupported value");
        if (string.IsNullOrEmpty(role.Text("name")))
            throw StatusError.Invalid(kind, name, "roleRef.name: Required value");
        var own = json.Object("metadata")?.Text("namespace") ?? "";
        return new(role.Text("name") ?? "", isOfCluster, [.. json.Objects("subjects").Select(subject => ReadSubject(kind, name, subject, own))]);
    }

    /// <param name="bindings">The binding's own namespace, which is that of an account that says none.</param>
    private static SubjectMeaning ReadSubject(ObjectKind kind, string name, JsonObject json, string bindings)
    {
        var (ofKind, subject) = (json.Text("kind"), json.Text("name"));
        var inNamespace = json.Text("namespace") is { Length: > 0 } named ? named : bindings;
        if (string.IsNullOrEmpty(subject))
            throw StatusError.Invalid(kind, name, "subjects.name: Required value");
        if (ofKind is not ("User" or "Group" or "ServiceAccount"))
            throw StatusError.Invalid(kind, name, $"subjects.kind: Unsupported value: \"{ofKind}\"");
        if (ofKind == "ServiceAccount" && inNamespace.Length == 0)
            throw StatusError.Invalid(kind, name, "subjects.namespace: Required value");
        return new(ofKind, subject, inNamespace);
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();

    [GeneratedRegex(
        @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Subdomain();
}
