using System.CommandLine;
using NhiGrains.Host.Policies;

namespace NhiGrains.Host.CommandLine;

internal static class PolicyCheckCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The policy file, or a folder with the files of one set." };
        var command = new Command("check", "Check a policy set: everything that is wrong with file, line and column, and rules that contradict each other or can do nothing.") { file };
        command.SetAction(parsed =>
        {
            var result = PolicyFile.Load(parsed.GetRequiredValue(file));
            foreach (var problem in result.Problems)
                parsed.InvocationConfiguration.Error.WriteLine(problem);
            if (result.Set is not { } set)
                return ExitCode.No;
            foreach (var warning in result.Warnings)
                parsed.InvocationConfiguration.Output.WriteLine($"warning: {warning}");
            parsed.InvocationConfiguration.Output.WriteLine($"ok: policy set '{set.Name}' with {set.Rules.Count} rules, version {set.Version}");
            return ExitCode.Ok;
        });
        return command;
    }
}
