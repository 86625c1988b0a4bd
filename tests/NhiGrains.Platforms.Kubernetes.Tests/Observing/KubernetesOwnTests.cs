using k8s.Models;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.Kubernetes.Observing;

namespace NhiGrains.Platforms.Kubernetes.Tests.Observing;

/// <summary>Kubernetes' own controllers are known on a real server, and nothing that an attacker can write passes for one of them.</summary>
public class KubernetesOwnTests(Cluster cluster) : KubernetesTests(cluster)
{
    private const string Controller = "system:controller:cronjob-controller";

    private static readonly V1PolicyRule Harmless = Rule("batch", "cronjobs", "get");

    [Fact]
    public async Task Every_account_that_a_fresh_server_gives_access_to_is_its_own()
    {
        var all = await Target.Connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation);
        var given = all.Where(observation => observation.Principal.StartsWith("kube-system/", StringComparison.Ordinal)).ToArray();

        Assert.True(given.Length > 30, $"Only {given.Length}");
        foreach (var observation in given)
            Assert.All(observation.Objects.Where(seen => seen.Ownership != Ownership.Inherited), seen => Assert.True(seen.BuiltIn, $"{observation.Principal}: {seen}"));
        await Target.GiveByHandAsync(Target.Resource(1));
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, seen => seen.BuiltIn);
    }

    [Fact]
    public void The_genuine_form_is_taken() => Assert.True(IsOwn(Binding(Controller), Role(Controller, Harmless)));

    [Fact]
    public void A_name_that_only_looks_like_one_is_not() =>
        Assert.False(IsOwn(Binding("system:controller:evil", "evil"), Role("system:controller:evil", Harmless), "evil"));

    [Fact]
    public void Another_account_or_one_more_is_not()
    {
        Assert.False(IsOwn(Binding(Controller, "default"), Role(Controller, Harmless), "default"));
        var more = Binding(Controller);
        more.Subjects.Add(new() { Kind = "User", Name = "mallory", ApiGroup = "rbac.authorization.k8s.io" });
        Assert.False(IsOwn(more, Role(Controller, Harmless)));
    }

    [Fact]
    public void Another_role_is_not()
    {
        var other = Binding(Controller);
        other.RoleRef.Name = "cluster-admin";
        Assert.False(IsOwn(other, Role("cluster-admin", Harmless)));
        Assert.False(IsOwn(Binding(Controller), Role("system:controller:job-controller", Harmless)));
    }

    [Theory]
    [InlineData("", "secrets", "get")]
    [InlineData("", "serviceaccounts/token", "create")]
    [InlineData("", "pods/exec", "create")]
    [InlineData("", "*", "get")]
    [InlineData("*", "jobs", "get")]
    [InlineData("batch", "cronjobs", "*")]
    [InlineData("rbac.authorization.k8s.io", "clusterroles", "escalate")]
    [InlineData("rbac.authorization.k8s.io", "clusterrolebindings", "create")]
    [InlineData("", "users", "impersonate")]
    public void A_role_that_was_widened_to_take_over_the_cluster_is_not(string group, string resource, string verb) =>
        Assert.False(IsOwn(Binding(Controller), Role(Controller, Harmless, Rule(group, resource, verb))));

    [Fact]
    public void What_the_server_does_not_mend_any_more_is_not()
    {
        foreach (var spoil in (Action<V1ObjectMeta>[])[meta => meta.Labels = null, meta => meta.Annotations = null, meta => meta.Annotations["rbac.authorization.kubernetes.io/autoupdate"] = "false"])
        {
            var (binding, role) = (Binding(Controller), Role(Controller, Harmless));
            spoil(binding.Metadata);
            Assert.False(IsOwn(binding, Role(Controller, Harmless)));
            spoil(role.Metadata);
            Assert.False(IsOwn(Binding(Controller), role));
        }

        Assert.False(IsOwn(Binding(Controller), role: null));
    }

    private static bool IsOwn(V1ClusterRoleBinding binding, V1ClusterRole? role, string account = "cronjob-controller")
    {
        var item = SnapshotReader.Item(binding);
        return KubernetesOwn.Is(new(role is null ? [] : [SnapshotReader.Item(role)], [item]), item, new ServiceAccountName("kube-system", account));
    }

    private static V1ClusterRoleBinding Binding(string name, string account = "cronjob-controller") => new()
    {
        Metadata = Meta(name),
        RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = name },
        Subjects = [new() { Kind = "ServiceAccount", Name = account, NamespaceProperty = "kube-system" }],
    };

    private static V1ClusterRole Role(string name, params V1PolicyRule[] rules) => new() { Metadata = Meta(name), Rules = rules };

    private static V1PolicyRule Rule(string group, string resource, string verb) => new() { ApiGroups = [group], Resources = [resource], Verbs = [verb] };

    private static V1ObjectMeta Meta(string name) => new()
    {
        Name = name,
        Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["kubernetes.io/bootstrapping"] = "rbac-defaults" },
        Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["rbac.authorization.kubernetes.io/autoupdate"] = "true" },
    };
}
