using k8s;
using k8s.Models;

namespace NhiGrains.Platforms.Kubernetes.Tests.Compiling;

/// <summary>How a compiler could be wrong, and what hands could do to what it made.</summary>
/// <param name="NotAsked">Why no question finds it; empty: one has to.</param>
internal sealed record WrongTranslation(string Name, Action<WrongPlan> Change, string NotAsked = "", Func<KubernetesTarget, Task>? ByHand = null);

internal static class WrongRoles
{
    private const string Group = "rbac.authorization.k8s.io";
    private const string Anything = "since nobody asks about everything there is; never-wider properties hold the compiler to it";
    private const string Others = "since it is not the access of the principal that is asked about";
    private const string Same = "since the principal has the same by it";
    private const string NotOurs = "since it has no marker of ours, and where others give access no 'no' is expected";

    public static IReadOnlyList<WrongTranslation> All { get; } =
    [
        // Verbs.
        new("all verbs", plan => plan.Change("pods", rule => rule with { Verbs = ["*"] })),
        new("a verb is lost", plan => plan.Change("configmaps", rule => rule with { Verbs = ["get", "update"] })),
        new("get in place of list", plan => plan.Change("pods", rule => rule with { Verbs = ["get"] })),
        new("list as well as get", plan => plan.Change("configmaps", rule => rule with { Verbs = [.. rule.Verbs, "list"] })),
        new("delete as well", plan => plan.Change("configmaps", rule => rule with { Verbs = [.. rule.Verbs, "delete"] })),
        new("watch as well as list", plan => plan.Change("pods", rule => rule with { Verbs = ["list", "watch"] })),
        new("all at once may be deleted as well", plan => plan.Change("pods", rule => rule with { Verbs = ["list", "deletecollection"] })),
        new("create as well as update", plan => plan.Add(plan.First, "", "configmaps", "create")),

        // Names.
        new("the names are dropped", plan => plan.Change("configmaps", rule => rule with { ResourceNames = null })),
        new("the names of a subresource are dropped", plan => plan.Change("deployments/scale", rule => rule with { ResourceNames = null })),
        new("another name", plan => plan.Change("configmaps", rule => rule with { ResourceNames = ["config-2"] })),
        new("a star as a name", plan => plan.Change("configmaps", rule => rule with { ResourceNames = ["*"] })),
        new("another name as well", plan => plan.Change("configmaps", rule => rule with { ResourceNames = ["config-1", "config-2"] }), Anything),

        // Resources and groups.
        new("all resources of the group", plan => plan.Change("pods", rule => rule with { Resources = ["*"] })),
        new("all resources of another group", plan => plan.Change("deployments/scale", rule => rule with { Resources = ["*"] })),
        new("another resource", plan => plan.Change("pods", rule => rule with { Resources = ["services"] })),
        new("secrets as well", plan => plan.Change("pods", rule => rule with { Resources = ["pods", "secrets"] })),
        new("all groups", plan => plan.Change("deployments/scale", rule => rule with { ApiGroups = ["*"] })),
        new("a wrong group", plan => plan.Change("deployments/scale", rule => rule with { ApiGroups = ["extensions"] })),
        new("no group", plan => plan.Change("deployments/scale", rule => rule with { ApiGroups = [""] })),
        new("the resource in place of its subresource", plan => plan.Change("deployments/scale", rule => rule with { Resources = ["deployments"] })),
        new("the resource as well as its subresource", plan => plan.Change("deployments/scale", rule => rule with { Resources = ["deployments", "deployments/scale"] })),
        new("the subresource of every resource", plan => plan.Change("deployments/scale", rule => rule with { Resources = ["*/scale"], ResourceNames = null })),
        new("all subresources", plan => plan.Change("pods", rule => rule with { Resources = ["pods", "pods/*"] }), "since RBAC knows no star behind a resource: it gives the same"),
        new("a subresource that runs commands", plan => plan.Add(plan.First, "", "pods/exec", "create")),
        new("everything", plan => plan.Add(plan.First, "*", "*", "*")),

        // What hands out access.
        new("roles may be escalated", plan => plan.Add(plan.First, Group, "roles", "escalate")),
        new("roles may be bound", plan => plan.Add(plan.Second, Group, "roles", "bind")),
        new("roles of the cluster may be bound", plan => plan.Add(plan.Own, Group, "clusterroles", "bind")),
        new("others may be impersonated", plan => plan.Add(plan.Own, "", "users", "impersonate")),
        new("tokens may be made", plan => plan.Add(plan.First, "", "serviceaccounts/token", "create")),
        new("what is no resource as well", plan => plan.AddUrl("/metrics"), "since an access review of a path is none of those that are asked"),
        new("something that nobody named", plan => plan.Add(plan.First, "batch", "jobs", "create"), Anything),

        // Places.
        new("another namespace", plan => plan.Copy(plan.First, plan.Third, andLose: true)),
        new("another namespace of the same identity as well", plan => plan.Copy(plan.First, plan.Second, andLose: false)),
        new("a namespace that nobody named as well", plan => plan.Copy(plan.First, plan.Third, andLose: false), Anything),
        new("the cluster in place of the namespace", plan => plan.ToTheCluster(plan.First)),
        new("a namespace is lost", plan => plan.LoseAll(plan.Second)),
        new("nothing at all", plan => plan.LoseAll()),

        // Bindings.
        new("a rule is lost", plan => plan.Lose("pods")),
        new("a binding is lost", plan => plan.LoseBinding(plan.Second)),
        new("bound to cluster-admin", plan => plan.BindTo("ClusterRole/cluster-admin", plan.Second)),
        new("bound to cluster-admin in the cluster", plan => plan.BindTo("ClusterRole/cluster-admin")),
        new("bound to a role that is not there", plan => plan.BindTo("Role/elsewhere", plan.Second)),
        new("another account", _ => { }, ByHand: target => BindAsync(target, Account(target, "default"))),
        new("the account of that name in another namespace", _ => { }, ByHand: target => BindAsync(target, new Rbacv1Subject { Kind = "ServiceAccount", Name = "app", NamespaceProperty = Second(target) })),
        new("another group", _ => { }, ByHand: target => BindAsync(target, Everybody($"system:serviceaccounts:{Second(target)}"))),
        new("a second account", _ => { }, Others, target => BindAsync(target, target.Account(), Account(target, "default"))),
        new("everybody in the namespace", _ => { }, Same, target => BindAsync(target, Everybody($"system:serviceaccounts:{target.Namespace}"))),
        new("everybody there is", _ => { }, Same, target => BindAsync(target, Everybody("system:authenticated"))),
        new("the account as a user", _ => { }, Same, target => BindAsync(target, new Rbacv1Subject { Kind = "User", ApiGroup = Group, Name = $"system:serviceaccount:{target.Namespace}:app" })),
        new("a role that the cluster fills in", _ => { }, "since nothing is filled in yet", AggregateAsync),
        new("a second binding to cluster-admin", _ => { }, NotOurs, target => target.BindByHandAsync("by-hand", (Group, "ClusterRole", "cluster-admin"), target.Account())),
    ];

    public static string Second(KubernetesTarget target) => $"{target.Namespace}-b";

    /// <summary>A namespace that nothing is wanted in.</summary>
    public static string Third(KubernetesTarget target) => $"{target.Namespace}-c";

    private static Rbacv1Subject Account(KubernetesTarget target, string name) => new() { Kind = "ServiceAccount", Name = name, NamespaceProperty = target.Namespace };

    private static Rbacv1Subject Everybody(string name) => new() { Kind = "Group", ApiGroup = Group, Name = name };

    private static async Task BindAsync(KubernetesTarget target, params Rbacv1Subject[] subjects)
    {
        var binding = await target.Admin.ReadNamespacedRoleBindingAsync(target.Own, target.Namespace, cancellationToken: TestContext.Current.CancellationToken);
        binding.Subjects = subjects;
        await target.Admin.ReplaceNamespacedRoleBindingAsync(binding, target.Own, target.Namespace, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static async Task AggregateAsync(KubernetesTarget target)
    {
        var role = await target.Admin.ReadClusterRoleAsync(target.Own, cancellationToken: TestContext.Current.CancellationToken);
        role.AggregationRule = new() { ClusterRoleSelectors = [new() { MatchLabels = new Dictionary<string, string>(StringComparer.Ordinal) { ["nobody"] = "has-this" } }] };
        await target.Admin.ReplaceClusterRoleAsync(role, target.Own, cancellationToken: TestContext.Current.CancellationToken);
    }
}
