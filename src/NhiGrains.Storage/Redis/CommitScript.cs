using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using NhiGrains.Storage.Cells;
using StackExchange.Redis;

namespace NhiGrains.Storage.Redis;

/// <summary>
/// A group of writes as one script: several processes write to a Redis, so it is Redis that compares versions. The script
/// stops before it has changed anything when the store is not the one that this process knows, is behind what it has seen,
/// or when a later group of this process was taken already (an earlier one, whose sender gave up waiting, came late).
/// </summary>
internal sealed class CommitScript
{
    public const string Lost = "NHILOST";

    // KEYS: epoch, counter, writer, then one for each change.
    // ARGV: epoch, least counter, number of the group, count of writes; then for each write the count of its changes, and for
    // each change: what to do, field, expected version, bytes or score.
    // Answers the counter, then for each write '' or the version that was there instead.
    public const string Text = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then
          return redis.error_reply('NHILOST the store has another id, or none')
        end
        if tonumber(redis.call('GET', KEYS[2]) or '0') < tonumber(ARGV[2]) then
          return redis.error_reply('NHILOST the store is behind what was seen of it')
        end
        if tonumber(redis.call('GET', KEYS[3]) or '0') >= tonumber(ARGV[3]) then
          return redis.error_reply('NHISTALE a later group was taken already')
        end
        redis.call('SET', KEYS[3], ARGV[3], 'EX', 86400)
        local answers = { redis.call('INCR', KEYS[2]) }
        local key, arg = 4, 5
        for write = 1, tonumber(ARGV[4]) do
          local count = tonumber(ARGV[arg])
          local found = nil
          for change = 0, count - 1 do
            local expected = ARGV[arg + 3 + change * 4]
            if expected ~= '' then
              local version = redis.call('GETRANGE', KEYS[key + change], 1, 8)
              if version == '' then version = '\0\0\0\0\0\0\0\0' end
              if version ~= expected then found = version; break end
            end
          end
          if not found then
            for change = 0, count - 1 do
              local at = arg + 1 + change * 4
              local name, todo, field, bytes = KEYS[key + change], ARGV[at], ARGV[at + 1], ARGV[at + 3]
              if todo == 'SET' then redis.call('SET', name, bytes)
              elseif todo == 'DEL' then redis.call('DEL', name)
              elseif todo == 'ZADD' then redis.call('ZADD', name, bytes, field)
              elseif todo == 'ZREM' then redis.call('ZREM', name, field)
              elseif todo == 'HSET' then redis.call('HSET', name, field, bytes)
              else redis.call('HDEL', name, field) end
            end
          end
          answers[write + 1] = found or ''
          key = key + count
          arg = arg + 1 + count * 4
        end
        return answers
        """;

    private readonly List<RedisKey> _keys;
    private readonly List<RedisValue> _arguments;
    private readonly List<ulong> _versions = [];
    private readonly IReadOnlyList<Write> _group;

    public CommitScript(IReadOnlyList<Write> group, RedisHead seen, string writer, long number)
    {
        _group = group;
        _keys = [Keys.Epoch, Keys.Counter, Keys.Writer(writer)];
        _arguments = [seen.Epoch, seen.Counter, number, group.Count];
        foreach (var write in group)
            Add(write);
    }

    /// <summary>Runs it, tells every write its outcome, and returns the counter.</summary>
    public async Task<long> RunAsync(IDatabase database)
    {
        // Sent as text: a Redis that was restarted does not know scripts by their hash, and nothing may depend on that.
        var answers = (RedisResult[]?)await database.ScriptEvaluateAsync(Text, [.. _keys], [.. _arguments], CommandFlags.NoScriptCache)
            ?? throw new InvalidDataException("The script gave no answer.");
        for (var index = 0; index < _group.Count; index++)
        {
            if ((byte[]?)answers[index + 1] is { Length: Envelope.VersionLength } found)
                _group[index].Conflict(BinaryPrimitives.ReadUInt64LittleEndian(found));
            else
                _group[index].Done(_versions[index]);
        }

        return (long)answers[0];
    }

    private void Add(Write write)
    {
        // Random, so that a version never comes twice, whoever wrote it and whatever was removed in between.
        var version = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(Envelope.VersionLength)) | 1;
        _versions.Add(version);
        var count = _arguments.Count;
        _arguments.Add(RedisValue.EmptyString);
        var changes = 0;
        foreach (var change in write.Changes)
        {
            Add(change, version);
            changes++;
            // A sorted set beside the segments says which there are.
            if (change is { Remove: false, Cell.Kind: CellKind.Value } && Keys.TryParseSegment(change.Cell.Key, out var shard, out var first))
            {
                Add(CellChange.PutMember(Keys.SegmentIndex(shard), first.ToString(CultureInfo.InvariantCulture), first), version);
                changes++;
            }
        }

        _arguments[count] = changes;
    }

    private void Add(CellChange change, ulong version)
    {
        var (kind, key, field) = change.Cell;
        _keys.Add(key);
        _arguments.Add((kind, change.Remove) switch
        {
            (CellKind.Value, false) => "SET",
            (CellKind.Value, true) => "DEL",
            (CellKind.Member, false) => "ZADD",
            (CellKind.Member, true) => "ZREM",
            (_, false) => "HSET",
            (_, true) => "HDEL",
        });
        _arguments.Add(field);
        _arguments.Add(change.Expected is { } expected ? Bytes(expected) : RedisValue.EmptyString);
        _arguments.Add((kind, change.Remove) switch
        {
            (_, true) => RedisValue.EmptyString,
            (CellKind.Value, _) => Envelope.Wrap(key, version, change.Payload.Span),
            (CellKind.Row, _) => change.Payload,
            _ => change.Number,
        });
    }

    private static byte[] Bytes(ulong version)
    {
        var bytes = new byte[Envelope.VersionLength];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, version);
        return bytes;
    }
}
