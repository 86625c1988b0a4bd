namespace NhiGrains.Domain.Enforcement;

/// <summary>When to try again: exponential with jitter, capped, without end (promise 3).</summary>
public static class RetrySchedule
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>The cap is under a minute because a platform that comes back is to be served within 60 s.</summary>
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(30);

    /// <summary>What waits for a person is tried again in vain for days; a change that is seen is no reason to wait for that.</summary>
    public static readonly TimeSpan FirstForPeople = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan CapForPeople = TimeSpan.FromHours(1);

    /// <param name="attempt">How many attempts have failed in a row, from 1.</param>
    /// <param name="jitter">From 0 (inclusive) to 1 (exclusive); spreads the delay over its upper half.</param>
    public static TimeSpan Delay(int attempt, double jitter) => Delay(attempt, jitter, First, Cap);

    /// <summary>The same, for what somebody else keeps from being done: whether they have done their part.</summary>
    public static TimeSpan DelayForPeople(int attempt, double jitter) => Delay(attempt, jitter, FirstForPeople, CapForPeople);

    /// <summary>
    /// When the platform said itself how long to wait. What it asks for, or a balancer in front of it, is no reason to leave access
    /// standing for a day; and all whom it sent away must not come back at the same instant.
    /// </summary>
    /// <param name="retryAfter">As the platform said; more than <see cref="Cap"/> is shortened to it.</param>
    /// <param name="jitter">From 0 (inclusive) to 1 (exclusive); spreads the delay over up to a quarter more, and below the cap.</param>
    public static TimeSpan Delay(int attempt, double jitter, TimeSpan? retryAfter)
    {
        var delay = Delay(attempt, jitter);
        if (retryAfter is not { } asked || asked <= delay)
            return delay;
        var spread = Math.Clamp(jitter, 0, 1) / 4;
        var longest = Cap * (1 - spread);
        return asked < longest / (1 + spread) ? asked * (1 + spread) : longest;
    }

    /// <summary>The same, for what has to be back sooner than enforcement.</summary>
    public static TimeSpan Delay(int attempt, double jitter, TimeSpan first, TimeSpan cap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        var ceiling = Math.Min(first.Ticks * Math.Pow(2, Math.Min(attempt - 1, 32)), cap.Ticks);
        return TimeSpan.FromTicks((long)(ceiling * (0.5 + Math.Clamp(jitter, 0, 1) / 2)));
    }
}
