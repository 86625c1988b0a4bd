using System.Diagnostics;

namespace NhiGrains.Platforms.TestKit.Kubernetes;

/// <summary>Where etcd, kube-apiserver and kubectl are: test.sh says so, and otherwise its script is asked.</summary>
internal static class KubernetesBinaries
{
    private const string Script = "deploy/dev/kube-apiserver.sh";

    public static async Task<string> LocateAsync(CancellationToken cancellation)
    {
        var named = Environment.GetEnvironmentVariable("NHIGRAINS_KUBERNETES");
        return string.IsNullOrEmpty(named) ? await AskTheScriptAsync(cancellation) : named;
    }

    private static async Task<string> AskTheScriptAsync(CancellationToken cancellation)
    {
        using var script = Process.Start(new ProcessStartInfo(Checkout.PathOf(Script)) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException($"{Script} did not start.");
        var folder = await script.StandardOutput.ReadToEndAsync(cancellation);
        await script.WaitForExitAsync(cancellation);
        return script.ExitCode == 0
            ? folder.Trim()
            : throw new InvalidOperationException($"There is no kube-apiserver to test with: run {Script} and do as it says.");
    }
}
