using NhiGrains.Platforms.Kubernetes.Tests.Api;
using NhiGrains.Platforms.Kubernetes.Tests.Applying;
using NhiGrains.Platforms.Kubernetes.Tests.Compiling;
using NhiGrains.Platforms.Kubernetes.Tests.Credentials;
using NhiGrains.Platforms.Kubernetes.Tests.Observing;
using NhiGrains.Platforms.Kubernetes.Tests.Watching;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Kubernetes.Tests.Sandbox;

/// <summary>The same as on a real kube-apiserver, on the sandbox's cluster: where the two differ, the sandbox is wrong.</summary>
public sealed class SandboxContractTests(SandboxCluster cluster) : ConnectorContract
{
    protected override async Task<ConnectorTarget> MakeAsync() => await KubernetesTarget.MakeAsync(cluster);
}

// And what is Kubernetes' own, but for the accounts that a fresh server gives access to: no controller has one here.
public sealed class SandboxApplyTests(SandboxCluster cluster) : ApplyTests(cluster);

public sealed class SandboxCustomResourceTests(SandboxCluster cluster) : CustomResourceTests(cluster);

public sealed class SandboxFailureTests(SandboxCluster cluster) : FailureTests(cluster);

public sealed class SandboxHalfwayTests(SandboxCluster cluster) : HalfwayTests(cluster);

public sealed class SandboxLeastPrivilegeTests(SandboxCluster cluster) : LeastPrivilegeTests(cluster);

public sealed class SandboxMutantTests(SandboxCluster cluster) : MutantTests(cluster);

public sealed class SandboxObserveTests(SandboxCluster cluster, ITestOutputHelper output) : ObserveTests(cluster, output);

public sealed class SandboxPitfallTests(SandboxCluster cluster, ITestOutputHelper output) : PitfallTests(cluster, output);

public sealed class SandboxWatchTests(SandboxCluster cluster) : WatchTests(cluster);
