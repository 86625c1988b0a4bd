using NhiGrains.Storage.Tests.Children;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace NhiGrains.Storage.Tests;

/// <summary>Runs the tests; or, started by a test, the process that it kills; or, started by hand, the measurements.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) => args switch
    {
        [WriterChild.Mode, .. var rest] => await WriterChild.RunAsync(rest),
        [Measurements.Mode, .. var rest] => await Measurements.RunAsync(rest),
        _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
            await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => await ConsoleRunner.Run(args),
    };
}
