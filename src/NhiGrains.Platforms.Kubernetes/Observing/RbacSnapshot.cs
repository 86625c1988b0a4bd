using k8s;
using k8s.Models;
using NhiGrains.Platforms.Kubernetes.Objects;

namespace NhiGrains.Platforms.Kubernetes.Observing;

/// <summary>A Role or a ClusterRole.</summary>
/// <param name="Rules">Empty for none.</param>
internal sealed record RoleItem(string Kind, IKubernetesObject<V1ObjectMeta> Source, IReadOnlyList<V1PolicyRule> Rules, bool Aggregated)
{
    public string Key => RbacSnapshot.KeyOf(Source.Metadata);

    /// <summary>For a ClusterRole of ours: what by its definition does not belong to the cluster. Null for nothing.</summary>
    public IReadOnlyList<string>? Misplaced { get; init; }
}

/// <summary>A RoleBinding or a ClusterRoleBinding.</summary>
internal sealed record BindingItem(string Kind, IKubernetesObject<V1ObjectMeta> Source, V1RoleRef? RoleRef, IReadOnlyList<Rbacv1Subject> Subjects)
{
    public string Key => RbacSnapshot.KeyOf(Source.Metadata);

    public string Role => $"{RoleRef?.Kind}/{RoleRef?.Name}";

    /// <summary>Where the role that it refers to is found: beside the binding, or in the cluster.</summary>
    public (string Kind, string Key) RoleKey =>
        RoleRef?.Kind == "Role" ? ("Role", $"{Source.Metadata.NamespaceProperty}/{RoleRef.Name}") : ("ClusterRole", RoleRef?.Name ?? "");
}

/// <summary>All of RBAC, as it was read, indexed by what is asked about it. Shared by its readers, so nobody changes it.</summary>
internal sealed class RbacSnapshot
{
    private readonly Dictionary<(string Kind, string Key), RoleItem> _roles;
    private readonly Dictionary<(string Kind, string Key), BindingItem> _bindings;
    private readonly ILookup<ServiceAccountName, BindingItem> _direct;
    private readonly ILookup<string, BindingItem> _byGroup;
    private readonly ILookup<string, RoleItem> _ownRoles;
    private readonly ILookup<string, BindingItem> _ownBindings;

    /// <summary>How many pages of lists it was read from.</summary>
    public int ListPages { get; init; }

    public RbacSnapshot(IEnumerable<RoleItem> roles, IEnumerable<BindingItem> bindings)
    {
        var (allRoles, allBindings) = (roles.ToArray(), bindings.ToArray());
        _roles = allRoles.ToDictionary(role => (role.Kind, role.Key));
        _bindings = allBindings.ToDictionary(binding => (binding.Kind, binding.Key));
        _direct = Indexed(allBindings, binding => binding.Subjects.Select(Subjects.AccountOf).OfType<ServiceAccountName>().Distinct());
        _byGroup = Indexed(allBindings, binding => binding.Subjects.Where(s => s.Kind == "Group").Select(s => s.Name).Distinct(StringComparer.Ordinal));
        _ownRoles = Indexed(allRoles, role => Owner(role.Source));
        _ownBindings = Indexed(allBindings, binding => Owner(binding.Source));
    }

    /// <summary>Every account that a binding names, and every account that an object of ours is for.</summary>
    public IEnumerable<ServiceAccountName> Accounts =>
        _direct.Select(group => group.Key).Concat(Owned.Select(owned => owned.Principal)).Distinct();

    /// <summary>Which identity our objects for an account say that they are of.</summary>
    public ILookup<ServiceAccountName, string> Owners => field ??= Owned.Distinct().ToLookup(o => o.Principal, o => o.Identity);

    public RoleItem? RoleOf(BindingItem binding) => _roles.GetValueOrDefault(binding.RoleKey);

    public IEnumerable<RoleItem> OwnRoles(string identityId) => _ownRoles[identityId];

    public IEnumerable<BindingItem> OwnBindings(string identityId) => _ownBindings[identityId];

    /// <summary>Bindings that name the account itself.</summary>
    public IEnumerable<BindingItem> Direct(ServiceAccountName account) => _direct[account];

    /// <summary>Bindings that name a group that the account is in.</summary>
    public IEnumerable<BindingItem> ThroughGroups(ServiceAccountName account) =>
        account.Groups.SelectMany(group => _byGroup[group]).DistinctBy(binding => (binding.Kind, binding.Key));

    public IKubernetesObject<V1ObjectMeta>? Find(string kind, string key) =>
        _roles.GetValueOrDefault((kind, key))?.Source ?? _bindings.GetValueOrDefault((kind, key))?.Source;

    public BindingItem? FindBinding(string kind, string key) => _bindings.GetValueOrDefault((kind, key));

    public static string KeyOf(V1ObjectMeta metadata) =>
        metadata.NamespaceProperty is null ? metadata.Name : $"{metadata.NamespaceProperty}/{metadata.Name}";

    private IEnumerable<(ServiceAccountName Principal, string Identity)> Owned =>
        from item in _ownRoles.SelectMany(own => own.Select(role => (Owner: own.Key, role.Source)))
            .Concat(_ownBindings.SelectMany(own => own.Select(binding => (Owner: own.Key, binding.Source))))
        let principal = Marker.PrincipalOf(item.Source)
        where principal is not null
        select (principal.Value, item.Owner);

    private static string[] Owner(IKubernetesObject<V1ObjectMeta> item) => Marker.OwnerOf(item) is { } owner ? [owner] : [];

    private static ILookup<TKey, TItem> Indexed<TKey, TItem>(IEnumerable<TItem> items, Func<TItem, IEnumerable<TKey>> keys) =>
        items.SelectMany(item => keys(item).Select(key => (key, item))).ToLookup(pair => pair.key, pair => pair.item);
}
