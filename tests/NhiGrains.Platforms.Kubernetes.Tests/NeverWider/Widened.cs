using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Tests.NeverWider;

/// <summary>Ways in which what is written could be wider than what was asked for, so that the sweep is known to find them.</summary>
internal static class Widened
{
    public static IReadOnlyDictionary<string, Func<SweptAccount, IReadOnlyList<SweptAccount>, SweptAccount>> Ways { get; } =
        new Dictionary<string, Func<SweptAccount, IReadOnlyList<SweptAccount>, SweptAccount>>(StringComparer.Ordinal)
        {
            ["names-dropped"] = Each(rule => rule with { ResourceNames = null }),
            ["another-name"] = Each(rule => rule.ResourceNames is null ? rule : rule with { ResourceNames = [.. rule.ResourceNames, .. rule.ResourceNames.Select(name => $"{name}-1")] }),
            ["list-as-well"] = Each(rule => rule with { Verbs = [.. rule.Verbs, "list"] }),
            ["watch-as-well"] = Each(rule => rule with { Verbs = [.. rule.Verbs, "watch"] }),
            ["deletecollection-as-well"] = Each(rule => rule with { Verbs = [.. rule.Verbs, "deletecollection"] }),
            ["any-verb"] = Each(rule => rule with { Verbs = ["*"] }),
            ["any-resource"] = Each(rule => rule with { Resources = ["*"] }),
            ["any-group"] = Each(rule => rule with { ApiGroups = ["*"] }),
            ["subresources-as-well"] = Each(rule => rule with { Resources = [.. rule.Resources ?? [], "*/status", "*/scale", "*/token"] }),
            ["the-namespace-with-that-prefix"] = (account, _) => account with
            {
                Objects = [.. account.Objects.Where(one => !one.Key.Contains("-shop-eu/", StringComparison.Ordinal))
                    .SelectMany(one => one.Key.Contains("-shop/", StringComparison.Ordinal) ? [one, one with { Key = one.Key.Replace("-shop/", "-shop-eu/", StringComparison.Ordinal) }] : new[] { one })],
            },
            ["the-cluster-in-place-of-a-namespace"] = (account, _) => account with { Objects = InTheCluster(account) },
            ["another-account"] = (account, all) => account with { Name = all[(all.ToList().IndexOf(account) + 1) % all.Count].Name },
        };

    private static Func<SweptAccount, IReadOnlyList<SweptAccount>, SweptAccount> Each(Func<Rule, Rule> change) => (account, _) => account with
    {
        Objects = [.. account.Objects.Select(one => one.Kind.EndsWith("Role", StringComparison.Ordinal) ? one with { Body = Bodies.Text(new RoleBody([.. Bodies.Read<RoleBody>(one).Rules.Select(change)])) } : one)],
    };

    private static NativeObject[] InTheCluster(SweptAccount account)
    {
        Rule[] rules = [.. account.Objects.Where(one => one.Kind.EndsWith("Role", StringComparison.Ordinal)).SelectMany(one => Bodies.Read<RoleBody>(one).Rules)];
        var name = $"nhi-{account.IdentityId}";
        return [new("ClusterRole", name, Bodies.Text(new RoleBody(rules))), new("ClusterRoleBinding", name, Bodies.Text(new BindingBody($"ClusterRole/{name}", [])))];
    }
}
