namespace NhiGrains.Platforms.Aws.Tests;

/// <summary>Whoever waits by it does not wait: the time leaps to when he would have been called. For minutes that nobody sits through.</summary>
internal sealed class LeapingTime : TimeProvider
{
    private long _leapt;

    /// <summary>How much time has passed by leaps.</summary>
    public TimeSpan Leapt => new(Interlocked.Read(ref _leapt));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Leapt;

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public void Leap(TimeSpan by) => Interlocked.Add(ref _leapt, by.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
            Leap(dueTime);
        return System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
