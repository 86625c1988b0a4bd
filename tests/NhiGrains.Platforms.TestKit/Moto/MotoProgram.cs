namespace NhiGrains.Platforms.TestKit.Moto;

/// <summary>Where <c>moto_server</c> is.</summary>
internal static class MotoProgram
{
    public static Task<string> LocateAsync(CancellationToken cancellation) =>
        TargetScript.LocateAsync("NHIGRAINS_MOTO", "deploy/dev/moto.sh", "moto", cancellation);
}
