using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Platforms.Gcp.Api;

/// <summary>Trying again within one operation. The schedule of operations is the engine's.</summary>
internal static class Retries
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    public static bool MayHelp(PlatformException failure) => failure.MaySoonSucceed(Longest);

    /// <param name="attempt">From 1.</param>
    /// <param name="asked">For how long Google wants to be left alone.</param>
    public static Task PauseAsync(int attempt, TimeSpan? asked, CancellationToken cancellation)
    {
#pragma warning disable CA5394 // Jitter needs no secure randomness.
        var pause = RetrySchedule.Delay(attempt, Random.Shared.NextDouble(), First, Longest);
#pragma warning restore CA5394
        return Task.Delay(asked > pause ? asked.Value : pause, TimeProvider.System, cancellation);
    }
}
