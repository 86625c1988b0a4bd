using System.Net.Http.Headers;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Sandbox;
using NhiGrains.Sandbox.Clock;
using NhiGrains.Sandbox.Kubernetes;

[assembly: AssemblyFixture(typeof(NhiGrains.Platforms.Kubernetes.Tests.Sandbox.SandboxCluster))]

namespace NhiGrains.Platforms.Kubernetes.Tests.Sandbox;

/// <summary>One cluster of the sandbox for all tests of this assembly; each test works in namespaces of its own.</summary>
public sealed class SandboxCluster : Cluster, IKubernetesServer
{
    private readonly SandboxServer _server = new(seed: 5);
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-sandbox-kube-").FullName;
    private readonly KubernetesCluster _cluster;
    private Uri? _address;

    public SandboxCluster() => _cluster = new(_server.Surroundings, "k8s:test");

    public SandboxClock Clock => _server.Clock;

    public Uri Address => _address ?? throw new InvalidOperationException("The sandbox was not started.");

    public string AdminToken => _cluster.AdministratorToken;

    public string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    public override IKubernetesServer Server => this;

    public override async ValueTask InitializeAsync()
    {
        _address = await _server.AddAsync(_cluster);
        await File.WriteAllTextAsync(Kubeconfig, KubeconfigFor(AdminToken, Address));
    }

    public string KubeconfigFor(string token, Uri address) =>
        $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters: [{ name: test, cluster: { server: "{{address}}" } }]
        users: [{ name: test, user: { token: "{{token}}" } }]
        contexts: [{ name: test, context: { cluster: test, user: test } }]

        """;

    public Task<FaultProxy> StartProxyAsync() => FaultProxy.StartAsync(Address, new SocketsHttpHandler { UseProxy = false });

    public HttpClient ClientWith(string token)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public override async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        await base.DisposeAsync();
    }
}
