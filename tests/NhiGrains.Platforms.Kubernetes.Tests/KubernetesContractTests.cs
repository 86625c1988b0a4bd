using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Kubernetes.Tests;

/// <summary>Everything that a connector owes, on a real kube-apiserver.</summary>
public sealed class KubernetesContractTests(Cluster cluster) : ConnectorContract
{
    protected override async Task<ConnectorTarget> MakeAsync() => await KubernetesTarget.MakeAsync(cluster.Server);
}
