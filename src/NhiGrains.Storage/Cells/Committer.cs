using System.Diagnostics.Metrics;
using System.Threading.Channels;

namespace NhiGrains.Storage.Cells;

/// <summary>
/// Group commit: while one group is being made durable, what arrives waits and becomes the next one. So the cost of being
/// durable is shared by all that wait for it, and one writer alone waits for no one.
/// </summary>
internal sealed class Committer : IAsyncDisposable
{
    private const int MaxWrites = 1_024;
    private const long MaxBytes = 4 << 20;

    private static readonly Meter Meter = new("NhiGrains.Storage");
    private static readonly Histogram<int> GroupSize = Meter.CreateHistogram<int>("nhi.store.group.size", "{write}", "Writes in a group commit");
    private static readonly Histogram<double> GroupTime = Meter.CreateHistogram<double>("nhi.store.group.duration", "s", "Time of a group commit");

    private readonly Channel<Write> _queue = Channel.CreateUnbounded<Write>(new() { SingleReader = true });
    private readonly IStoreBackend _backend;
    private readonly TimeProvider _time;
    private readonly Task _loop;
    private Write? _next;

    public Committer(IStoreBackend backend, TimeProvider time)
    {
        (_backend, _time) = (backend, time);
        // Never on the scheduler of a grain that happens to be the caller.
        _loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Completes when the changes are durable, or a condition was not met.</summary>
    /// <exception cref="StoreReadOnlyException"/>
    /// <exception cref="StoreLostException"/>
    /// <exception cref="StoreOutcomeUnknownException"/>
    /// <exception cref="OperationCanceledException">Before it was queued; a write that was queued is not taken back.</exception>
    public async Task<WriteResult> WriteAsync(IReadOnlyList<CellChange> changes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_backend.IsReadOnly)
            throw new StoreReadOnlyException();
        var write = new Write(changes);
        if (!_queue.Writer.TryWrite(write))
            throw new StoreUnavailableException("The store is closed.", cause: null);
        return await write.Outcome;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        while (_next is not null || await _queue.Reader.WaitToReadAsync())
            await CommitAsync(TakeGroup());
    }

    private List<Write> TakeGroup()
    {
        var group = new List<Write>();
        var cells = new HashSet<Cell>();
        var bytes = 0L;
        while (group.Count < MaxWrites && bytes < MaxBytes)
        {
            var write = _next;
            _next = null;
            if (write is null && !_queue.Reader.TryRead(out write))
                break;
            // A cell has one outcome in a group: the second write to it opens the next group.
            if (write.Changes.Any(change => cells.Contains(change.Cell)))
            {
                _next = write;
                break;
            }

            cells.UnionWith(write.Changes.Select(change => change.Cell));
            bytes += write.Bytes;
            group.Add(write);
        }

        return group;
    }

    private async Task CommitAsync(List<Write> group)
    {
        var since = _time.GetTimestamp();
        try
        {
            await _backend.CommitAsync(group);
        }
        catch (Exception fault)
        {
            foreach (var write in group)
                write.Fail(OutcomeOf(fault));
        }

        GroupSize.Record(group.Count);
        GroupTime.Record(_time.GetElapsedTime(since).TotalSeconds);
    }

    // One exception object for each waiting grain: they are thrown on many threads.
    private static Exception OutcomeOf(Exception fault) => fault switch
    {
        StoreLostException lost => new StoreLostException(lost.Message),
        StoreUnavailableException gone => new StoreUnavailableException(gone.Message, gone.InnerException),
        _ => new StoreOutcomeUnknownException("Whether the write was stored is not known.", fault),
    };
}
