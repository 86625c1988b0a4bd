using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>What a compilation has gathered so far: permissions by binding, and what has to be said about it.</summary>
internal sealed class Draft
{
    private readonly Dictionary<Wanted, SortedSet<string>> _permissions = [];
    private readonly SortedSet<string> _obligations = new(StringComparer.Ordinal);

    public IEnumerable<(Wanted Wanted, IReadOnlyList<string> Permissions)> Bindings =>
        _permissions.Select(binding => (binding.Key, (IReadOnlyList<string>)[.. binding.Value]));

    public void Give(Wanted wanted, IEnumerable<string> permissions)
    {
        var more = permissions.ToArray();
        if (_permissions.TryGetValue(wanted, out var given))
            given.UnionWith(more);
        else if (more.Length > 0)
            _permissions[wanted] = new(more, StringComparer.Ordinal);
    }

    public void Oblige(string obligation) => _obligations.Add(obligation);

    public Fidelity Fidelity(TimeSpan controllerLag) =>
        _obligations.Count > 0 ? new Fidelity.ControllerEnforced([.. _obligations], controllerLag) : new Fidelity.Exact();
}
