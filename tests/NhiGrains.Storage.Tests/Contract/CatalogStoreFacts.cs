using NhiGrains.Storage.Seams;
using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Contract;

public sealed class EmbeddedCatalogStoreTests : CatalogStoreFacts<EmbeddedPlace>;

public sealed class RedisCatalogStoreTests : CatalogStoreFacts<RedisPlace>;

public abstract class CatalogStoreFacts<TPlace> : StoreFacts<TPlace>
    where TPlace : StorePlace, new()
{
    private CatalogStore Catalog => new(Store);

    [Fact]
    public async Task Rows_are_put_replaced_and_removed()
    {
        await Catalog.WriteAsync(2, new Dictionary<string, byte[]> { ["a"] = [1], ["b"] = [2], ["c"] = [] }, [], Stop);
        await Catalog.WriteAsync(2, new Dictionary<string, byte[]> { ["b"] = [0, 255, 7] }, ["a", "never"], Stop);
        await Catalog.WriteAsync(3, new Dictionary<string, byte[]> { ["a"] = [9] }, [], Stop);
        await ReopenAsync();

        var rows = await Catalog.LoadAsync(2, Stop);
        Assert.Equal(["b", "c"], rows.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([0, 255, 7], rows["b"]);
        Assert.Empty(rows["c"]);
        Assert.Equal([9], Assert.Single(await Catalog.LoadAsync(3, Stop)).Value);
    }

    [Fact]
    public async Task A_row_that_is_put_and_removed_at_once_is_put()
    {
        await Catalog.WriteAsync(2, new Dictionary<string, byte[]> { ["a"] = [1] }, ["a"], Stop);
        Assert.Equal([1], (await Catalog.LoadAsync(2, Stop))["a"]);
    }

    [Fact]
    public async Task Nothing_to_write_is_fine()
    {
        await Catalog.WriteAsync(2, new Dictionary<string, byte[]>(), [], Stop);
        Assert.Empty(await Catalog.LoadAsync(2, Stop));
    }

    [Fact]
    public async Task Many_rows_at_once_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(index =>
            Catalog.WriteAsync(2, new Dictionary<string, byte[]> { [$"row-{index}"] = BitConverter.GetBytes(index) }, [], Stop)));
        await ReopenAsync();

        var rows = await Catalog.LoadAsync(2, Stop);
        Assert.Equal(500, rows.Count);
        Assert.All(rows, row => Assert.Equal(row.Key, $"row-{BitConverter.ToInt32(row.Value)}"));
    }
}
