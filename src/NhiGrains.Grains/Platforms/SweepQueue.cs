namespace NhiGrains.Grains.Platforms;

/// <summary>
/// At most one sweep runs, and at most one waits behind it, however many ask. For use within one grain, whose turns never run
/// at the same time.
/// </summary>
/// <param name="sweep">Reads the platform once, going on where an earlier one stopped unless it is told to begin; false when it failed. Throws nothing.</param>
internal sealed class SweepQueue(Func<bool, Task<bool>> sweep)
{
    private const int Remembered = 32;

    private readonly Queue<(string Key, Task<bool> Sweep)> _asked = new();
    private Task<bool>? _running;
    private Task<bool>? _next;

    public bool IsRunning => _running is not null;

    /// <summary>When all that runs or waits is over. Never fails.</summary>
    public Task Idle => Task.WhenAll(_running ?? Task.FromResult(true), _next ?? Task.FromResult(true));

    /// <summary>The sweep that runs, or one that goes on where an earlier one stopped.</summary>
    public Task<bool> Join() => _running ??= Run(begins: false);

    /// <summary>A sweep that begins after this call: one that runs or was stopped may have passed already what the caller wants to know.</summary>
    public Task<bool> Begin() => _running is null ? _running = Run(begins: true) : _next ??= RunAfter(_running);

    /// <summary>
    /// <see cref="Begin"/>, and the same sweep for a repeated key. Keys are kept in memory only, since reading once more does no harm.
    /// </summary>
    public Task<bool> Ask(string key)
    {
        if (_asked.FirstOrDefault(asked => asked.Key == key).Sweep is { } known)
            return known;
        var asked = Begin();
        _asked.Enqueue((key, asked));
        if (_asked.Count > Remembered)
            _asked.Dequeue();
        return asked;
    }

    private async Task<bool> Run(bool begins)
    {
        await Task.Yield(); // So that the field is set before it is cleared.
        try
        {
            return await sweep(begins);
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
        return await Begin();
    }
}
