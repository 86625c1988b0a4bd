namespace NhiGrains.Host.CommandLine;

internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>What was asked for was done, and the answer is no; or it failed.</summary>
    public const int No = 1;

    /// <summary>The command line or the set-up is wrong; nothing was done.</summary>
    public const int Usage = 2;
}
