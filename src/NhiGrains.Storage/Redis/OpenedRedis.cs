using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using NhiGrains.Storage.Cells;
using NhiGrains.Storage.Embedded;
using StackExchange.Redis;

namespace NhiGrains.Storage.Redis;

/// <summary>A Redis that is the one that this process knew, or that it meets for the first time.</summary>
internal sealed class OpenedRedis : IAsyncDisposable
{
    private readonly DataFolder _folder;

    private OpenedRedis(DataFolder folder, RedisHeadMemory memory, ConfigurationOptions options, ConnectionMultiplexer connection) =>
        (_folder, Memory, Options, Connection) = (folder, memory, options, connection);

    public RedisHeadMemory Memory { get; }

    public ConfigurationOptions Options { get; }

    public ConnectionMultiplexer Connection { get; }

    public RedisHead Head { get; private set; } = new("", 0);

    public bool IsSalvage { get; private init; }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public StoreRefusedException? Loss { get; private set; }

    public static async Task<OpenedRedis> OpenAsync(NhiStoreOptions options, ILogger logger)
    {
        var address = RedisAddress.Parse(options.Store, options.Timeout);
        var folder = DataFolder.Open(options.DataFolder);
        ConnectionMultiplexer? connection = null;
        try
        {
            connection = await ConnectAsync(address);
            var opened = new OpenedRedis(folder, new(folder.Head), address, connection) { IsSalvage = options.Salvage };
            await opened.CheckSettingsAsync(options, logger);
            await opened.CheckHeadAsync(logger);
            return opened;
        }
        catch (Exception fault)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            folder.Dispose();
            if (fault is RedisException or TimeoutException)
                throw Unreachable(address, fault);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions address)
    {
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(address);
        }
        catch (RedisConnectionException fault)
        {
            throw Unreachable(address, fault);
        }
    }

    private static StoreRefusedException Unreachable(ConfigurationOptions address, Exception fault) => new(
        StoreRefusal.RedisUnreachable,
        $"The Redis at {address.EndPoints[0]} does not answer, or refuses to.",
        "Check that it runs, that it can be reached from here, and its user and password in --store.",
        fault);

    private async Task CheckSettingsAsync(NhiStoreOptions options, ILogger logger)
    {
        var info = (string?)await Connection.GetDatabase().ExecuteAsync("INFO") ?? "";
        var settings = info.Split('\n').Select(line => line.Trim().Split(':', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        if (settings.GetValueOrDefault("maxmemory_policy", "noeviction") is var policy and not "noeviction")
            throw new StoreRefusedException(
                StoreRefusal.RedisEvicts,
                $"The Redis throws away keys when its memory is full (maxmemory-policy is {policy}).",
                "Set maxmemory-policy to noeviction.");
        if (IsSalvage)
            return; // It writes nothing that could be lost.
        if (settings.GetValueOrDefault("aof_enabled") == "1")
        {
            await CheckSyncAsync(logger);
            return;
        }

        if (!options.RedisWithoutAof)
            throw new StoreRefusedException(
                StoreRefusal.RedisWithoutAof,
                "The Redis has no append-only file (appendonly is off): when it dies, it loses what was acknowledged since its last snapshot.",
                "Set appendonly to yes, or accept the loss with --redis-without-aof.");
        logger.LogWarning("The Redis has no append-only file, as --redis-without-aof accepts: when it dies, what was acknowledged can be lost");
    }

    // Not refused: many a Redis that is run by others offers nothing more, and outlives its processes if not its machine.
    private async Task CheckSyncAsync(ILogger logger)
    {
        string? sync = null;
        try
        {
            if (await Connection.GetDatabase().ExecuteAsync("CONFIG", "GET", "appendfsync") is { Length: 2 } answer)
                sync = (string?)answer[1];
        }
        catch (RedisServerException refused)
        {
            logger.LogDebug(refused, "The Redis does not tell its settings");
        }

        if (sync is null)
            logger.LogWarning("The Redis does not tell its appendfsync: unless that is 'always', a power failure can lose what was acknowledged");
        else if (sync != "always")
            logger.LogWarning("The Redis writes its append-only file to the disk later (appendfsync is {Sync}): a power failure can lose what was acknowledged. Set it to always", sync);
    }

    private async Task CheckHeadAsync(ILogger logger)
    {
        var database = Connection.GetDatabase();
        var remembered = Memory.Read();
        if (remembered is null && !IsSalvage)
        {
            var made = RandomNumberGenerator.GetHexString(32, lowercase: true);
            if (await database.StringSetAsync(Keys.Epoch, made, when: When.NotExists))
                logger.LogInformation("The Redis is empty: a new store begins there");
        }

        var head = await database.StringGetAsync([Keys.Epoch, Keys.Counter]);
        Head = new(head[0].IsNull ? "" : head[0].ToString(), head[1].IsNull ? 0 : (long)head[1]);
        Loss = LossOf(remembered);
        if (Loss is not null && !IsSalvage)
            throw Loss;
        if (IsSalvage)
            logger.LogWarning("The store is open read-only. {What}", Loss?.What ?? "Nothing is wrong with it.");
        else
            Memory.Write(Head);
    }

    private StoreRefusedException? LossOf(RedisHead? remembered) =>
        Head.Epoch.Length == 0 ? Refuse(StoreRefusal.StoreEmpty, "The Redis is empty, and was not when this process last saw it.")
        : remembered is null ? null
        : Head.Epoch != remembered.Epoch ? Refuse(StoreRefusal.StoreOther, "The Redis holds another store than this process last saw.")
        : Head.Counter < remembered.Counter ? Refuse(
            StoreRefusal.StoreBehind,
            $"The Redis has {Head.Counter} writes, and {remembered.Counter} were seen: it is an older copy, or lost its end.")
        : null;

    private StoreRefusedException Refuse(string code, string what) => new(
        code,
        what,
        $"Put its newest backup back, or name the right Redis. To read what is there, start with --salvage. To begin anew on purpose, " +
        $"remove {RedisHeadMemory.PathIn(_folder.Head)}.");
}
