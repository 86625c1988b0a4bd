using k8s.Models;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Applying;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.Reading;

namespace NhiGrains.Platforms.Kubernetes.Observing;

/// <summary>Reads all of RBAC, as often as it is asked to and no oftener.</summary>
/// <remarks>
/// A binding cannot be selected by its subject, so what a principal has is only known from reading all bindings. That costs the
/// more the larger the cluster is; when ten thousand identities ask at once, they share what was read (<see cref="SharedRead{T}"/>).
/// </remarks>
internal sealed class SnapshotReader(KubernetesApi api)
{
    private const int MostOfARule = 100;

    private readonly SharedRead<RbacSnapshot> _shared = new(cancellation => ReadAllAsync(api, cancellation));

    /// <summary>A snapshot whose reading began after the call.</summary>
    public Task<RbacSnapshot> ReadAsync(CancellationToken cancellation) => _shared.ReadAsync(cancellation);

    public static RoleItem Item(V1Role role) => new("Role", role, Listed(role.Rules), Aggregated: false);

    public static RoleItem Item(V1ClusterRole role) => new("ClusterRole", role, Listed(role.Rules), role.AggregationRule is not null);

    public static BindingItem Item(V1RoleBinding binding) => new("RoleBinding", binding, binding.RoleRef, Listed(binding.Subjects));

    public static BindingItem Item(V1ClusterRoleBinding binding) => new("ClusterRoleBinding", binding, binding.RoleRef, Listed(binding.Subjects));

    private static async Task<RbacSnapshot> ReadAllAsync(KubernetesApi api, CancellationToken cancellation)
    {
        var roles = api.ListAsync(ApiKinds.Role, cancellation);
        var clusterRoles = api.ListAsync(ApiKinds.ClusterRole, cancellation);
        var bindings = api.ListAsync(ApiKinds.RoleBinding, cancellation);
        var clusterBindings = api.ListAsync(ApiKinds.ClusterRoleBinding, cancellation);
        await Task.WhenAll(roles, clusterRoles, bindings, clusterBindings);
        return new(
            [.. (await roles).Items.Select(Item), .. await PlacedAsync(api, [.. (await clusterRoles).Items.Select(Item)], cancellation)],
            [.. (await bindings).Items.Select(Item), .. (await clusterBindings).Items.Select(Item)])
        {
            ListPages = (await roles).Pages + (await clusterRoles).Pages + (await bindings).Pages + (await clusterBindings).Pages,
        };
    }

    private static async Task<IEnumerable<RoleItem>> PlacedAsync(KubernetesApi api, RoleItem[] clusterRoles, CancellationToken cancellation)
    {
        var ours = clusterRoles.Where(role => Marker.OwnerOf(role.Source) is not null).ToDictionary(role => role, DefinitionsOf);
        var misplaced = await new DefinedScopes(api).NotOfClusterAsync([.. ours.SelectMany(role => role.Value).Distinct(StringComparer.Ordinal)], cancellation);
        return misplaced.Count == 0 ? clusterRoles
            : clusterRoles.Select(role => ours.TryGetValue(role, out var named) && named.Where(misplaced.Contains).ToArray() is { Length: > 0 } wrong ? role with { Misplaced = wrong } : role);
    }

    // Our own rules have one group and one resource; what multiplies out to very many is a difference by itself.
    private static string[] DefinitionsOf(RoleItem role) =>
    [
        .. role.Rules.Where(rule => (long)(rule.ApiGroups?.Count ?? 0) * (rule.Resources?.Count ?? 0) <= MostOfARule)
            .SelectMany(rule => rule.ApiGroups ?? [], (rule, group) => (Resources: rule.Resources ?? [], group))
            .SelectMany(of => of.Resources, (of, resource) => CustomTypes.DefinitionOf(of.group, resource)).OfType<string>()
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    private static IReadOnlyList<T> Listed<T>(IList<T>? items) => items is null ? [] : [.. items];
}
