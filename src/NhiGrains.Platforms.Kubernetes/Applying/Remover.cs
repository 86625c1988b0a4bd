using k8s;
using k8s.Models;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.Kubernetes.Observing;

namespace NhiGrains.Platforms.Kubernetes.Applying;

/// <summary>Removes one object, or the principal from it, because a person said so about exactly what was shown.</summary>
internal sealed class Remover(KubernetesApi api, SnapshotReader snapshots)
{
    public async Task RemoveAsync(ServiceAccountName account, string identityId, NativeObject unwanted, Fence fence, CancellationToken cancellation)
    {
        var snapshot = await snapshots.ReadAsync(cancellation);
        var seen = ObservedObjects.Of(snapshot, account, identityId)
            .FirstOrDefault(seen => seen.Object.Kind == unwanted.Kind && seen.Object.Key == unwanted.Key);
        if (seen is null)
            return;
        if (seen.Object.Body != unwanted.Body)
            throw new PlatformException(PlatformError.Conflict, $"{unwanted.Kind} {unwanted.Key} is no longer as it was shown. Look at it again.");
        var writer = new Writer(api, fence, cancellation);
        switch (seen.Ownership)
        {
            case Ownership.Ours:
                await writer.DeleteRbacAsync(snapshot.Find(unwanted.Kind, unwanted.Key));
                break;
            case Ownership.Foreign:
                await TakeOutAsync(snapshot.Find(unwanted.Kind, unwanted.Key), account, writer);
                break;
            default:
                throw new PlatformException(PlatformError.Rejected, $"{unwanted.Kind} {unwanted.Key} reaches the account through a group, and others with it. Change it by hand.");
        }
    }

    /// <summary>Other subjects keep what they have.</summary>
    private static Task TakeOutAsync(IKubernetesObject<V1ObjectMeta>? binding, ServiceAccountName account, Writer writer)
    {
        switch (binding)
        {
            case V1RoleBinding found when Others(found.Subjects, account) is { Count: > 0 } others:
                var rest = Copies.Of(found);
                rest.Subjects = others;
                return writer.ReplaceAsync(ApiKinds.RoleBinding, rest);
            case V1ClusterRoleBinding found when Others(found.Subjects, account) is { Count: > 0 } others:
                var clusterRest = Copies.Of(found);
                clusterRest.Subjects = others;
                return writer.ReplaceAsync(ApiKinds.ClusterRoleBinding, clusterRest);
            default:
                return writer.DeleteRbacAsync(binding);
        }
    }

    private static List<Rbacv1Subject> Others(IList<Rbacv1Subject>? subjects, ServiceAccountName account) =>
        [.. (subjects ?? []).Where(subject => Subjects.AccountOf(subject) != account)];
}
