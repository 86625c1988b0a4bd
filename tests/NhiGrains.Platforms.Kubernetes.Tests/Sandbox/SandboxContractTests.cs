using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Kubernetes.Tests.Sandbox;

/// <summary>The same as on a real kube-apiserver, on the sandbox's cluster: where the two differ, the sandbox is wrong.</summary>
public sealed class SandboxContractTests(SandboxCluster cluster) : ConnectorContract
{
    protected override async Task<ConnectorTarget> MakeAsync() => await KubernetesTarget.MakeAsync(cluster);
}
