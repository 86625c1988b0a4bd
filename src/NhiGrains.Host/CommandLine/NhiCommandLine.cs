using System.CommandLine;

namespace NhiGrains.Host.CommandLine;

/// <summary>The commands of <c>nhigrains</c>. What is wrong with a command line is one line on standard error, and exit code 2.</summary>
internal static class NhiCommandLine
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var parsed = Root().Parse(arguments);
        if (parsed.Errors.Count > 0)
            return Complain(error, $"{OneLine(parsed.Errors[0].Message)} (nhigrains --help lists what there is)", ExitCode.Usage);
        try
        {
            // The server ends by itself on a signal, and the other commands may simply be killed.
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = output,
                Error = error,
            });
        }
        catch (SetupException fault)
        {
            return Complain(error, fault.Message, ExitCode.Usage);
        }
    }

    private static RootCommand Root() => new("NhiGrains: a control plane for non-human identities.")
    {
        ServeCommand.Create(),
        TokenCommand.Create(),
        new Command("audit", "Export the audit log; verify an export, and make its decisions again, with no server.")
        {
            AuditExportCommand.Create(),
            AuditVerifyCommand.Create(),
            AuditReplayCommand.Create(),
        },
        new Command("policy", "Work on policy files.")
        {
            PolicyCheckCommand.Create(),
        },
    };

    private static int Complain(TextWriter error, string message, int exitCode)
    {
        error.WriteLine($"nhigrains: {message}");
        return exitCode;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
