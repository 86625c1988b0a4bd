using NhiGrains.Storage.Cells;
using StackExchange.Redis;

namespace NhiGrains.Storage.Embedded;

/// <summary>The writes of a group that met their conditions, as commands and as steps of the ledger.</summary>
internal sealed class Batch(ulong number)
{
    private readonly Dictionary<string, List<SortedSetEntry>> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<RedisValue>> _goneMembers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<HashEntry>> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<RedisValue>> _goneFields = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<RedisKey, RedisValue>> _values = [];
    private readonly List<RedisKey> _goneValues = [];

    public List<CellStep> Steps { get; } = [];

    public List<Cell> Put { get; } = [];

    public List<Write> Writes { get; } = [];

    public bool IsEmpty => Steps.Count == 0 && _fields.Count == 0 && _goneFields.Count == 0;

    /// <summary>Takes the write in, unless a version that it expects is not there; then it is told so.</summary>
    public void Add(Write write, Ledger ledger)
    {
        var olds = new ulong[write.Changes.Count];
        var ids = new UInt128[write.Changes.Count];
        for (var index = 0; index < olds.Length; index++)
        {
            var change = write.Changes[index];
            if (!change.Cell.IsCovered)
                continue;
            ids[index] = change.Cell.Id();
            olds[index] = ledger.VersionOf(ids[index]);
            if (change.Expected is { } expected && expected != olds[index])
            {
                write.Conflict(olds[index]);
                return;
            }
        }

        Writes.Add(write);
        for (var index = 0; index < olds.Length; index++)
            Add(write.Changes[index], ids[index], olds[index]);
    }

    /// <summary>Sends everything in one pipeline, the journal first, and returns when all of it is durable.</summary>
    public Task SendAsync(IDatabase database, UInt128 storeId)
    {
        var pipeline = database.CreateBatch();
        var sent = new List<Task>();
        if (Steps.Count > 0)
            _values.Insert(0, new(Keys.Journal, new BatchJournal(storeId, number, Steps).ToBytes()));
        if (_values.Count > 0)
            sent.Add(pipeline.StringSetAsync([.. _values]));
        if (_goneValues.Count > 0)
            sent.Add(pipeline.KeyDeleteAsync([.. _goneValues]));
        sent.AddRange(_members.Select(of => pipeline.SortedSetAddAsync(of.Key, [.. of.Value])));
        sent.AddRange(_goneMembers.Select(of => pipeline.SortedSetRemoveAsync(of.Key, [.. of.Value])));
        sent.AddRange(_fields.Select(of => pipeline.HashSetAsync(of.Key, [.. of.Value])));
        sent.AddRange(_goneFields.Select(of => pipeline.HashDeleteAsync(of.Key, [.. of.Value])));
        pipeline.Execute();
        return Task.WhenAll(sent);
    }

    private void Add(CellChange change, UInt128 id, ulong old)
    {
        var version = VersionAfter(change);
        // What is so already needs no write: a due time that did not change, the removal of what is not there.
        if (change.Cell.IsCovered && version == old)
            return;
        if (change.Cell.IsCovered)
            Steps.Add(new(id, old, version));
        if (!change.Remove)
            Put.Add(change.Cell);
        AddCommand(change, version);
    }

    private ulong VersionAfter(CellChange change) =>
        change.Remove ? Cell.Absent
        : change.Cell.Kind is CellKind.Member or CellKind.Number ? Cell.VersionOf(change.Number)
        : number;

    private void AddCommand(CellChange change, ulong version)
    {
        var (kind, key, field) = change.Cell;
        switch (kind, change.Remove)
        {
            case (CellKind.Value, false):
                _values.Add(new(key, Envelope.Wrap(key, version, change.Payload.Span)));
                break;
            case (CellKind.Value, true):
                _goneValues.Add(key);
                break;
            case (CellKind.Member, false):
                Of(_members, key).Add(new(field, change.Number));
                break;
            case (CellKind.Member, true):
                Of(_goneMembers, key).Add(field);
                break;
            case (CellKind.Number, false):
                Of(_fields, key).Add(new(field, change.Number));
                break;
            case (CellKind.Row, false):
                Of(_fields, key).Add(new(field, change.Payload));
                break;
            default:
                Of(_goneFields, key).Add(field);
                break;
        }
    }

    private static List<T> Of<T>(Dictionary<string, List<T>> lists, string key) =>
        lists.TryGetValue(key, out var list) ? list : lists[key] = [];
}
