namespace NhiGrains.Platforms.TestKit.Waiting;

/// <summary>Waits for a condition with a bound: a platform's changes take their time to be seen, and a test never just sleeps.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="TimeoutException">With <paramref name="otherwise"/>, when it did not become true in time.</exception>
    public static async Task TrueAsync(
        Func<Task<bool>> condition, TimeSpan within, Func<string> otherwise, CancellationToken cancellation = default)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > within)
                throw new TimeoutException(otherwise());
            await Task.Delay(Pause, cancellation);
        }
    }
}
