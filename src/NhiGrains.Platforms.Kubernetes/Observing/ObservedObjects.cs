using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.Kubernetes.Objects;

namespace NhiGrains.Platforms.Kubernetes.Observing;

/// <summary>From a snapshot to what concerns one account, in canonical form. Pure.</summary>
internal static class ObservedObjects
{
    /// <param name="identityId">Whose objects are ours; null: nobody's.</param>
    public static IReadOnlyList<ObservedObject> Of(RbacSnapshot snapshot, ServiceAccountName account, string? identityId)
    {
        var ours = identityId is null ? [] : snapshot.OwnRoles(identityId).Select(Ours).Concat(snapshot.OwnBindings(identityId).Select(Ours));
        var given = Foreign(snapshot, account, identityId)
            .Select(binding => Given(snapshot, binding, account, Ownership.Foreign))
            .Concat(Inherited(snapshot, account, identityId).Select(binding => Given(snapshot, binding, account, Ownership.Inherited)));
        return [.. ours.Concat(given).OrderBy(o => o.Object.Kind, StringComparer.Ordinal).ThenBy(o => o.Object.Key, StringComparer.Ordinal)];
    }

    /// <summary>Bindings of others that name the account.</summary>
    public static IEnumerable<BindingItem> Foreign(RbacSnapshot snapshot, ServiceAccountName account, string? identityId) =>
        snapshot.Direct(account).Where(binding => !IsOurs(binding, identityId));

    /// <summary>Bindings that reach the account through a group alone.</summary>
    public static IEnumerable<BindingItem> Inherited(RbacSnapshot snapshot, ServiceAccountName account, string? identityId) =>
        snapshot.ThroughGroups(account)
            .Where(binding => !IsOurs(binding, identityId) && !binding.Subjects.Any(subject => Subjects.AccountOf(subject) == account));

    public static bool IsOurs(BindingItem binding, string? identityId) =>
        identityId is not null && Marker.OwnerOf(binding.Source) == identityId;

    private static ObservedObject Ours(RoleItem role) =>
        new(new(role.Kind, role.Key, Bodies.Text(RoleBody.Of(role))), Ownership.Ours, Marker.GenerationOf(role.Source));

    private static ObservedObject Ours(BindingItem binding) =>
        new(new(binding.Kind, binding.Key, Bodies.Text(new BindingBody(binding.Role, Subjects.Texts(binding.Subjects)))), Ownership.Ours, Marker.GenerationOf(binding.Source));

    private static ObservedObject Given(RbacSnapshot snapshot, BindingItem binding, ServiceAccountName account, Ownership ownership)
    {
        var via = binding.Subjects.Where(subject => Subjects.AccountOf(subject) == account || Subjects.IsGroupOf(subject, account));
        var rules = snapshot.RoleOf(binding) is { } role ? Rules.Of(role.Rules) : null;
        var given = new NativeObject(binding.Kind, binding.Key, Bodies.Text(Bodies.Given(binding.Role, Subjects.Texts(via), rules)));
        return new(given, ownership) { BuiltIn = ownership == Ownership.Foreign && KubernetesOwn.Is(snapshot, binding, account) };
    }
}
