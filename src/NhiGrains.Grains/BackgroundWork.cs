using Microsoft.Extensions.Logging;

namespace NhiGrains.Grains;

/// <summary>
/// What goes on in this silo with nobody waiting for it. A stop ends it in order: nothing more begins, what runs comes to its
/// end, and only then the silo leaves; otherwise grains would call grains that can no longer be activated. All of it is owed by
/// stored state, so what does not begin here is done by another silo, or after the next start. One for each silo.
/// </summary>
internal sealed class BackgroundWork(TimeProvider time, ILogger<BackgroundWork> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>A message that was sent just now may not have begun yet.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    /// <summary>A platform that does not answer holds up a stop for this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private int _running;
    private long _lastMoved;

    /// <summary>Cancelled when the silo is about to leave.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Whether work may begin; then it is followed by <see cref="End"/>, whatever happens.</summary>
    public bool TryBegin()
    {
        if (_stopping.IsCancellationRequested)
            return false;
        Interlocked.Increment(ref _running);
        Sent();
        return true;
    }

    public void End()
    {
        Sent();
        Interlocked.Decrement(ref _running);
    }

    /// <summary>Work was handed to another grain that does not answer.</summary>
    public void Sent() => Volatile.Write(ref _lastMoved, time.GetTimestamp());

    // The last stage to begin is the first to end: the silo is still whole then.
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(BackgroundWork), ServiceLifecycleStage.Active, _ => Task.CompletedTask, StopAsync);

    public void Dispose() => _stopping.Dispose();

    private async Task StopAsync(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        var since = time.GetTimestamp();
        while (IsMoving() && !cancellation.IsCancellationRequested)
        {
            if (time.GetElapsedTime(since) > Patience)
            {
                logger.LogWarning("{Running} pieces of work go on after {Patience}; they are left, and done again later", _running, Patience);
                return;
            }

            await Task.Delay(Look, time, CancellationToken.None);
        }
    }

    private bool IsMoving() => Volatile.Read(ref _running) > 0
        || (Volatile.Read(ref _lastMoved) is var moved && moved != 0 && time.GetElapsedTime(moved) < Quiet);
}
