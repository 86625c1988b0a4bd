using StackExchange.Redis;

namespace NhiGrains.Storage.Embedded;

/// <summary>
/// Writes the store anew without its history, at start, before anything uses it. The copy takes the store's place, is verified
/// against the same head as every store at every start, and only then does the original go. Whatever is interrupted before
/// that point is undone by the next start; nothing is acknowledged in between.
/// </summary>
internal static class Compaction
{
    private const int Page = 1_000;

    public static async Task<bool> IsDueAsync(GarnetInstance garnet, long liveBytes, NhiStoreOptions options) =>
        await garnet.LogSizeAsync() is var size && size > (long)options.EmbeddedLogMegabytes << 20 && size > 2 * liveBytes;

    /// <summary>Puts the original back, if a compaction was interrupted before its copy was verified.</summary>
    public static void Undo(DataFolder folder)
    {
        Drop(folder.StoreNew);
        GarnetInstance.DropSpill(folder.StoreNew);
        Drop(folder.StoreTrash);
        if (!Directory.Exists(folder.StoreOld))
            return;
        Drop(folder.Store);
        Directory.Move(folder.StoreOld, folder.Store);
    }

    public static void Swap(DataFolder folder)
    {
        Directory.Move(folder.Store, folder.StoreOld);
        Directory.Move(folder.StoreNew, folder.Store);
    }

    /// <summary>The copy is verified and stays. The renaming decides: half an original must never be put back.</summary>
    public static void Keep(DataFolder folder)
    {
        Directory.Move(folder.StoreOld, folder.StoreTrash);
        Drop(folder.StoreTrash);
    }

    /// <exception cref="NotSupportedException">There is something of a type that is not known here.</exception>
    public static async Task CopyAsync(GarnetInstance from, GarnetInstance to)
    {
        var page = new List<RedisKey>(Page);
        await foreach (var key in from.Server.KeysAsync(pageSize: Page))
        {
            page.Add(key);
            if (page.Count < Page)
                continue;
            await CopyAsync(from.Database, to.Database, page);
            page.Clear();
        }

        await CopyAsync(from.Database, to.Database, page);
    }

    private static async Task CopyAsync(IDatabase from, IDatabase to, List<RedisKey> keys)
    {
        var types = await Task.WhenAll(keys.Select(key => from.KeyTypeAsync(key)));
        RedisKey[] strings = [.. keys.Where((_, index) => types[index] == RedisType.String)];
        if (strings.Length > 0)
        {
            var values = await from.StringGetAsync(strings);
            await to.StringSetAsync([.. strings.Zip(values, KeyValuePair.Create)]);
        }

        for (var index = 0; index < types.Length; index++)
        {
            if (types[index] != RedisType.String)
                await CopyAsync(from, to, keys[index], types[index]);
        }
    }

    private static async Task CopyAsync(IDatabase from, IDatabase to, RedisKey key, RedisType type)
    {
        switch (type)
        {
            case RedisType.SortedSet:
                foreach (var part in (await from.SortedSetRangeByRankWithScoresAsync(key)).Chunk(Page))
                    await to.SortedSetAddAsync(key, part);
                break;
            case RedisType.Hash:
                foreach (var part in (await from.HashGetAllAsync(key)).Chunk(Page))
                    await to.HashSetAsync(key, part);
                break;
            case RedisType.None:
                break; // Expired, or removed and named by the scan all the same.
            default:
                throw new NotSupportedException($"The store has a {type}, which is not known here.");
        }
    }

    private static void Drop(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
