using NhiGrains.Storage.Seams;
using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Contract;

public sealed class EmbeddedAuditSegmentsTests : AuditSegmentsFacts<EmbeddedPlace>;

public sealed class RedisAuditSegmentsTests : AuditSegmentsFacts<RedisPlace>;

public abstract class AuditSegmentsFacts<TPlace> : StoreFacts<TPlace>
    where TPlace : StorePlace, new()
{
    private AuditSegments Segments => new(Store);

    [Fact]
    public async Task Segments_are_listed_in_order_and_read_in_the_order_asked_for()
    {
        foreach (var first in (long[])[1, 12, 2, 500])
            Assert.True(await Segments.TryAppendAsync(7, first, BitConverter.GetBytes(first), Stop));
        await Segments.TryAppendAsync(8, 3, "other"u8.ToArray(), Stop);
        await ReopenAsync();

        Assert.Equal([1, 2, 12, 500], await Segments.ListAsync(7, Stop));
        var read = await Segments.ReadAsync(7, [500, 1, 12], Stop);
        Assert.Equal([500, 1, 12], read.Select(bytes => BitConverter.ToInt64(bytes)));
    }

    [Fact]
    public async Task A_segment_is_never_replaced()
    {
        Assert.True(await Segments.TryAppendAsync(7, 1, "first"u8.ToArray(), Stop));
        Assert.False(await Segments.TryAppendAsync(7, 1, "second"u8.ToArray(), Stop));
        await ReopenAsync();

        Assert.False(await Segments.TryAppendAsync(7, 1, "third"u8.ToArray(), Stop));
        Assert.Equal("first"u8.ToArray(), Assert.Single(await Segments.ReadAsync(7, [1], Stop)));
        Assert.Equal([1], await Segments.ListAsync(7, Stop));
    }

    [Fact]
    public async Task Of_many_that_append_the_same_segment_exactly_one_wins()
    {
        var won = await Task.WhenAll(Enumerable.Range(0, 50).Select(index => Segments.TryAppendAsync(7, 1, BitConverter.GetBytes(index), Stop)));

        Assert.Single(won, true);
        Assert.Equal(Array.IndexOf(won, true), BitConverter.ToInt32(Assert.Single(await Segments.ReadAsync(7, [1], Stop))));
    }

    [Fact]
    public async Task A_missing_segment_is_an_error_and_no_empty_one()
    {
        await Segments.TryAppendAsync(7, 1, "first"u8.ToArray(), Stop);
        var lost = await Assert.ThrowsAsync<StoreLostException>(() => Segments.ReadAsync(7, [1, 2], Stop));
        Assert.Contains("shard 7", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Marks_are_kept_with_the_number_that_they_cover()
    {
        var (none, nothing) = await Segments.LoadMarksAsync(7, Stop);
        Assert.Empty(none);
        Assert.Equal(0, nothing);

        await Segments.SaveMarksAsync(7, new Dictionary<string, long> { ["a"] = 1, ["b c:*"] = 2 }, 10, Stop);
        await Segments.SaveMarksAsync(7, new Dictionary<string, long> { ["a"] = 5 }, 20, Stop);
        await ReopenAsync();

        var (marks, covered) = await Segments.LoadMarksAsync(7, Stop);
        Assert.Equal(new Dictionary<string, long> { ["a"] = 5, ["b c:*"] = 2 }, marks);
        Assert.Equal(20, covered);
        Assert.Empty((await Segments.LoadMarksAsync(8, Stop)).Marks);
    }
}
