using System.CommandLine;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Host.Audit;

namespace NhiGrains.Host.CommandLine;

internal static class AuditVerifyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "An export of the audit log." };
        var earlier = new Option<string?>("--earlier") { HelpName = "FILE", Description = "An earlier export, kept elsewhere: this one has to continue it." };
        var command = new Command("verify", "Verify an export with no server: nothing missing, edited, reordered or cut off.") { file, earlier };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(earlier), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    /// <summary>Says what is wrong, or that all is well.</summary>
    public static int Run(string file, string? earlier, TextWriter output, TextWriter error)
    {
        using var reader = Open(file);
        var verdict = AuditVerification.Verify(reader, earlier is null ? [] : HeadsOf(earlier));
        foreach (var problem in verdict.Problems)
            error.WriteLine($"{file}: {problem}");
        if (verdict is not { Problems: [], Header: { } header })
            return ExitCode.No;
        output.WriteLine($"ok: {verdict.Entries} entries in {header.Heads.Count} shards, as exported at {Canonical.Instant(header.ExportedAt)}");
        return ExitCode.Ok;
    }

    private static IReadOnlyList<AuditHead> HeadsOf(string file)
    {
        using var reader = Open(file);
        try
        {
            return AuditVerification.ReadHeader(reader).Heads;
        }
        catch (InvalidDataException fault)
        {
            throw new SetupException($"{file}: {fault.Message}");
        }
    }

    /// <exception cref="SetupException">It cannot be read.</exception>
    internal static StreamReader Open(string file)
    {
        try
        {
            return new(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SetupException($"{file} cannot be read: {fault.Message}");
        }
    }
}
