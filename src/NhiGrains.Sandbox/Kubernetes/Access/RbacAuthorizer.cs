using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Access;

/// <summary>RBAC: rules only ever allow, and whatever no rule allows is refused.</summary>
internal static class RbacAuthorizer
{
    /// <returns>Which binding allows it, in the API server's words; null: none.</returns>
    public static string? WhyAllowed(ClusterState state, UserInfo user, AccessQuestion asked)
    {
        if (user.Groups.Contains(UserInfo.Masters))
            return "";
        foreach (var (binding, rules) in RulesOf(state, user, asked.Namespace))
        {
            if (rules.Any(rule => rule.Allows(asked)))
            {
                var name = binding.Namespace.Length == 0 ? binding.Name : $"{binding.Name}/{binding.Namespace}";
                return $"RBAC: allowed by {binding.Kind.Name} \"{name}\"";
            }
        }

        return null;
    }

    public static bool Allows(ClusterState state, UserInfo user, AccessQuestion asked) => WhyAllowed(state, user, asked) is not null;

    /// <summary>All rules that a user has in a namespace: those of the cluster hold in all of them.</summary>
    public static IEnumerable<(StoredObject Binding, IEnumerable<PolicyRule> Rules)> RulesOf(ClusterState state, UserInfo user, string inNamespace)
    {
        var bindings = state.Shelves[ObjectKind.ClusterRoleBinding].Of(inNamespace: null);
        if (inNamespace.Length > 0)
            bindings = bindings.Concat(state.Shelves[ObjectKind.RoleBinding].Of(inNamespace));
        foreach (var binding in bindings)
        {
            if (binding.Meaning is BindingMeaning meaning && meaning.Subjects.Any(subject => subject.Is(user)))
                yield return (binding, RulesOf(state, meaning, binding.Namespace));
        }
    }

    /// <summary>A binding to a role that there is not gives nothing.</summary>
    public static IEnumerable<PolicyRule> RulesOf(ClusterState state, BindingMeaning binding, string inNamespace)
    {
        var role = binding.IsOfCluster
            ? state.Find(ObjectKind.ClusterRole, "", binding.Role)
            : state.Find(ObjectKind.Role, inNamespace, binding.Role);
        return role?.Meaning is RoleMeaning meaning ? meaning.Rules : [];
    }
}
