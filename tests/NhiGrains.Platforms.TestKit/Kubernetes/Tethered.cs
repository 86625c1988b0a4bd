using System.Diagnostics;

namespace NhiGrains.Platforms.TestKit.Kubernetes;

/// <summary>
/// A program that dies with this process, however this process dies: a shell in between holds the program and reads a
/// pipe that only we keep open. Ended by process id, and by nothing broader.
/// </summary>
public sealed class Tethered : IDisposable
{
    private const string Leash =
        """exec 3<&0 2>/dev/null; log=$1; shift; "$@" 3<&- </dev/null >>"$log" 2>&1 & child=$!; { read -r _ <&3; kill -KILL $child 2>/dev/null; } & wait $child""";

    private readonly Process _shell;

    private Tethered(Process shell) => _shell = shell;

    public bool HasExited => _shell.HasExited;

    public static Tethered Start(string program, string log, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in (string[])["-c", Leash, "sh", log, program, .. arguments])
            start.ArgumentList.Add(argument);
        return new(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
    }

    public async Task StopAsync()
    {
        _shell.StandardInput.Close();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _shell.WaitForExitAsync(bound.Token);
    }

    public void Dispose() => _shell.Dispose();
}
