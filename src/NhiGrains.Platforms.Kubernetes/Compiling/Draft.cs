using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>What a compilation has gathered so far: the union of access, and what has to be said about it.</summary>
internal sealed class Draft
{
    private readonly HashSet<(string? Namespace, Access Access)> _accesses = [];
    private readonly SortedSet<string> _differences = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _obligations = new(StringComparer.Ordinal);

    public IEnumerable<(string? Namespace, Access Access)> Accesses => _accesses;

    public void Give(string? inNamespace, Access access) => _accesses.Add((inNamespace, access));

    public void Include(Draft other) => _accesses.UnionWith(other._accesses);

    public void Differs(string how) => _differences.Add(how);

    public void KeepWindow(bool ends, bool starts)
    {
        if (ends)
            _obligations.Add("Kubernetes keeps no end time: access is removed when it is over, by the controller.");
        if (starts)
            _obligations.Add("Kubernetes keeps no start time: access is given when it begins, by the controller.");
    }

    public void Outlasts(string why) => _obligations.Add(why);

    /// <summary>The least faithful of all. What is narrower is said in any case.</summary>
    public Fidelity Fidelity(TimeSpan controllerLag) =>
        _obligations.Count > 0 ? new Fidelity.ControllerEnforced([.. _obligations, .. _differences], controllerLag)
        : _differences.Count > 0 ? new Fidelity.Narrower([.. _differences])
        : new Fidelity.Exact();
}
