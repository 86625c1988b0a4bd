namespace NhiGrains.Platforms.Kubernetes.Tests;

/// <summary>Tests of what is Kubernetes' own, each in a namespace of its own.</summary>
public abstract class KubernetesTests(Cluster cluster) : IAsyncLifetime
{
    private KubernetesTarget? _target;

    internal KubernetesTarget Target => _target ?? throw new InvalidOperationException("The target was not made.");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _target = await KubernetesTarget.MakeAsync(cluster.Server);

    public async ValueTask DisposeAsync()
    {
        if (_target is not null)
            await _target.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
