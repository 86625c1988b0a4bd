using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Tests.Compiling;

/// <summary>A right plan, to be made wrong.</summary>
internal sealed class WrongPlan(KubernetesTarget target, IEnumerable<NativeObject> right)
{
    private readonly Dictionary<(string Kind, string Key), string> _bodies = right.ToDictionary(one => (one.Kind, one.Key), one => one.Body);

    public string Own => target.Own;

    public string First { get; } = $"{target.Namespace}/{target.Own}";

    public string Second { get; } = $"{WrongRoles.Second(target)}/{target.Own}";

    public string Third { get; } = $"{WrongRoles.Third(target)}/{target.Own}";

    public IReadOnlyList<NativeObject> Objects => [.. _bodies.Select(one => new NativeObject(one.Key.Kind, one.Key.Key, one.Value))];

    /// <summary>Changes the rules for a resource in the first namespace.</summary>
    public void Change(string resource, Func<Rule, Rule> change) =>
        Set("Role", First, Rules("Role", First).Select(rule => rule.Resources?.Contains(resource) == true ? change(rule) : rule));

    public void Lose(string resource) => Set("Role", First, Rules("Role", First).Where(rule => rule.Resources?.Contains(resource) != true));

    public void Add(string key, string group, string resource, params string[] verbs)
    {
        var kind = key.Contains('/', StringComparison.Ordinal) ? "Role" : "ClusterRole";
        Set(kind, key, Rules(kind, key).Append(new([group], [resource], null, null, verbs)));
    }

    /// <summary>A rule about what is no resource.</summary>
    public void AddUrl(string url) => Set("ClusterRole", target.Own, Rules("ClusterRole", target.Own).Append(new(null, null, null, [url], ["get"])));

    public void LoseAll(string? key = null)
    {
        foreach (var one in _bodies.Keys.Where(one => key is null || one.Key == key).ToArray())
            _bodies.Remove(one);
    }

    public void LoseBinding(string key) => _bodies.Remove(("RoleBinding", key));

    /// <summary>What is at one place is at another one, in its place or as well.</summary>
    public void Copy(string from, string to, bool andLose)
    {
        (_bodies[("Role", to)], _bodies[("RoleBinding", to)]) = (_bodies[("Role", from)], _bodies[("RoleBinding", from)]);
        if (andLose)
            LoseAll(from);
    }

    public void ToTheCluster(string from)
    {
        Set("ClusterRole", target.Own, Rules("ClusterRole", target.Own).Concat(Rules("Role", from)));
        LoseAll(from);
    }

    public void BindTo(string role, string? key = null)
    {
        var (kind, at) = key is null ? ("ClusterRoleBinding", target.Own) : ("RoleBinding", key);
        _bodies[(kind, at)] = Bodies.Text(Read<BindingBody>(kind, at) with { Role = role });
    }

    private IReadOnlyList<Rule> Rules(string kind, string key) => Read<RoleBody>(kind, key).Rules;

    private void Set(string kind, string key, IEnumerable<Rule> rules) => _bodies[(kind, key)] = Bodies.Text(new RoleBody([.. rules]));

    private T Read<T>(string kind, string key) => Bodies.Read<T>(new(kind, key, _bodies[(kind, key)]));
}
