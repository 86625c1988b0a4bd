using NhiGrains.Sandbox.Kubernetes.State;

namespace NhiGrains.Sandbox.Kubernetes.Access;

/// <summary>Nobody gives what he does not have, unless he may <c>escalate</c> or <c>bind</c>.</summary>
internal static class Escalation
{
    /// <param name="meaning">What is to be written.</param>
    /// <returns>What the user would give and does not have; empty: it may be written.</returns>
    public static IReadOnlyList<AccessQuestion> Missing(
        ClusterState state, UserInfo user, ObjectKind kind, string inNamespace, string name, object? meaning)
    {
        if (user.Groups.Contains(UserInfo.Masters))
            return [];
        return meaning switch
        {
            RoleMeaning role when !May("escalate", kind.Plural, name) => NotHad(role.Rules),
            BindingMeaning binding when !May("bind", binding.IsOfCluster ? "clusterroles" : "roles", binding.Role) =>
                NotHad(RbacAuthorizer.RulesOf(state, binding, inNamespace)),
            _ => [],
        };

        bool May(string verb, string resource, string roleName) =>
            RbacAuthorizer.Allows(state, user, new(verb, ObjectKind.Role.Group, resource, Namespace: inNamespace, Name: roleName));

        IReadOnlyList<AccessQuestion> NotHad(IEnumerable<PolicyRule> rules)
        {
            var own = RbacAuthorizer.RulesOf(state, user, inNamespace).SelectMany(bound => bound.Rules).ToList();
            return [.. rules.SelectMany(Each).Where(asked => !own.Exists(rule => rule.Allows(asked)))];
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
