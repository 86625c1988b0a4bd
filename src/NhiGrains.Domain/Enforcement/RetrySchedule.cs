namespace NhiGrains.Domain.Enforcement;

/// <summary>When to try again: exponential with jitter, capped, without end (promise 3).</summary>
public static class RetrySchedule
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>The cap is under a minute because a platform that comes back is to be served within 60 s.</summary>
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(30);

    /// <param name="attempt">How many attempts have failed in a row, from 1.</param>
    /// <param name="jitter">From 0 (inclusive) to 1 (exclusive); spreads the delay over its upper half.</param>
    public static TimeSpan Delay(int attempt, double jitter) => Delay(attempt, jitter, First, Cap);

    /// <summary>The same, for what has to be back sooner than enforcement.</summary>
    public static TimeSpan Delay(int attempt, double jitter, TimeSpan first, TimeSpan cap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        var ceiling = Math.Min(first.Ticks * Math.Pow(2, Math.Min(attempt - 1, 32)), cap.Ticks);
        return TimeSpan.FromTicks((long)(ceiling * (0.5 + Math.Clamp(jitter, 0, 1) / 2)));
    }
}
