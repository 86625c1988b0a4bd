using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit;
using NhiGrains.Platforms.TestKit.Contract;

using k8s;
using k8s.Models;

namespace NhiGrains.Platforms.Kubernetes.Tests.Api;

/// <summary>The role that the documentation tells people to give us is enough for everything that the connector does.</summary>
public class LeastPrivilegeTests(Cluster cluster) : KubernetesTests(cluster)
{
    [Fact]
    public async Task The_role_in_deploy_is_enough()
    {
        var connector = await ConnectorOfTheRoleAsync();
        var binding = Target.Binding with { Principal = $"{Target.Namespace}/made", CreateIfMissing = true };
        var nodes = Target.Entitlement(new("nodes", "", ResourceMatch.All, null), Verb.List);
        await Target.DefineAsync($"{Target.Namespace}.example.com", "Cluster");
        var widgets = Target.Entitlement(new($"widgets.{Target.Namespace}.example.com", "", ResourceMatch.All, null), Verb.Read);
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read), nodes, widgets) with { Binding = binding };

        await Target.ApplyAsync(desired, connector);
        await Target.GiveByHandAsync(Target.Resource(2));
        var unwanted = (await connector.ObserveAsync(Target.Binding, "nobody", Cancellation)).Objects.Single(o => o.Ownership == Domain.Enforcement.Ownership.Foreign);
        await connector.RemoveAsync(Target.Binding, "nobody", unwanted.Object, ConnectorTarget.Valid(), Cancellation);
        var probed = await connector.ProbeAsync(desired, Cancellation);
        var now = TimeProvider.System.GetUtcNow();
        Assert.True((await connector.IssueCredentialAsync(new(binding, Target.IdentityId, "g", now.AddMinutes(1), now), ConnectorTarget.Valid(), Cancellation)).IsOk);
        await foreach (var change in connector.WatchAsync(Cancellation))
        {
            Assert.Equal(PlatformChange.Everything, change);
            break;
        }

        await Target.ApplyAsync(desired with { Generation = 3, PrincipalWanted = false, Entitlements = [] }, connector);

        Assert.Empty(probed?.Wrong ?? []);
        Assert.NotEmpty(await connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation));
    }

    private async Task<IPlatformConnector> ConnectorOfTheRoleAsync()
    {
        var role = KubernetesYaml.Deserialize<V1ClusterRole>(await File.ReadAllTextAsync(Checkout.PathOf("deploy/kubernetes/connector-role.yaml"), Cancellation));
        role.Metadata.Name = Target.Own + "-connector";
        await Target.Admin.CreateClusterRoleAsync(role, cancellationToken: Cancellation);
        await Target.Admin.CreateNamespacedServiceAccountAsync(new() { Metadata = new() { Name = "connector" } }, Target.Namespace, cancellationToken: Cancellation);
        await Target.Admin.CreateClusterRoleBindingAsync(new()
        {
            Metadata = new() { Name = role.Metadata.Name },
            RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = role.Metadata.Name },
            Subjects = [new() { Kind = "ServiceAccount", Name = "connector", NamespaceProperty = Target.Namespace }],
        }, cancellationToken: Cancellation);
        var token = await Target.Admin.CreateNamespacedServiceAccountTokenAsync(new Authenticationv1TokenRequest { Spec = new() { Audiences = [] } }, "connector", Target.Namespace, cancellationToken: Cancellation);
        return (await Target.ConnectorWithAsync(token.Status.Token)).Connector;
    }
}
