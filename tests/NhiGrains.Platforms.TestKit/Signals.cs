using System.Diagnostics;
using System.Globalization;

namespace NhiGrains.Platforms.TestKit;

/// <summary>Signals to one process, by its id.</summary>
public static class Signals
{
    /// <summary>Stops it in the middle of whatever it does; its connections stay open and nobody answers.</summary>
    public static void Freeze(int process) => Send("STOP", process);

    /// <summary>Lets it go on where it was.</summary>
    public static void Thaw(int process) => Send("CONT", process);

    private static void Send(string signal, int process)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
