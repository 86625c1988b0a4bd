using System.Diagnostics;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.GraphQL.Tests.Transport;

/// <summary>Runs a script of tests/npm under node and hands back what it printed.</summary>
internal static class NodeScript
{
    public static async Task<(int ExitCode, string Output)> RunAsync(string script, params string[] arguments)
    {
        var folder = Checkout.PathOf("tests/npm");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")),
            "The packages of tests/npm are not installed: run 'npm ci' in that folder, or let test.sh do it.");
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[script, .. arguments])
            start.ArgumentList.Add(argument);

        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(90));
        using var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(bound.Token);
            var errors = process.StandardError.ReadToEndAsync(bound.Token);
            await process.WaitForExitAsync(bound.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
