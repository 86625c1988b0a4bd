using Microsoft.Extensions.Time.Testing;

namespace NhiGrains.Platforms.Gcp.Tests;

/// <summary>A clock that the test moves, and that tells when somebody waits for it.</summary>
internal sealed class LineClock : FakeTimeProvider
{
    private readonly TaskCompletionSource _waitedFor = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task IsWaitedFor => _waitedFor.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waitedFor.TrySetResult();
        return timer;
    }
}
