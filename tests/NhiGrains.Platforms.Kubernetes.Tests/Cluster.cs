using NhiGrains.Platforms.TestKit.Kubernetes;

[assembly: AssemblyFixture(typeof(NhiGrains.Platforms.Kubernetes.Tests.Cluster))]

namespace NhiGrains.Platforms.Kubernetes.Tests;

/// <summary>One real kube-apiserver for all tests of this assembly; each test works in namespaces of its own.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private KubeApiServer? _server;

    public KubeApiServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public async ValueTask InitializeAsync() => _server = await KubeApiServer.StartAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
