using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Kubernetes;
using NhiGrains.Sandbox.Kubernetes;

namespace NhiGrains.Bench;

internal sealed class StormCluster : StormSandbox
{
    private const string Namespace = "storm";
    private const string Rbac = $"apis/rbac.authorization.k8s.io/v1/namespaces/{Namespace}";

    private readonly string _kubeconfig;
    private readonly KubernetesCluster _cluster;

    public StormCluster(string folder) => (_kubeconfig, _cluster) = (Path.Combine(folder, "kubeconfig"), new(Server.Surroundings, Name));

    public override string Name => "k8s:storm";

    public override async Task StartAsync()
    {
        var address = await ListenAsync(_cluster, (method, path, _) => method == "GET" || path.EndsWith("subjectaccessreviews", StringComparison.Ordinal), _cluster.AdministratorToken);
        // YAML has JSON in it.
        await File.WriteAllTextAsync(_kubeconfig, $$"""
            apiVersion: v1
            kind: Config
            current-context: storm
            clusters: [{ name: storm, cluster: { server: "{{address}}" } }]
            users: [{ name: storm, user: { token: "{{_cluster.AdministratorToken}}" } }]
            contexts: [{ name: storm, context: { cluster: storm, user: storm } }]
            """);
        await SendAsync(HttpMethod.Post, "api/v1/namespaces", $$$"""{"metadata":{"name":"{{{Namespace}}}"}}""");
        foreach (var name in (string[])["bystander-1", "bystander-2", "bystander-3"])
        {
            await SendAsync(HttpMethod.Post, $"api/v1/namespaces/{Namespace}/serviceaccounts", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
            await SendAsync(HttpMethod.Post, $"{Rbac}/rolebindings", $$$"""
                {"metadata":{"name":"{{{name}}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},
                 "subjects":[{"kind":"ServiceAccount","name":"{{{name}}}","namespace":"{{{Namespace}}}"}]}
                """);
        }
    }

    public override string PrincipalOf(string identity) => $"{Namespace}/{identity}";

    public override Entitlement Entitlement(string resource) => StormGrant.Reading(Name, "configmaps", Namespace, resource);

    public override async Task<bool> AllowsAsync(string identity, string resource)
    {
        var answer = await SendAsync(HttpMethod.Post, "apis/authorization.k8s.io/v1/subjectaccessreviews", JsonSerializer.Serialize(new
        {
            spec = new
            {
                user = $"system:serviceaccount:{Namespace}:{identity}",
                groups = new[] { "system:serviceaccounts", $"system:serviceaccounts:{Namespace}", "system:authenticated" },
                resourceAttributes = new { @namespace = Namespace, verb = "get", resource = "configmaps", name = resource },
            },
        }));
        return answer["status"]?["allowed"]?.GetValue<bool>() ?? throw new InvalidOperationException("The sandbox gave no answer.");
    }

    protected override void Add(IServiceCollection services) => services.AddKubernetesPlatform(new() { Platform = Name, Kubeconfig = _kubeconfig });
}
