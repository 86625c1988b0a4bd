using k8s;

namespace NhiGrains.Platforms.Kubernetes.Objects;

internal static class Copies
{
    /// <summary>A copy to change: what was read is shared with whoever observes at the same time.</summary>
    public static T Of<T>(T item) => KubernetesJson.Deserialize<T>(KubernetesJson.Serialize(item));
}
