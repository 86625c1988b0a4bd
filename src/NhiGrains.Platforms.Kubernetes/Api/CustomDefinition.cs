using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace NhiGrains.Platforms.Kubernetes.Api;

/// <summary>Of a CustomResourceDefinition what this connector reads; its schemas can be long and are left out.</summary>
internal sealed class CustomDefinition : IKubernetesObject<V1ObjectMeta>
{
    [JsonPropertyName("apiVersion")]
    public string? ApiVersion { get; set; }

    [JsonPropertyName("kind")]
    public string? Kind { get; set; }

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public CustomDefinitionSpec? Spec { get; set; }
}

internal sealed class CustomDefinitionSpec
{
    /// <summary><c>Cluster</c> or <c>Namespaced</c>; it cannot be changed.</summary>
    [JsonPropertyName("scope")]
    public string? Scope { get; set; }
}
