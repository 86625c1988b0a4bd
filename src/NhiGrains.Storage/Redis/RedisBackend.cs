using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using NhiGrains.Storage.Cells;
using StackExchange.Redis;

namespace NhiGrains.Storage.Redis;

/// <summary>
/// A Redis that several processes share. It carries a store id and a counter of writes; both come with every answer, so that a
/// Redis that was emptied, exchanged or put back under a running process is an error and never 'no such state'.
/// </summary>
internal sealed class RedisBackend : IStoreBackend
{
    private static readonly TimeSpan RememberEvery = TimeSpan.FromSeconds(1);

    private readonly OpenedRedis _opened;
    private readonly ILogger _logger;
    private readonly string _writer = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly PeriodicTimer _timer;
    private readonly Task _remembering;
    private long _seen;
    private long _number;

    private RedisBackend(OpenedRedis opened, ILogger logger, TimeProvider time)
    {
        (_opened, _logger, _seen, _timer) = (opened, logger, opened.Head.Counter, new(RememberEvery, time));
        _remembering = Task.Factory.StartNew(RememberAsync, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default).Unwrap();
    }

    public bool IsReadOnly => _opened.IsSalvage;

    /// <summary>A Redis that comes back is used again, if it is still the same: nothing here is final.</summary>
    public Task<Exception> Failed { get; } = new TaskCompletionSource<Exception>().Task;

    public ConfigurationOptions Connection => _opened.Options;

    private RedisHead Head => new(_opened.Head.Epoch, Volatile.Read(ref _seen));

    private IDatabase Database => _opened.Connection.GetDatabase();

    /// <exception cref="StoreRefusedException"/>
    public static async Task<RedisBackend> OpenAsync(NhiStoreOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        var logger = loggers.CreateLogger<RedisBackend>();
        return new(await OpenedRedis.OpenAsync(options, logger), logger, time);
    }

    public async Task<Stored?[]> ReadValuesAsync(IReadOnlyList<string> keys)
    {
        var values = await ReadAsync(database => database.StringGetAsync([.. keys.Select(key => (RedisKey)key)]));
        var found = new Stored?[keys.Count];
        for (var index = 0; index < found.Length; index++)
        {
            if (!values[index].IsNull)
                found[index] = Envelope.Open(keys[index], values[index]);
            else if (_opened.Loss is { } loss)
                throw new StoreLostException($"There is no '{keys[index]}' in the store, which lost something: {loss.What}");
        }

        return found;
    }

    public async Task<IReadOnlyList<(string Member, long Score)>> ReadMembersAsync(string key, long until, int max)
    {
        var entries = await ReadAsync(database => database.SortedSetRangeByScoreWithScoresAsync(key, stop: until, take: max));
        return [.. entries.Select(entry => (entry.Element.ToString(), (long)entry.Score))];
    }

    public async Task<IReadOnlyDictionary<string, long>> ReadNumbersAsync(string key)
    {
        var entries = await ReadAsync(database => database.HashGetAllAsync(key));
        return entries.ToDictionary(entry => entry.Name.ToString(), entry => (long)entry.Value, StringComparer.Ordinal);
    }

    public async Task<IReadOnlyDictionary<string, byte[]>> ReadRowsAsync(string key)
    {
        var entries = await ReadAsync(database => database.HashGetAllAsync(key));
        return entries.ToDictionary(entry => entry.Name.ToString(), entry => (byte[]?)entry.Value ?? [], StringComparer.Ordinal);
    }

    public async Task<IReadOnlyList<long>> ListSegmentsAsync(int shard)
    {
        var entries = await ReadAsync(database => database.SortedSetRangeByRankWithScoresAsync(Keys.SegmentIndex(shard)));
        return [.. entries.Select(entry => (long)entry.Score)];
    }

    public async Task CommitAsync(IReadOnlyList<Write> group)
    {
        try
        {
            See(await new CommitScript(group, Head, _writer, ++_number).RunAsync(Database));
        }
        catch (RedisServerException fault) when (fault.Message.Contains(CommitScript.Lost, StringComparison.Ordinal))
        {
            throw Lost("it has another id, none, or fewer writes than were acknowledged");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _remembering;
        if (!IsReadOnly)
            _opened.Memory.Write(Head);
        await _opened.DisposeAsync();
    }

    /// <summary>
    /// Reads, and after that, on the same connection, asks which store it was: what is read from a store that was emptied at
    /// any time before is not used.
    /// </summary>
    private async Task<T> ReadAsync<T>(Func<IBatch, Task<T>> read)
    {
        var before = Head;
        try
        {
            var pipeline = Database.CreateBatch();
            var result = read(pipeline);
            var head = pipeline.StringGetAsync([Keys.Epoch, Keys.Counter]);
            pipeline.Execute();
            await Task.WhenAll(result, head);
            if (_opened.Loss is null)
                Check(before, await head);
            return await result;
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new StoreUnavailableException("The Redis does not answer.", fault);
        }
    }

    private void Check(RedisHead before, RedisValue[] head)
    {
        if (head[0].IsNull)
            throw Lost("it is empty");
        if (head[0] != before.Epoch)
            throw Lost("it has another id");
        var counter = head[1].IsNull ? 0 : (long)head[1];
        if (counter < before.Counter)
            throw Lost("it has fewer writes than were acknowledged");
        See(counter);
    }

    private void See(long counter)
    {
        for (var seen = Volatile.Read(ref _seen); counter > seen; seen = Volatile.Read(ref _seen))
        {
            if (Interlocked.CompareExchange(ref _seen, counter, seen) == seen)
                return;
        }
    }

    private StoreLostException Lost(string why)
    {
        _logger.LogCritical("The Redis is not the store that this process works on: {Why}", why);
        return new($"The Redis is not the store that this process works on: {why}.");
    }

    private async Task RememberAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            if (IsReadOnly)
                continue;
            try
            {
                _opened.Memory.Write(Head);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                _logger.LogWarning(fault, "What was seen of the Redis could not be written to the data folder; it is tried again");
            }
        }
    }
}
