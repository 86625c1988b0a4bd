using System.Diagnostics;

namespace NhiGrains.Platforms.TestKit.Moto;

/// <summary>Where <c>moto_server</c> is: test.sh says so, and otherwise its script is asked.</summary>
internal static class MotoProgram
{
    private const string Script = "deploy/dev/moto.sh";

    public static async Task<string> LocateAsync(CancellationToken cancellation)
    {
        var named = Environment.GetEnvironmentVariable("NHIGRAINS_MOTO");
        return string.IsNullOrEmpty(named) ? await AskTheScriptAsync(cancellation) : named;
    }

    private static async Task<string> AskTheScriptAsync(CancellationToken cancellation)
    {
        using var script = Process.Start(new ProcessStartInfo(Checkout.PathOf(Script)) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException($"{Script} did not start.");
        var program = await script.StandardOutput.ReadToEndAsync(cancellation);
        await script.WaitForExitAsync(cancellation);
        return script.ExitCode == 0
            ? program.Trim()
            : throw new InvalidOperationException($"There is no moto to test with: run {Script} and do as it says.");
    }
}
