using NhiGrains.Storage.Cells;
using StackExchange.Redis;

namespace NhiGrains.Storage.Embedded;

/// <summary>Reads the whole store once, every checksum included, before anything else may read or write it.</summary>
internal sealed class StoreScan
{
    private const int Page = 1_000;
    private const int PagesAtOnce = 8;
    private const int NamedAtMost = 5;

    // About what a small entry takes in the log, beside its own bytes.
    private const int BytesOfAnEntry = 64;

    private readonly Lock _gate = new();
    private readonly Ledger _ledger = new();
    private readonly List<string> _damaged = [];
    private readonly IDatabase _database;
    private long _bytes;

    private StoreScan(IDatabase database) => _database = database;

    public static async Task<Findings> RunAsync(GarnetInstance garnet)
    {
        var scan = new StoreScan(garnet.Database);
        await scan.ReadAllAsync(garnet.Server.KeysAsync(pattern: Keys.Prefix + "*", pageSize: Page));
        byte[]? journal = await garnet.Database.StringGetAsync(Keys.Journal);
        var read = journal is null ? null : BatchJournal.Read(journal);
        return new(scan._ledger, read, JournalDamaged: journal is not null && read is null, scan._damaged, scan._bytes);
    }

    private async Task ReadAllAsync(IAsyncEnumerable<RedisKey> keys)
    {
        var under = new Queue<Task>();
        var values = new List<string>(Page);
        await foreach (var key in keys)
        {
            var name = key.ToString();
            if (IsValue(name))
                values.Add(name);
            else
                await ReadObjectAsync(name);
            if (values.Count < Page)
                continue;
            under.Enqueue(ReadValuesAsync(values));
            values = new(Page);
            if (under.Count >= PagesAtOnce)
                await under.Dequeue();
        }

        under.Enqueue(ReadValuesAsync(values));
        await Task.WhenAll(under);
    }

    private static bool IsValue(string key) =>
        key.StartsWith(Keys.States, StringComparison.Ordinal) || key.StartsWith(Keys.Segments, StringComparison.Ordinal);

    private async Task ReadValuesAsync(List<string> keys)
    {
        if (keys.Count == 0)
            return;
        var values = await _database.StringGetAsync([.. keys.Select(key => (RedisKey)key)]);
        lock (_gate)
        {
            for (var index = 0; index < keys.Count; index++)
            {
                // What the scan named and the read does not find is missing from the sum as well.
                if (values[index].IsNull)
                    continue;
                _bytes += values[index].Length() + keys[index].Length + BytesOfAnEntry;
                if (Envelope.TryOpen(keys[index], values[index], out var stored))
                    _ledger.Find(Cell.Value(keys[index]), stored.Version);
                else if (_damaged.Count < NamedAtMost)
                    _damaged.Add(keys[index]);
            }
        }
    }

    private async Task ReadObjectAsync(string key)
    {
        if (key.StartsWith(Keys.DueSets, StringComparison.Ordinal))
        {
            foreach (var entry in await _database.SortedSetRangeByRankWithScoresAsync(key))
                Find(Cell.Member(key, entry.Element.ToString()), Cell.VersionOf((long)entry.Score));
        }
        else if (key.StartsWith(Keys.Marks, StringComparison.Ordinal))
        {
            foreach (var entry in await _database.HashGetAllAsync(key))
                Find(Cell.Number(key, entry.Name.ToString()), Cell.VersionOf((long)entry.Value));
        }
    }

    private void Find(Cell cell, ulong version)
    {
        lock (_gate)
        {
            _bytes += cell.Field.Length + BytesOfAnEntry;
            _ledger.Find(cell, version);
        }
    }
}
