using System.Diagnostics;

namespace NhiGrains.Cel.Tests.Conformance;

/// <summary>Runs a script of this folder under node.</summary>
internal static class NodeTool
{
    public static async Task<string> RunAsync(string script, string? input = null)
    {
        var root = Root();
        Assert.True(Directory.Exists(Path.Combine(root, "tests/npm/node_modules/@bufbuild/cel-spec")),
            "The packages of tests/npm are not installed: run 'npm ci' in that folder, or let test.sh do it.");
        var start = new ProcessStartInfo("node", script)
        {
            WorkingDirectory = Path.Combine(root, "tests/NhiGrains.Cel.Tests/Conformance"),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(TimeSpan.FromSeconds(120));
        using var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(bound.Token);
            var errors = process.StandardError.ReadToEndAsync(bound.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), bound.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(bound.Token);
            Assert.True(process.ExitCode == 0, await errors);
            return await output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    public static async Task<Case[]> CasesAsync()
    {
        var lines = await RunAsync("conformance.mjs");
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Case.Read)];
    }

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "NhiGrains.sln")))
                return folder;
        }

        throw new InvalidOperationException("The tests run outside of a checkout.");
    }
}
