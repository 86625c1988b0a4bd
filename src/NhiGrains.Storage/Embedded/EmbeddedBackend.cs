using Microsoft.Extensions.Logging;
using NhiGrains.Storage.Cells;
using StackExchange.Redis;

namespace NhiGrains.Storage.Embedded;

/// <summary>
/// The embedded store with its ledger. This process is the only one that writes (it holds the folder's lock, and nobody else
/// has the password), so conditions are checked against the ledger, in memory, and a group is one plain pipeline.
/// <para>
/// A group is: the journal and the cells into the store, durably; then the head beside it, durably; then the answers. So what
/// was acknowledged is always in both, and at most one group, of which nobody was told, can be in the store alone.
/// </para>
/// </summary>
internal sealed class EmbeddedBackend : IStoreBackend
{
    private readonly OpenedStore _opened;
    private readonly LogWatch? _watch;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _inFlight = Task.CompletedTask;

    private EmbeddedBackend(OpenedStore opened, NhiStoreOptions options, TimeProvider time, ILogger logger)
    {
        (_opened, _logger) = (opened, logger);
        _watch = opened.Head is { } head ? new(opened.Garnet, head, options, time, logger) : null;
    }

    public bool IsReadOnly => _opened.IsSalvage;

    public Task<Exception> Failed => _failed.Task;

    public ConfigurationOptions Connection => _opened.Garnet.Options;

    private Ledger Ledger => _opened.Ledger;

    private StoreHead Head => _opened.Head ?? throw new StoreReadOnlyException();

    private IDatabase Database => _opened.Garnet.Database;

    /// <exception cref="StoreRefusedException"/>
    public static async Task<EmbeddedBackend> OpenAsync(NhiStoreOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        var logger = loggers.CreateLogger<EmbeddedBackend>();
        return new(await OpenedStore.OpenAsync(options, loggers, time), options, time, logger);
    }

    public async Task<Stored?[]> ReadValuesAsync(IReadOnlyList<string> keys)
    {
        var before = keys.Select(key => Ledger.VersionOf(Cell.Value(key).Id())).ToArray();
        var values = await AskAsync(() => Database.StringGetAsync([.. keys.Select(key => (RedisKey)key)]));
        var found = new Stored?[keys.Count];
        for (var index = 0; index < found.Length; index++)
        {
            found[index] = values[index].IsNull ? null : Envelope.Open(keys[index], values[index]);
            if ((found[index]?.Version ?? Cell.Absent) < before[index])
                await ThrowIfLostAsync(keys[index]);
            else if (_opened.Loss is { } loss && found[index] is null)
                throw new StoreLostException($"There is no '{keys[index]}' in the store, which lost something: {loss.What}");
        }

        return found;
    }

    public async Task<IReadOnlyList<(string Member, long Score)>> ReadMembersAsync(string key, long until, int max)
    {
        var entries = await AskAsync(() => Database.SortedSetRangeByScoreWithScoresAsync(key, stop: until, take: max));
        return [.. entries.Select(entry => (entry.Element.ToString(), (long)entry.Score))];
    }

    public async Task<IReadOnlyDictionary<string, long>> ReadNumbersAsync(string key)
    {
        var entries = await AskAsync(() => Database.HashGetAllAsync(key));
        return entries.ToDictionary(entry => entry.Name.ToString(), entry => (long)entry.Value, StringComparer.Ordinal);
    }

    public async Task<IReadOnlyDictionary<string, byte[]>> ReadRowsAsync(string key)
    {
        var entries = await AskAsync(() => Database.HashGetAllAsync(key));
        return entries.ToDictionary(entry => entry.Name.ToString(), entry => (byte[])entry.Value!, StringComparer.Ordinal);
    }

    public Task<IReadOnlyList<long>> ListSegmentsAsync(int shard) => Task.FromResult(Ledger.Segments(shard));

    public Task CommitAsync(IReadOnlyList<Write> group)
    {
        // A store that failed is in a state that only a scan can tell: nothing is added to it.
        if (_failed.Task.IsCompleted)
            throw new StoreUnavailableException("The embedded store failed; it is verified at the next start.", cause: null);
        _inFlight = CommitGroupAsync(group);
        return _inFlight;
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is not null)
            await _watch.DisposeAsync();
        if (_opened.Head is { } head && !_failed.Task.IsCompleted)
            await CoverAtEndAsync(head);
        await _opened.DisposeAsync();
    }

    private async Task CommitGroupAsync(IReadOnlyList<Write> group)
    {
        var batch = new Batch(Head.Now.Counter + 1);
        foreach (var write in group)
            batch.Add(write, Ledger);
        try
        {
            if (!batch.IsEmpty)
                await batch.SendAsync(_opened.Garnet.Commits, Head.Now.StoreId);
            if (batch.Steps.Count > 0)
                await AdvanceHeadAsync(batch.Steps);
        }
        catch (Exception fault)
        {
            _logger.LogCritical(fault, "The embedded store failed at batch {Batch}; the process has to start anew", Head.Now.Counter + 1);
            _failed.TrySetResult(fault);
            throw;
        }

        foreach (var step in batch.Steps)
            Ledger.Apply(step);
        foreach (var cell in batch.Put)
            Ledger.Note(cell);
        foreach (var write in batch.Writes)
            write.Done(Head.Now.Counter);
    }

    private Task AdvanceHeadAsync(List<CellStep> steps)
    {
        var more = steps.Count(step => step.Old == Cell.Absent) - steps.Count(step => step.New == Cell.Absent);
        return Head.WriteAsync(head => head with
        {
            Counter = head.Counter + 1, Sum = steps.Aggregate(head.Sum, Ledger.Advance), Count = head.Count + more,
        });
    }

    private async Task CoverAtEndAsync(StoreHead head)
    {
        try
        {
            await head.CoverAsync();
        }
        catch (Exception fault) when (fault is IOException or StoreLostException)
        {
            // The head before stands, and what was acknowledged is in it.
            _logger.LogError(fault, "The head of the store could not be written at its end");
        }
    }

    /// <summary>The read may have met a removal that was not yet in the ledger; otherwise the value is gone.</summary>
    private async Task ThrowIfLostAsync(string key)
    {
        await _inFlight.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var expected = Ledger.VersionOf(Cell.Value(key).Id());
        var value = await AskAsync(() => Database.StringGetAsync(key));
        if (expected == Cell.Absent || (!value.IsNull && Envelope.Open(key, value).Version >= expected))
            throw new StoreUnavailableException($"'{key}' was changed while it was read.", cause: null);
        _logger.LogCritical("The store lost '{Key}', which has version {Version}", key, expected);
        throw new StoreLostException($"The store lost '{key}'.");
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new StoreUnavailableException("The embedded store does not answer.", fault);
        }
    }
}
