using System.Diagnostics;

namespace NhiGrains.Platforms.TestKit.Postgres;

/// <summary>Where initdb and postgres are: test.sh says so, and otherwise its script is asked.</summary>
internal static class PostgresPrograms
{
    private const string Script = "deploy/dev/postgres.sh";

    public static async Task<string> LocateAsync(CancellationToken cancellation)
    {
        var named = Environment.GetEnvironmentVariable("NHIGRAINS_POSTGRES");
        if (!string.IsNullOrEmpty(named))
            return named;
        using var script = Process.Start(new ProcessStartInfo(Checkout.PathOf(Script)) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException($"{Script} did not start.");
        var folder = await script.StandardOutput.ReadToEndAsync(cancellation);
        await script.WaitForExitAsync(cancellation);
        return script.ExitCode == 0
            ? folder.Trim()
            : throw new InvalidOperationException($"There is no PostgreSQL to test with: run {Script} and do as it says.");
    }
}
