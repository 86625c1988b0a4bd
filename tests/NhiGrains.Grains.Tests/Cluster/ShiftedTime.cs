namespace NhiGrains.Grains.Tests.Cluster;

/// <summary>
/// A clock whose wall time a test moves, while timers and time-outs stay real: Orleans itself takes the clock from the same
/// services, and would stop with a clock that stands still.
/// </summary>
public sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _shift));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);
}
