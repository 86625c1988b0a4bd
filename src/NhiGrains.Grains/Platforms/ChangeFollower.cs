namespace NhiGrains.Grains.Platforms;

/// <summary>
/// Looks at principals that may have changed. One change of a platform comes as several hints: what arrives while a round is under
/// way waits for the next one, and is looked at once. For use within one grain, whose turns never run at the same time.
/// </summary>
/// <param name="look">Looks at one principal; throws nothing.</param>
internal sealed class ChangeFollower(Func<string, Task> look, BackgroundWork work, CancellationToken stopped)
{
    private const int AtOnce = 16;

    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>When nothing is under way. Never fails.</summary>
    public Task Idle { get; private set; } = Task.CompletedTask;

    public void Follow(string principal)
    {
        _changed.Add(principal);
        if (Idle.IsCompleted)
            Idle = Run();
    }

    private async Task Run()
    {
        if (!work.TryBegin())
            return;
        try
        {
            while (_changed.Count > 0 && !stopped.IsCancellationRequested)
            {
                var round = _changed.ToArray();
                _changed.Clear();
                foreach (var some in round.Chunk(AtOnce))
                    await Task.WhenAll(some.Select(look));
            }
        }
        finally
        {
            work.End();
        }
    }
}
