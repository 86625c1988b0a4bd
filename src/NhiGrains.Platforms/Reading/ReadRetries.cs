using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Platforms.Reading;

/// <summary>
/// Sends a read again that may soon succeed: what is known of an account comes from a dozen reads, and one in ten that fails must
/// not fail nearly all attempts. Writes are not sent again here, since one without an answer may have been carried out.
/// </summary>
public static class ReadRetries
{
    private const int MaxTries = 5;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);

    /// <summary>Who is to wait for longer is told, and comes back by the schedule of attempts.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Up to five times, with 25 ms to 0.4 s in between, or as long as the platform asked for when that is 2 s at most.</summary>
    /// <param name="read">Without effects.</param>
    /// <exception cref="PlatformException">The last failure, or the first that is not to be tried again: <see cref="PlatformException.MaySoonSucceed"/>.</exception>
    public static async Task<T> SendAsync<T>(Func<Task<T>> read, TimeProvider time, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read();
            }
            catch (PlatformException failure) when (attempt < MaxTries && failure.MaySoonSucceed(Longest))
            {
#pragma warning disable CA5394 // Jitter needs no secure randomness.
                var pause = RetrySchedule.Delay(attempt, Random.Shared.NextDouble(), First, Longest);
#pragma warning restore CA5394
                await Task.Delay(failure.RetryAfter > pause ? failure.RetryAfter.Value : pause, time, cancellation);
            }
        }
    }
}
