using System.Net.Http.Headers;
using System.Text.Json;
using NhiGrains.Sandbox;
using NhiGrains.Sandbox.Kubernetes;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>The sandbox's cluster, and an administrator who asks it what somebody may.</summary>
internal sealed class SandboxCluster : IDisposable
{
    private SandboxCluster(KubernetesCluster cluster, Uri address, string kubeconfig)
    {
        Kubeconfig = kubeconfig;
        Admin = new() { BaseAddress = address };
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.AdministratorToken);
    }

    public string Kubeconfig { get; }

    public HttpClient Admin { get; }

    public static async Task<SandboxCluster> StartAsync(SandboxServer server, string folder)
    {
        var cluster = new KubernetesCluster(server.Surroundings, "k8s:sandbox");
        var address = await server.AddAsync(cluster);
        var path = Path.Combine(folder, "sandbox.kubeconfig");
        // YAML has JSON in it.
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = "sandbox",
            ["clusters"] = new[] { new { name = "sandbox", cluster = new { server = address } } },
            ["users"] = new[] { new { name = "admin", user = new { token = cluster.AdministratorToken } } },
            ["contexts"] = new[] { new { name = "sandbox", context = new { cluster = "sandbox", user = "admin" } } },
        }), TestContext.Current.CancellationToken);
        return new(cluster, address, path);
    }

    public void Dispose() => Admin.Dispose();
}
