using k8s;
using k8s.Models;
using NhiGrains.Platforms.Kubernetes.Api;

namespace NhiGrains.Platforms.Kubernetes.Applying;

/// <summary>The only way to write: asks the fence immediately before each write, and counts them.</summary>
internal sealed class Writer(KubernetesApi api, Fence fence, CancellationToken cancellation)
{
    public int Writes { get; private set; }

    public async Task<T> CreateAsync<T>(ApiKind<T> kind, T item)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        fence.ThrowIfStale();
        var created = await api.CreateAsync(kind, item, cancellation);
        Writes++;
        return created;
    }

    public async Task ReplaceAsync<T>(ApiKind<T> kind, T item)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        fence.ThrowIfStale();
        await api.ReplaceAsync(kind, item, cancellation);
        Writes++;
    }

    public async Task DeleteAsync<T>(ApiKind<T> kind, T item)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        fence.ThrowIfStale();
        await api.DeleteAsync(kind, item, cancellation);
        Writes++;
    }

    /// <summary>A role or binding of any kind; nothing for null.</summary>
    public Task DeleteRbacAsync(IKubernetesObject<V1ObjectMeta>? item) => item switch
    {
        null => Task.CompletedTask,
        V1Role role => DeleteAsync(ApiKinds.Role, role),
        V1RoleBinding binding => DeleteAsync(ApiKinds.RoleBinding, binding),
        V1ClusterRole role => DeleteAsync(ApiKinds.ClusterRole, role),
        V1ClusterRoleBinding binding => DeleteAsync(ApiKinds.ClusterRoleBinding, binding),
        _ => throw new PlatformException(PlatformError.Rejected, $"'{item.Kind}' is no kind of object that gives access."),
    };
}
