using Orleans.Storage;

namespace NhiGrains.Grains;

/// <summary>
/// A state that is answered from while it is written. A silo that was frozen goes on with what it knew, although another one took over
/// meanwhile, so an answer is given only when it was seen just now that the store has the same. That costs one read of the store in
/// <see cref="PersistentStates.Fresh"/>, however many ask. For use within one grain, whose turns never run at the same time.
/// </summary>
internal sealed class ConfirmedState<T>(IPersistentState<T> state, IGrainBase grain, TimeProvider time)
{
    private const int MaxLooks = 3;

    // The last write or look: they use the same etag, so one waits for the other.
    private Task _busy = Task.CompletedTask;
    private Task _looking = Task.CompletedTask;
    private (DateTimeOffset At, long Timestamp)? _seen;
    private bool _isLost;

    // Either clock alone can be wrong: one may be set back, the other may stand still while a machine sleeps.
    private bool IsFresh => _seen is { } seen && time.GetUtcNow() is var now && now >= seen.At
        && now - seen.At < PersistentStates.Fresh && time.GetElapsedTime(seen.Timestamp) < PersistentStates.Fresh;

    /// <summary>Comes before every answer from the state.</summary>
    /// <exception cref="InconsistentStateException">Another activation has written; this one is given up.</exception>
    /// <exception cref="TimeoutException">The store takes too long to be believed.</exception>
    public Task Confirm() => IsFresh ? Task.CompletedTask : LookUntilFresh();

    /// <summary>As <see cref="PersistentStates.Save"/>.</summary>
    public Task Save(T next) => InTurn(() => Write(next));

    // Whoever was frozen during a look has seen what was there before that.
    private async Task LookUntilFresh()
    {
        for (var looks = 0; !IsFresh; looks++)
        {
            if (looks == MaxLooks)
                throw new TimeoutException($"The store takes too long to say whether {grain.GrainContext.GrainId} is what it was.");
            if (_looking.IsCompleted)
                _looking = InTurn(Look);
            await _looking;
        }
    }

    private Task InTurn(Func<Task> act)
    {
        _busy = After(_busy, act);
        return _busy;
    }

    private static async Task After(Task earlier, Func<Task> act)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await act();
    }

    private async Task Look()
    {
        CheckIsOurs();
        if (IsFresh)
            return; // By a write that it waited for.
        var began = Now();
        try
        {
            await state.Confirm(grain);
        }
        catch (InconsistentStateException)
        {
            // The state is the other one's by now: what was worked out from the old one must not be stored with its etag.
            _isLost = true;
            throw;
        }

        _seen = began;
    }

    private async Task Write(T next)
    {
        CheckIsOurs();
        var began = Now();
        try
        {
            await state.Save(next, grain);
        }
        catch
        {
            _seen = null; // It may have been stored all the same.
            throw;
        }

        _seen = began;
    }

    private void CheckIsOurs()
    {
        if (_isLost)
            throw new InconsistentStateException($"{grain.GrainContext.GrainId} was changed by another activation.", state.Etag ?? "none", "none");
    }

    private (DateTimeOffset At, long Timestamp) Now() => (time.GetUtcNow(), time.GetTimestamp());
}
