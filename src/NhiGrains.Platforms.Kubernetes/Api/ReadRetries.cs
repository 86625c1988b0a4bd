using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Platforms.Kubernetes.Api;

/// <summary>
/// Sends a read again that may soon succeed: what is known of an account comes from a dozen reads, and one in ten that fails must
/// not fail nearly all attempts. Writes are not sent again here, since one without an answer may have been carried out.
/// </summary>
internal static class ReadRetries
{
    private const int MaxTries = 5;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

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
                var pause = RetrySchedule.Delay(attempt, Random.Shared.NextDouble(), First, Longest);
                await Task.Delay(failure.RetryAfter > pause ? failure.RetryAfter.Value : pause, time, cancellation);
            }
        }
    }
}
