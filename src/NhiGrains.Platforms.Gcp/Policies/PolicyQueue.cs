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
        for (var round = 1; ; round++)
        {
            var policy = await store.ReadAsync(place, CancellationToken.None).ConfigureAwait(false);
            var changing = Valid(edits).Where(edit => edit.ChangesOrIsDone(policy)).ToArray();
            // A permission that ended meanwhile is in the policy already, so it is begun again without it.
            if (Valid(changing).Count < changing.Length)
                continue;
            if (changing.Length == 0)
                return;
            try
            {
                await store.WriteAsync(place, policy, CancellationToken.None).ConfigureAwait(false);
                foreach (var edit in changing)
                    edit.Outcome.TrySetResult(true);
                return;
            }
            catch (PlatformException failure) when (round < MaxRounds && (failure.Error == PlatformError.Conflict || Retries.MayHelp(failure)))
            {
                // It was not carried out, or nobody knows: the next round reads first. Then either it is there, or what was read has
                // the etag of before, with which nothing is written over it.
                await Retries.PauseAsync(round, failure.RetryAfter, CancellationToken.None).ConfigureAwait(false);
            }
        }
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

        /// <summary>Changes the policy; when nothing is to be changed, it is done with that.</summary>
        public bool ChangesOrIsDone(Policy policy)
        {
            if (Change(policy))
                return true;
            Outcome.TrySetResult(false);
            return false;
        }
    }
}
