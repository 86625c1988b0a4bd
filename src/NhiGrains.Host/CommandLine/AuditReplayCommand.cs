using System.CommandLine;
using NhiGrains.Host.Audit;

namespace NhiGrains.Host.CommandLine;

internal static class AuditReplayCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "An export of the audit log." };
        var command = new Command("replay", "Make every decision of an export again with no server: the policy sets are in it, and the answers have to be the same.") { file };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    /// <summary>Verifies the export, and says which decisions are another one now, or that all are the same.</summary>
    public static int Run(string file, TextWriter output, TextWriter error)
    {
        // Of an export that somebody has edited, the answers would prove nothing.
        if (AuditVerifyCommand.Run(file, earlier: null, output, error) is not ExitCode.Ok and var no)
            return no;
        var verdict = AuditReplay.Run(() => AuditVerifyCommand.Open(file));
        foreach (var problem in verdict.Problems)
            error.WriteLine($"{file}: {problem}");
        if (!verdict.IsSame)
            return ExitCode.No;
        output.WriteLine($"ok: {verdict.Decisions} decisions by {verdict.Sets} policy sets, made again, are the same");
        if (verdict.WithoutRecord > 0)
            output.WriteLine($"{verdict.WithoutRecord} entries tell of decisions that the export has no record of");
        return ExitCode.Ok;
    }
}
