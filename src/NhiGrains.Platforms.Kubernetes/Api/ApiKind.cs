using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace NhiGrains.Platforms.Kubernetes.Api;

/// <summary>Where a kind of objects is found in the API.</summary>
internal sealed record ApiKind<T>(string Kind, string Group, string Plural)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion => Group.Length == 0 ? "v1" : $"{Group}/v1";

    /// <summary>The collection: of one namespace, or of the whole cluster.</summary>
    public string Path(string? inNamespace) =>
        $"{(Group.Length == 0 ? "api/v1" : $"apis/{Group}/v1")}{(inNamespace is null ? "" : $"/namespaces/{Uri.EscapeDataString(inNamespace)}")}/{Plural}";

    public string Path(string? inNamespace, string name) => $"{Path(inNamespace)}/{Uri.EscapeDataString(name)}";

    public string Named(V1ObjectMeta metadata) =>
        $"{Kind} {(metadata.NamespaceProperty is null ? "" : metadata.NamespaceProperty + "/")}{metadata.Name}";
}

/// <summary>The kinds that this connector reads or writes.</summary>
internal static class ApiKinds
{
    private const string Rbac = "rbac.authorization.k8s.io";

    public static ApiKind<V1Role> Role { get; } = new("Role", Rbac, "roles");

    public static ApiKind<V1RoleBinding> RoleBinding { get; } = new("RoleBinding", Rbac, "rolebindings");

    public static ApiKind<V1ClusterRole> ClusterRole { get; } = new("ClusterRole", Rbac, "clusterroles");

    public static ApiKind<V1ClusterRoleBinding> ClusterRoleBinding { get; } = new("ClusterRoleBinding", Rbac, "clusterrolebindings");

    public static ApiKind<V1ServiceAccount> ServiceAccount { get; } = new("ServiceAccount", "", "serviceaccounts");

    public static ApiKind<V1Secret> Secret { get; } = new("Secret", "", "secrets");

    public static ApiKind<V1Namespace> Namespace { get; } = new("Namespace", "", "namespaces");

    public static ApiKind<CustomDefinition> CustomDefinition { get; } = new("CustomResourceDefinition", "apiextensions.k8s.io", "customresourcedefinitions");
}

/// <summary>One page of a list.</summary>
internal sealed class ApiList<T>
{
    [JsonPropertyName("kind")]
    public string? Kind { get; set; }

    [JsonPropertyName("metadata")]
    public V1ListMeta? Metadata { get; set; }

    [JsonPropertyName("items")]
    public IList<T>? Items { get; set; }
}

/// <summary>A whole list, and the version of the platform's state that it shows.</summary>
internal sealed record Listed<T>(IReadOnlyList<T> Items, string ResourceVersion, int Pages);
