using System.CommandLine;
using NhiGrains.Host.Policies;

namespace NhiGrains.Host.CommandLine;

internal static class PolicyCheckCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The policy file." };
        var command = new Command("check", "Check a policy file, and tell everything that is wrong with its line and column.") { file };
        command.SetAction(parsed =>
        {
            var result = PolicyFile.Load(parsed.GetRequiredValue(file));
            foreach (var problem in result.Problems)
                parsed.InvocationConfiguration.Error.WriteLine(problem);
            if (result.Set is not { } set)
                return ExitCode.No;
            parsed.InvocationConfiguration.Output.WriteLine($"ok: policy set '{set.Name}' with {set.Rules.Count} rules, version {set.Version}");
            return ExitCode.Ok;
        });
        return command;
    }
}
