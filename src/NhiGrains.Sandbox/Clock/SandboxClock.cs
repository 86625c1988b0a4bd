namespace NhiGrains.Sandbox.Clock;

/// <summary>The time of the sandbox's platforms: it runs like the system's, and tests can move it, back as well.</summary>
public sealed class SandboxClock(TimeProvider system) : TimeProvider
{
    private long _offset;

    /// <summary>By how much it is ahead of the system's clock.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref _offset));

    public override long TimestampFrequency => system.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => system.GetUtcNow() + Offset;

    public override long GetTimestamp() => system.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        system.CreateTimer(callback, state, dueTime, period);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
