using System.Text.Json;
using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Storage;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;

namespace NhiGrains.Grains.Audit;

/// <summary>
/// Appends in groups: while one segment is being written, what arrives waits and becomes the next segment. The chain is made
/// when a segment is, in one place, so interleaved callers cannot fork it; a second activation is found out by the store.
/// </summary>
internal sealed class AuditShardGrain : Grain, IAuditShardGrain
{
    private const int MaxGroup = 500;
    private const int MarksEvery = 1_000;

    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    private readonly IAuditSegments _store;
    private readonly TimeProvider _time;
    private readonly BackgroundWork _work;
    private readonly ILogger<AuditShardGrain> _logger;
    private readonly GroupCommit<AuditBatch> _commit;
    private readonly List<long> _segments = [];
    private readonly Dictionary<string, long> _marks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _unsavedMarks = new(StringComparer.Ordinal);
    private AuditHead _head = AuditHead.Genesis(0);
    private long _marksCover;
    private TaskCompletionSource _grown = NewSignal();
    private Exception? _lost;

    public AuditShardGrain(IAuditSegments segments, TimeProvider time, BackgroundWork work, ILogger<AuditShardGrain> logger)
    {
        (_store, _time, _work, _logger) = (segments, time, work, logger);
        _commit = new(WriteGroup, MaxGroup);
    }

    private int Shard => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _head = AuditHead.Genesis(Shard);
        _segments.AddRange(await _store.ListAsync(Shard, cancellationToken));
        (var marks, _marksCover) = await _store.LoadMarksAsync(Shard, cancellationToken);
        foreach (var (source, sequence) in marks)
            _marks[source] = sequence;
        // What was appended after the marks were last stored; always includes the last segment, which has the head.
        var from = Math.Max(0, _segments.BinarySearch(_marksCover + 1) is var at && at < 0 ? ~at - 1 : at);
        foreach (var entry in await ReadSegments(_segments[Math.Min(from, _segments.Count)..]))
        {
            _marks[entry.Event.Source] = Math.Max(_marks.GetValueOrDefault(entry.Event.Source), entry.Event.SourceSequence);
            _head = AuditChain.HeadAfter(entry);
        }
    }

    public Task Append(AuditBatch batch) => _commit.Add(batch);

    public async Task<AuditPage> Read(long after, int max)
    {
        var page = new List<AuditEntry>();
        var head = _head;
        var index = _segments.BinarySearch(after + 1) is var at && at < 0 ? Math.Max(0, ~at - 1) : at;
        // Small groups of segments: one entry a segment is usual when little happens, 500 when much does.
        for (; page.Count < max && index < _segments.Count; index += 32)
        {
            var entries = await ReadSegments(_segments[index..Math.Min(index + 32, _segments.Count)]);
            page.AddRange(entries.Where(entry => entry.Sequence > after && entry.Sequence <= head.Sequence).Take(max - page.Count));
        }

        return new(page, head);
    }

    public async Task<AuditPage> ReadNext(long after, int max)
    {
        if (_head.Sequence <= after)
        {
            // Longer than any caller waits for an answer would be a time-out instead of an empty page.
            await Task.WhenAny(_grown.Task, Task.Delay(AuditWaits.Longest, _time, _work.Stopping));
            // Who waits here would keep the silo from leaving; who comes again at once is not to go round in circles until it has left.
            if (_work.Stopping.IsCancellationRequested)
                await Task.Delay(Breath, _time);
        }

        return await Read(after, max);
    }

    public Task<AuditHead> Head() => Task.FromResult(_head);

    private async Task WriteGroup(IReadOnlyList<AuditBatch> group)
    {
        if (_lost is not null)
            throw new AuditUnavailableException(Shard, _lost);
        try
        {
            await Store(group.SelectMany(batch => batch.Events));
        }
        catch (Exception fault)
        {
            // Whether the segment was stored is not known: only a new activation, which reads the log, can tell. So whoever
            // waits behind this group fails as well.
            _lost = fault;
            _logger.LogWarning(fault, "Audit shard {Shard} could not append after entry {Sequence}; it reloads", Shard, _head.Sequence);
            DeactivateOnIdle();
            throw new AuditUnavailableException(Shard, fault);
        }
    }

    private async Task Store(IEnumerable<AuditEvent> events)
    {
        var head = _head;
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        var entries = new List<AuditEntry>();
        foreach (var change in events)
        {
            if (change.SourceSequence <= seen.GetValueOrDefault(change.Source, _marks.GetValueOrDefault(change.Source)))
                continue;
            entries.Add(AuditChain.Append(head, change));
            head = AuditChain.HeadAfter(entries[^1]);
            seen[change.Source] = change.SourceSequence;
        }

        if (entries.Count == 0)
            return;
        if (!await _store.TryAppendAsync(Shard, entries[0].Sequence, JsonSerializer.SerializeToUtf8Bytes(entries, Canonical.Json)))
            throw new InvalidOperationException($"Entry {entries[0].Sequence} exists: another activation of the shard wrote it.");
        _segments.Add(entries[0].Sequence);
        _head = head;
        _grown.SetResult();
        _grown = NewSignal();
        foreach (var (source, sequence) in seen)
            _marks[source] = _unsavedMarks[source] = sequence;
        if (_head.Sequence - _marksCover >= MarksEvery)
            await SaveMarks();
    }

    private async Task SaveMarks()
    {
        await _store.SaveMarksAsync(Shard, _unsavedMarks, _head.Sequence);
        _marksCover = _head.Sequence;
        _unsavedMarks.Clear();
    }

    private async Task<IEnumerable<AuditEntry>> ReadSegments(IReadOnlyList<long> first)
    {
        var stored = await _store.ReadAsync(Shard, first);
        return stored.SelectMany(bytes => JsonSerializer.Deserialize<AuditEntry[]>(bytes, Canonical.Json)
            ?? throw new InvalidDataException($"A segment of audit shard {Shard} is empty."));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The audit could not be written; the source keeps its events and sends them again.</summary>
public sealed class AuditUnavailableException(int shard, Exception cause)
    : Exception($"Audit shard {shard} could not append; try again.", cause);
