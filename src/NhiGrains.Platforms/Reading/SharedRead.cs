namespace NhiGrains.Platforms.Reading;

/// <summary>
/// Lets callers share an expensive read without giving anybody an old answer: who comes while a read is under way gets
/// the next one, which all who wait share, so an answer was always read after it was asked for.
/// </summary>
public sealed class SharedRead<T>(Func<CancellationToken, Task<T>> read)
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;
    private Task<T>? _next;

    public Task<T> ReadAsync(CancellationToken cancellation)
    {
        Task<T> mine;
        lock (_lock)
        {
            _next ??= ReadAfterAsync(_last);
            _last = mine = _next;
        }

        return mine.WaitAsync(cancellation);
    }

    private async Task<T> ReadAfterAsync(Task before)
    {
        // Others depend on this read, so it leaves the caller's lock and scheduler (which may be a grain's) at once, and
        // the caller's cancellation does not end it; the calls that it makes are bounded in time.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
            _next = null;
        return await read(CancellationToken.None).ConfigureAwait(false);
    }
}
