namespace NhiGrains.Platforms;

/// <summary>
/// Stops a writer that was away. A frozen process wakes up in the middle of a sequence of writes and would run on, long
/// after another silo took over; so a permission to write lasts only a short while on the monotonic clock, which counts
/// a freeze, and is asked for immediately before every write.
/// </summary>
public sealed class Fence(TimeProvider time, TimeSpan validity)
{
    public static readonly TimeSpan DefaultValidity = TimeSpan.FromSeconds(10);

    private long _since = time.GetTimestamp();

    private bool IsStale => time.GetElapsedTime(Volatile.Read(ref _since)) > validity;

    /// <summary>
    /// For an attempt that takes longer, after it was confirmed that what it brings about is still what is wanted. Nothing when the
    /// fence is stale already: who was away is not let on.
    /// </summary>
    /// <param name="asked">The time's timestamp from before that was asked; the validity begins anew then.</param>
    public void Renew(long asked)
    {
        if (!IsStale)
            Volatile.Write(ref _since, asked);
    }

    /// <exception cref="PlatformException">With <see cref="PlatformError.Fenced"/>, when too much time has passed.</exception>
    public void ThrowIfStale()
    {
        if (IsStale)
            throw new PlatformException(PlatformError.Fenced, "The permission to write is too old; observe again before writing.");
    }
}
