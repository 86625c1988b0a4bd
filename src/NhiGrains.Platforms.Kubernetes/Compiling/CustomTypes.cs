using NhiGrains.Platforms.Kubernetes.Objects;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>
/// Custom resources, which no catalogue can list: <c>plural.group</c> as a CustomResourceDefinition is named, for example
/// <c>certificates.cert-manager.io</c>. Whether one lives in namespaces or belongs to the cluster is said by the container that is
/// asked for, and held to its definition before anything is given (<see cref="Applying.DefinedScopes"/>).
/// </summary>
internal static class CustomTypes
{
    /// <summary>Kubernetes keeps these groups for itself (KEP-1111); what is in them is in the catalogue or is not given.</summary>
    private static readonly string[] Reserved = ["k8s.io", "kubernetes.io"];

    private static readonly string[] Offers = ["list", "read", "write", "delete"];

    /// <summary>Null when the name is not one of a custom resource.</summary>
    public static ResourceType? Find(string type)
    {
        var dot = type.IndexOf('.', StringComparison.Ordinal);
        if (dot < 1 || type.Length > 253)
            return null;
        var (plural, group) = (type[..dot], type[(dot + 1)..]);
        return ServiceAccountName.IsNamespace(plural) && group.Contains('.', StringComparison.Ordinal) && group.Split('.').All(ServiceAccountName.IsNamespace)
            && !Reserved.Any(reserved => group == reserved || group.EndsWith($".{reserved}", StringComparison.Ordinal))
            ? new(type, group, Offers) { Plural = plural }
            : null;
    }

    /// <summary>The type as it is in a container: without one, it belongs to the cluster.</summary>
    public static ResourceType In(string container, ResourceType type) =>
        type.Plural is null ? type : type with { ClusterScoped = container.Length == 0 };

    /// <summary>The name of the definition of what a rule or a question is about; null when it is no custom resource.</summary>
    public static string? DefinitionOf(string group, string resource) => Find($"{resource}.{group}")?.Type;

    /// <summary>What a controller does with a custom resource that somebody writes is not known here.</summary>
    public static string? WhyOutlasting(string nativeVerb, ResourceType type) =>
        type.Plural is not null && nativeVerb is ("create" or "update" or "patch")
            ? $"Writing {type.Type} makes its controller act, and what that does is not known: it can outlast the end."
            : null;
}
