namespace NhiGrains.Platforms.Aws.Tests;

/// <summary>
/// Whoever waits by it waits a part of what he asked for, so that tests do not sit through the pauses between tries. What time it is stays
/// the system's.
/// </summary>
/// <param name="times">How much quicker.</param>
/// <param name="elapses">Whether what has elapsed is as much longer, for what goes on until some time is over.</param>
internal sealed class QuickTime(int times, bool elapses = false) : TimeProvider
{
    private readonly long _since = System.GetTimestamp();

    public override long GetTimestamp() => elapses ? _since + ((System.GetTimestamp() - _since) * times) : System.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / times : dueTime, period);
}
