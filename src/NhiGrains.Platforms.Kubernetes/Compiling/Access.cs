using k8s.Models;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>
/// The smallest piece of access that RBAC can say. Rules are unions of them, and they are merged only where that makes
/// the same set again, never a cross product that nobody asked for.
/// </summary>
/// <param name="Name">One object's name; null for any.</param>
internal readonly record struct Access(string Group, string Resource, string Verb, string? Name)
{
    private const string Any = "*";

    /// <summary>The accesses that contain this one: each part as it is or wider, without this one itself.</summary>
    public IEnumerable<Access> Wider()
    {
        var self = this;
        return from grp in (string[])[self.Group, Any]
               from resource in self.Resources()
               from verb in (string[])[self.Verb, Any]
               from name in (string?[])[self.Name, null]
               let wider = new Access(grp, resource, verb, name)
               where wider != self
               select wider;
    }

    /// <summary>Whether a set of accesses gives this one.</summary>
    public bool IsIn(IReadOnlySet<Access> accesses) => accesses.Contains(this) || Wider().Any(accesses.Contains);

    /// <summary>Whether a rule of RBAC gives this one.</summary>
    public bool IsGivenBy(V1PolicyRule rule) =>
        Matches(rule.Verbs, Verb) && Matches(rule.ApiGroups, Group)
        && Resources().Any(resource => rule.Resources?.Contains(resource) == true)
        && (rule.ResourceNames is not { Count: > 0 } names || (Name is not null && names.Contains(Name)));

    public override string ToString() => $"{Verb} {(Name is null ? Resource : $"{Resource} '{Name}'")}";

    /// <summary>How rules can spell the resource: itself, any, and a subresource of any.</summary>
    private string[] Resources() =>
        Resource.Split('/') is [_, var subresource] ? [Resource, Any, $"{Any}/{subresource}"] : [Resource, Any];

    private static bool Matches(IList<string>? rule, string text) => rule is not null && (rule.Contains(text) || rule.Contains(Any));
}
