using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using NhiGrains.Storage.Cells;
using StackExchange.Redis;

namespace NhiGrains.Storage.Embedded;

/// <summary>The parts of an embedded store that was found to be whole, or was opened to salvage it.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly HeadFile _file;
    private readonly long _liveBytes;

    private OpenedStore(DataFolder folder, HeadFile file, CheckedLog log, GarnetInstance garnet, LedgerHead head, Findings found)
    {
        (_folder, _file, Garnet) = (folder, file, garnet);
        Head = log.Cover is { } cover ? new(file, cover, garnet, head) : null;
        (Ledger, _liveBytes) = (found.Ledger, found.Bytes);
        Loss = log.Loss ?? Verification.Check(head, found) ?? LogCheck.Unread(log.Sound, garnet.Committed);
    }

    public GarnetInstance Garnet { get; }

    /// <summary>Null when the store was opened to salvage it: nothing is written then.</summary>
    public StoreHead? Head { get; }

    public Ledger Ledger { get; }

    public bool IsSalvage => Head is null;

    /// <summary>What is wrong with it; null when it is whole.</summary>
    public StoreRefusedException? Loss { get; }

    public static async Task<OpenedStore> OpenAsync(NhiStoreOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        var parts = new Stack<IDisposable>();
        try
        {
            var folder = DataFolder.Open(options.DataFolder);
            parts.Push(folder);
            if (!options.Salvage)
                Compaction.Undo(folder);
            RefuseHalves(folder, options.Salvage);
            var (store, head) = options.Salvage ? folder.CopyToSalvage() : (folder.Store, folder.Head);
            var file = HeadFile.Open(head);
            parts.Push(file);
            return await OpenAsync(folder, store, file, HeadIn(file, folder, options), options, loggers, time);
        }
        catch
        {
            while (parts.TryPop(out var part))
                part.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Garnet.DisposeAsync();
        Head?.Dispose();
        _file.Dispose();
        if (IsSalvage)
            _folder.DropSalvageCopy();
        _folder.Dispose();
    }

    private static async Task<OpenedStore> OpenAsync(
        DataFolder folder, string store, HeadFile file, LedgerHead head, NhiStoreOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        var logger = loggers.CreateLogger<OpenedStore>();
        var since = time.GetTimestamp();
        // Before the store has its first file, so that dying in between leaves what the next start understands.
        if (!head.Initialised && !options.Salvage)
            await file.WriteAsync(head);
        var opened = await StartAsync(folder, store, file, head, options, loggers);
        try
        {
            if (opened.Head is { } writable)
                await opened.SettleAsync(writable);
            else
                logger.LogWarning("The store is open read-only. {What}", opened.Loss?.What ?? "Nothing is wrong with it.");
            if (opened.Head is { } grown && await Compaction.IsDueAsync(opened.Garnet, opened._liveBytes, options))
                opened = await opened.CompactAsync(grown, options, loggers, logger);
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }

        logger.LogInformation(
            "The embedded store in {Folder} holds {Count} entries; verified after {Time}",
            folder.Path, opened.Ledger.Count, time.GetElapsedTime(since));
        return opened;
    }

    private static async Task<OpenedStore> StartAsync(
        DataFolder folder, string store, HeadFile file, LedgerHead head, NhiStoreOptions options, ILoggerFactory loggers)
    {
        var log = CheckedLog.Open(store, head, options, loggers);
        GarnetInstance? garnet = null;
        try
        {
            garnet = await GarnetInstance.StartAsync(store, options, loggers, log.Sound);
            var opened = new OpenedStore(folder, file, log, garnet, head, await StoreScan.RunAsync(garnet));
            return opened.Loss is { } loss && !options.Salvage ? throw loss : opened;
        }
        catch
        {
            if (garnet is not null)
                await garnet.DisposeAsync();
            log.Cover?.Dispose();
            throw;
        }
    }

    /// <summary>The store anew, from what is live in it, verified like any other.</summary>
    private async Task<OpenedStore> CompactAsync(StoreHead head, NhiStoreOptions options, ILoggerFactory loggers, ILogger logger)
    {
        logger.LogInformation("The log of the embedded store is mostly history; the store is written anew");
        try
        {
            await using var fresh = await GarnetInstance.StartAsync(_folder.StoreNew, options, loggers);
            await Compaction.CopyAsync(Garnet, fresh);
            LogCover.Seal(_folder.StoreNew, fresh.Committed);
        }
        catch (Exception fault) when (fault is StoreRefusedException or RedisException or TimeoutException or IOException or NotSupportedException
            or StoreLostException)
        {
            // The store itself is whole and not touched.
            logger.LogWarning(fault, "The store could not be written anew; it is used as it is");
            Compaction.Undo(_folder);
            return this;
        }

        await Garnet.DisposeAsync();
        head.Dispose();
        Compaction.Swap(_folder);
        var opened = await StartAsync(_folder, _folder.Store, _file, head.Now, options, loggers);
        try
        {
            Compaction.Keep(_folder);
            await (opened.Head ?? throw new StoreReadOnlyException()).WriteAsync(now => now);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>One of store and head without the other is refused before either is touched.</summary>
    private static void RefuseHalves(DataFolder folder, bool salvage)
    {
        var (store, head) = (HasFiles(folder.Original), HeadFile.Exists(folder.Head));
        if (store && !head && !salvage)
            throw new StoreRefusedException(
                StoreRefusal.HeadMissing,
                $"There is a store in {folder.Path}, and no head beside it that would tell whether it is whole.",
                "Put the newest backup of the whole data folder in its place. To read what is there, start with --salvage.");
        if (salvage && !store)
            throw new StoreRefusedException(
                StoreRefusal.StoreEmpty, $"There is no store in {folder.Path} to salvage.", "Name the right folder with --data.");
    }

    private static LedgerHead HeadIn(HeadFile file, DataFolder folder, NhiStoreOptions options)
    {
        if (file.Read() is { } head)
        {
            if (!head.Initialised || options.Salvage || HasFiles(folder.Original))
                return head;
            throw new StoreRefusedException(
                StoreRefusal.StoreEmpty,
                $"The store in {folder.Path} is gone; it should hold {head.Count} entries (batch {head.Counter}).",
                "Put the newest backup of the whole data folder in its place.");
        }

        if (!HasFiles(folder.Original) || options.Salvage)
            return new(BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16)), false, 0, 0, 0);
        throw new StoreRefusedException(
            StoreRefusal.HeadDamaged,
            $"The head of the store in {folder.Path} is damaged, or of another version of the program.",
            "Put the newest backup of the whole data folder in its place. To read what is there, start with --salvage.");
    }

    /// <summary>
    /// Makes head and store agree: a new store gets its id; a batch that nobody was told of becomes what the store has of it.
    /// Membership of silos that ran on this store is dropped: this process holds the lock, so they are all dead.
    /// </summary>
    private async Task SettleAsync(StoreHead head)
    {
        if (!head.Now.Initialised)
            await Garnet.Database.StringSetAsync(Keys.Journal, new BatchJournal(head.Now.StoreId, 0, []).ToBytes());
        byte[]? journal = await Garnet.Database.StringGetAsync(Keys.Journal);
        var counter = BatchJournal.Read(journal)?.Counter ?? throw new StoreLostException("The store lost its journal.");
        await head.WriteAsync(now => now with { Initialised = true, Counter = counter, Count = Ledger.Count, Sum = Ledger.Sum });
        await foreach (var key in Garnet.Server.KeysAsync(pattern: "*/members/*"))
            await Garnet.Database.KeyDeleteAsync(key);
    }

    private static bool HasFiles(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any();
}
