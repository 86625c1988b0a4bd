using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Policies;

/// <summary>The changes that wait for one policy: read, change, write with the etag of what was read, and again when somebody was faster.</summary>
internal sealed class PolicyQueue(Place place, PolicyStore store)
{
    /// <summary>Beside us other silos, pipelines and people write; each round one of them gets through.</summary>
    private const int MaxRounds = 30;

    private readonly Lock _lock = new();
    private List<Edit> _waiting = [];
    private bool _running;

    public Task<bool> EditAsync(Func<Policy, bool> change, Fence fence)
    {
        var edit = new Edit(change, fence);
        lock (_lock)
        {
            _waiting.Add(edit);
            if (!_running)
            {
                _running = true;
                // It ends when nobody waits, and tells each who waits what became of him.
                _ = RunAsync();
            }
        }

        return edit.Outcome.Task;
    }

    private async Task RunAsync()
    {
        // Others depend on this, so it leaves the caller's lock and scheduler (which may be a grain's), and his cancellation does not end it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (TakeAll() is { Count: > 0 } edits)
            await CarryOutAsync(edits).ConfigureAwait(false);
    }

    private List<Edit> TakeAll()
    {
        lock (_lock)
        {
            var taken = _waiting;
            (_waiting, _running) = ([], taken.Count > 0);
            return taken;
        }
    }

    private async Task CarryOutAsync(IReadOnlyList<Edit> edits)
    {
        try
        {
            await WriteAsync(edits).ConfigureAwait(false);
        }
        catch (PlatformException refused) when (refused.Error == PlatformError.Rejected && edits.Count > 1)
        {
            // One that Google does not take must not hold up the others.
            foreach (var edit in edits)
                await CarryOutAsync([edit]).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            foreach (var edit in edits)
                edit.Outcome.TrySetException(failure);
        }
    }

    private async Task WriteAsync(IReadOnlyList<Edit> edits)
    {
        for (var round = 1; Valid(edits).Count > 0; round++)
        {
            var read = await store.ReadAsync(place, CancellationToken.None).ConfigureAwait(false);
            var write = Changed(read, Valid(edits));
            if (write.IsNothing)
                return;
            try
            {
                await store.TurnAsync(CancellationToken.None).ConfigureAwait(false);
                // Who has lost his permission while it waited in line is not in what is sent, and the others need not wait once more.
                if (Valid(write.Of).Count < write.Of.Count)
                    write = Changed(read, Valid(write.Of));
                if (write.IsNothing)
                    return;
                await store.WriteAsync(place, write.Policy, write.ThrowIfStale, CancellationToken.None).ConfigureAwait(false);
                write.IsDone();
                return;
            }
            catch (PlatformException stale) when (stale.Error == PlatformError.Fenced)
            {
                // It was not sent. The next round is without him, and tells him.
            }
            catch (PlatformException failure) when (round < MaxRounds && (failure.Error == PlatformError.Conflict || Retries.MayHelp(failure)))
            {
                // It was not carried out, or nobody knows: the next round reads first. Then either it is there, or what was read has
                // the etag of before, with which nothing is written over it.
                await Retries.PauseAsync(round, failure.RetryAfter, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What was read, with what each of them changes. When none does, they are told that it is right as it is.</summary>
    private static Write Changed(Policy read, IReadOnlyList<Edit> edits)
    {
        var policy = read.Copy();
        var write = new Write(policy, [.. edits.Select(edit => (edit, edit.Change(policy)))]);
        if (write.IsNothing)
            write.IsDone();
        return write;
    }

    /// <summary>Those who still wait and may still write; the others are told.</summary>
    private static List<Edit> Valid(IEnumerable<Edit> edits)
    {
        var valid = new List<Edit>();
        foreach (var edit in edits.Where(edit => !edit.Outcome.Task.IsCompleted))
        {
            try
            {
                edit.Fence.ThrowIfStale();
                valid.Add(edit);
            }
            catch (PlatformException stale)
            {
                edit.Outcome.TrySetException(stale);
            }
        }

        return valid;
    }

    private sealed record Edit(Func<Policy, bool> Change, Fence Fence)
    {
        public TaskCompletionSource<bool> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <param name="Edits">Each with whether it changed something. One that did not may find as it wants it what another has changed, so it waits for the write with him.</param>
    private sealed record Write(Policy Policy, IReadOnlyList<(Edit Edit, bool Changes)> Edits)
    {
        public IReadOnlyList<Edit> Of { get; } = [.. Edits.Select(one => one.Edit)];

        public bool IsNothing => !Edits.Any(one => one.Changes);

        public void ThrowIfStale()
        {
            foreach (var edit in Of)
                edit.Fence.ThrowIfStale();
        }

        public void IsDone()
        {
            foreach (var (edit, changes) in Edits)
                edit.Outcome.TrySetResult(changes);
        }
    }
}
