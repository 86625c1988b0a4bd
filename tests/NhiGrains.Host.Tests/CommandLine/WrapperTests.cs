using System.Diagnostics;
using System.Text.RegularExpressions;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Host.Tests.CommandLine;

/// <summary>The <c>./nhigrains</c> of the checkout, which is how users are told to call the program.</summary>
public sealed partial class WrapperTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-wrapper-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_runs_the_built_program_from_any_folder_with_its_exit_codes()
    {
        var wrapper = Place();
        await File.WriteAllTextAsync(Path.Combine(_folder, "policy.yaml"), "format: 1\nname: x\nrules: []\n", TestContext.Current.CancellationToken);

        var (good, output) = await RunAsync(wrapper, "policy", "check", "policy.yaml");
        var (wrong, _) = await RunAsync(wrapper, "frobnicate");

        Assert.Equal((0, 2), (good, wrong));
        Assert.StartsWith("ok: policy set 'x'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_document_tells_of_a_command_that_is_not_there()
    {
        string[] files = [Checkout.PathOf("README.md"), .. Directory.GetFiles(Checkout.PathOf("docs"), "*", SearchOption.AllDirectories)];

        foreach (var file in files)
            Assert.DoesNotMatch(BareCommand(), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    // A checkout in which the program is built already: this test's own build.
    private string Place()
    {
        var output = Directory.CreateDirectory(Path.Combine(_folder, "checkout", "src", "NhiGrains.Host", "bin", "Release"));
        Directory.CreateSymbolicLink(Path.Combine(output.FullName, "net10.0"), AppContext.BaseDirectory);
        var wrapper = Path.Combine(_folder, "checkout", "nhigrains");
        File.Copy(Checkout.PathOf("nhigrains"), wrapper);
        return wrapper;
    }

    private async Task<(int Code, string Output)> RunAsync(string wrapper, params string[] arguments)
    {
        var start = new ProcessStartInfo(wrapper, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("It did not start.");
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await error);
    }

    [GeneratedRegex(@"(?<![\w./-])nhigrains\s+(serve|token|audit|policy|--help)\b|nhigrains\.dll", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BareCommand();
}
