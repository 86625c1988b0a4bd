using k8s.Models;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.Kubernetes.Observing;

namespace NhiGrains.Platforms.Kubernetes.Probing;

/// <summary>What an account has from others than us, so that nobody expects a 'no' where they say yes.</summary>
internal sealed class OthersAccess(RbacSnapshot snapshot, ServiceAccountName account, string identityId)
{
    private readonly (BindingItem Binding, IReadOnlyList<V1PolicyRule> Rules)[] _given =
    [
        .. ObservedObjects.Foreign(snapshot, account, identityId)
            .Concat(ObservedObjects.Inherited(snapshot, account, identityId))
            .Select(binding => (binding, snapshot.RoleOf(binding)?.Rules ?? [])),
    ];

    /// <summary>The binding that gives an access; null when none does.</summary>
    public string? Source(string? inNamespace, Access access) => _given
        .Where(given => given.Binding.Kind == "ClusterRoleBinding" || (inNamespace is not null && given.Binding.Source.Metadata.NamespaceProperty == inNamespace))
        .Where(given => given.Rules.Any(access.IsGivenBy))
        .Select(given => $"{given.Binding.Kind} {given.Binding.Key}")
        .FirstOrDefault();
}
