using NhiGrains.Host.CommandLine;

namespace NhiGrains.Host.Tests.CommandLine;

/// <summary>Runs a command line in this process and shows what it said.</summary>
internal sealed record Cli(int ExitCode, string Output, string Error)
{
    public static async Task<Cli> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await NhiCommandLine.RunAsync(arguments, output, error);
        return new(exitCode, output.ToString(), error.ToString());
    }
}
