namespace NhiGrains.Platforms.TestKit.Kubernetes;

/// <summary>Where etcd, kube-apiserver and kubectl are.</summary>
internal static class KubernetesBinaries
{
    public static Task<string> LocateAsync(CancellationToken cancellation) =>
        TargetScript.LocateAsync("NHIGRAINS_KUBERNETES", "deploy/dev/kube-apiserver.sh", "kube-apiserver", cancellation);
}
