namespace NhiGrains.Platforms;

/// <summary>
/// Stops a writer that was away. A frozen process wakes up in the middle of a sequence of writes and would run on, long
/// after another silo took over; so a permission to write lasts only a short while on the monotonic clock, which counts
/// a freeze, and is asked for immediately before every write.
/// </summary>
public sealed class Fence(TimeProvider time, TimeSpan validity)
{
    public static readonly TimeSpan DefaultValidity = TimeSpan.FromSeconds(10);

    private readonly long _since = time.GetTimestamp();

    /// <exception cref="PlatformException">With <see cref="PlatformError.Fenced"/>, when too much time has passed.</exception>
    public void ThrowIfStale()
    {
        if (time.GetElapsedTime(_since) > validity)
            throw new PlatformException(PlatformError.Fenced, "The permission to write is too old; observe again before writing.");
    }
}
