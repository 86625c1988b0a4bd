using System.Diagnostics;

namespace NhiGrains.Platforms.TestKit;

/// <summary>Where a real target is: test.sh says so in a variable, and otherwise the script that sets it up is asked.</summary>
internal static class TargetScript
{
    /// <param name="what">For the one who has to run the script: <c>kube-apiserver</c>.</param>
    public static async Task<string> LocateAsync(string variable, string script, string what, CancellationToken cancellation)
    {
        var named = Environment.GetEnvironmentVariable(variable);
        if (!string.IsNullOrEmpty(named))
            return named;
        using var process = Process.Start(new ProcessStartInfo(Checkout.PathOf(script)) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException($"{script} did not start.");
        var place = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0
            ? place.Trim()
            : throw new InvalidOperationException($"There is no {what} to test with: run {script} and do as it says.");
    }
}
