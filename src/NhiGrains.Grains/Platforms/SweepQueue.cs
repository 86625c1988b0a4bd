namespace NhiGrains.Grains.Platforms;

/// <summary>
/// At most one sweep runs, and at most one waits behind it, however many ask. For use within one grain, whose turns never run
/// at the same time.
/// </summary>
/// <param name="sweep">Reads the platform once; false when it failed. Throws nothing.</param>
internal sealed class SweepQueue(Func<Task<bool>> sweep)
{
    private const int Remembered = 32;

    private readonly Queue<(string Key, Task<bool> Sweep)> _asked = new();
    private Task<bool>? _running;
    private Task<bool>? _next;

    public bool IsRunning => _running is not null;

    /// <summary>When all that runs or waits is over. Never fails.</summary>
    public Task Idle => Task.WhenAll(_running ?? Task.FromResult(true), _next ?? Task.FromResult(true));

    /// <summary>The sweep that runs, or one that begins.</summary>
    public Task<bool> Join() => _running ??= Run();

    /// <summary>
    /// A sweep that begins after this call: one that runs may have passed already what the caller wants to know. A repeated key
    /// gets the sweep of its first call; keys are kept in memory only, since reading once more does no harm.
    /// </summary>
    public Task<bool> Ask(string key)
    {
        if (_asked.FirstOrDefault(asked => asked.Key == key).Sweep is { } known)
            return known;
        var asked = _running is null ? Join() : _next ??= RunAfter(_running);
        _asked.Enqueue((key, asked));
        if (_asked.Count > Remembered)
            _asked.Dequeue();
        return asked;
    }

    private async Task<bool> Run()
    {
        await Task.Yield(); // So that the field is set before it is cleared.
        try
        {
            return await sweep();
        }
        finally
        {
            _running = null;
        }
    }

    private async Task<bool> RunAfter(Task<bool> running)
    {
        await running;
        _next = null;
        return await Join();
    }
}
