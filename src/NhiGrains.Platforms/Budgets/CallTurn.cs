namespace NhiGrains.Platforms.Budgets;

/// <summary>One call that waits for its turn.</summary>
internal sealed class CallTurn
{
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _cancellation;

    public CallTurn(CancellationToken cancellation) =>
        _cancellation = cancellation.UnsafeRegister(static (told, token) => (told as TaskCompletionSource)?.TrySetCanceled(token), _told);

    public Task Task => _told.Task;

    /// <summary>Nobody waits for it any more.</summary>
    public bool IsOver => _told.Task.IsCompleted;

    /// <returns>False when the caller has gone.</returns>
    public bool Begin() => _told.TrySetResult() && Done();

    public void Refuse(PlatformException why)
    {
        if (_told.TrySetException(why))
            Done();
    }

    private bool Done()
    {
        _cancellation.Dispose();
        return true;
    }
}
