using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.Kubernetes.Observing;

namespace NhiGrains.Platforms.Kubernetes.Watching;

/// <summary>
/// Who is bound to what, kept up to date by a watch: a change of a role says nothing of its principals, and a change of a binding
/// nothing of those that it had before.
/// </summary>
internal sealed class BindingIndex
{
    private readonly Dictionary<(string Kind, string Key), Bound> _bindings = [];
    private readonly Dictionary<(string Kind, string Key), HashSet<(string Kind, string Key)>> _byRole = [];

    /// <summary>Takes the bindings of a kind as they are now, in place of those that it had.</summary>
    public void Replace(string kind, IEnumerable<BindingItem> bindings)
    {
        foreach (var old in _bindings.Keys.Where(key => key.Kind == kind).ToArray())
            Forget(old);
        foreach (var binding in bindings)
            Remember(binding);
    }

    /// <returns>Who may have got or lost something by the change.</returns>
    public IEnumerable<PlatformChange> Changed(BindingItem binding, bool deleted)
    {
        var before = Forget((binding.Kind, binding.Key));
        var after = deleted ? null : Remember(binding);
        var marked = Marker.OwnerOf(binding.Source) is null ? null : Marker.PrincipalOf(binding.Source);
        return ((IEnumerable<PlatformChange>)[.. before?.Changes ?? [], .. after?.Changes ?? [], .. Of(marked)]).Distinct();
    }

    public IEnumerable<PlatformChange> Changed(RoleItem role)
    {
        var bindings = _byRole.GetValueOrDefault((role.Kind, role.Key)) ?? [];
        var marked = Marker.OwnerOf(role.Source) is null ? null : Marker.PrincipalOf(role.Source);
        return bindings.SelectMany(key => _bindings[key].Changes).Concat(Of(marked)).Distinct();
    }

    private Bound Remember(BindingItem binding)
    {
        var accounts = binding.Subjects.Select(Subjects.AccountOf).OfType<ServiceAccountName>().Select(account => new PlatformChange(account.ToString()));
        var everybody = binding.Subjects.Any(Subjects.IsGroupOfAccounts);
        var bound = new Bound(binding.RoleKey, everybody ? [PlatformChange.Everything] : [.. accounts.Distinct()]);
        _bindings[(binding.Kind, binding.Key)] = bound;
        if (!_byRole.TryGetValue(bound.Role, out var bindings))
            _byRole[bound.Role] = bindings = [];
        bindings.Add((binding.Kind, binding.Key));
        return bound;
    }

    private Bound? Forget((string Kind, string Key) key)
    {
        if (!_bindings.Remove(key, out var bound))
            return null;
        var others = _byRole[bound.Role];
        others.Remove(key);
        if (others.Count == 0)
            _byRole.Remove(bound.Role);
        return bound;
    }

    private static IEnumerable<PlatformChange> Of(ServiceAccountName? account) =>
        account is null ? [] : [new PlatformChange(account.Value.ToString())];

    private sealed record Bound((string Kind, string Key) Role, IReadOnlyList<PlatformChange> Changes);
}
