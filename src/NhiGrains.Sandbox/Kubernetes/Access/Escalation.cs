using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Access;

/// <summary>Nobody gives what he does not have, unless he may <c>escalate</c> or <c>bind</c>.</summary>
internal static class Escalation
{
    /// <param name="meaning">What is to be written.</param>
    /// <returns>Whether the user may write it.</returns>
    public static bool May(ClusterState state, UserInfo user, ObjectKind kind, string inNamespace, string name, object? meaning)
    {
        if (user.Groups.Contains(UserInfo.Masters))
            return true;
        return meaning switch
        {
            RoleMeaning role => May("escalate", kind.Plural, name) || Covers(role.Rules),
            BindingMeaning binding => May("bind", binding.IsOfCluster ? "clusterroles" : "roles", binding.Role)
                || Covers(RbacAuthorizer.RulesOf(state, binding, inNamespace)),
            _ => true,
        };

        bool May(string verb, string resource, string roleName) =>
            RbacAuthorizer.Allows(state, user, new(verb, ObjectKind.Role.Group, resource, Namespace: inNamespace, Name: roleName));

        bool Covers(IEnumerable<PolicyRule> rules)
        {
            var own = RbacAuthorizer.RulesOf(state, user, inNamespace).SelectMany(bound => bound.Rules).ToList();
            return rules.SelectMany(Each).All(asked => own.Exists(rule => rule.Allows(asked)));
        }
    }

    /// <summary>Everything that a rule gives, one by one; a star is covered by a star only.</summary>
    private static IEnumerable<AccessQuestion> Each(PolicyRule rule) =>
        from verb in rule.Verbs
        from asked in rule.Urls.Select(url => new AccessQuestion(verb, Url: url)).Concat(
            from inGroup in rule.Groups
            from resource in rule.Resources
            from name in rule.Names.DefaultIfEmpty("")
            let parts = resource.Split('/', 2)
            select new AccessQuestion(verb, inGroup, parts[0], parts.Length > 1 ? parts[1] : "", Name: name))
        select asked;
}
