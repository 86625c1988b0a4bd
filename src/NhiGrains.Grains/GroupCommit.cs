namespace NhiGrains.Grains;

/// <summary>
/// Writes in groups: while one group is being written, what arrives waits and becomes the next one. For use within one grain,
/// whose turns never run at the same time.
/// </summary>
internal sealed class GroupCommit<T>(Func<IReadOnlyList<T>, Task> write, int maxGroup)
{
    private readonly Queue<(T Item, TaskCompletionSource Done)> _queue = new();
    private bool _writing;

    /// <summary>Returns when the item was written; throws what its group's write threw.</summary>
    public Task Add(T item)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Enqueue((item, done));
        if (!_writing)
            WriteGroups().Ignore(); // Every fault goes to those who wait for its group.
        return done.Task;
    }

    private async Task WriteGroups()
    {
        _writing = true;
        while (_queue.Count > 0)
        {
            var group = new List<(T Item, TaskCompletionSource Done)>();
            while (group.Count < maxGroup && _queue.TryDequeue(out var next))
                group.Add(next);
            try
            {
                await write([.. group.Select(one => one.Item)]);
                group.ForEach(one => one.Done.SetResult());
            }
            catch (Exception fault)
            {
                group.ForEach(one => one.Done.SetException(fault));
            }
        }

        _writing = false;
    }
}
