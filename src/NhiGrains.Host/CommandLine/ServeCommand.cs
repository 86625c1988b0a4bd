using System.CommandLine;
using NhiGrains.Host.Composition;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.CommandLine;

internal static class ServeCommand
{
    public static Command Create()
    {
        var options = new ServeOptions();
        var command = new Command("serve", "Run one silo with its front end.");
        foreach (var option in options.OfServe)
            command.Add(option);
        command.SetAction(async (parsed, cancellation) =>
        {
            var configuration = options.Gather(parsed);
            await Server.RunAsync(SettingsReader.Read(configuration), configuration, cancellation);
            return Environment.ExitCode;
        });
        return command;
    }
}
