using NhiGrains.Platforms.TestKit.Kubernetes;

[assembly: AssemblyFixture(typeof(NhiGrains.Platforms.Kubernetes.Tests.Cluster))]

namespace NhiGrains.Platforms.Kubernetes.Tests;

/// <summary>One real kube-apiserver for all tests of this assembly; each test works in namespaces of its own.</summary>
public class Cluster : IAsyncLifetime
{
    private KubeApiServer? _server;

    public virtual IKubernetesServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    /// <summary>More for kube-apiserver.</summary>
    protected virtual string[] Arguments => [];

    public virtual async ValueTask InitializeAsync() => _server = await KubeApiServer.StartAsync(default, Arguments);

    public virtual async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
