using NhiGrains.Contracts.Storage;
using NhiGrains.Storage.Seams;
using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Contract;

public sealed class EmbeddedDueIndexTests : DueIndexFacts<EmbeddedPlace>;

public sealed class RedisDueIndexTests : DueIndexFacts<RedisPlace>;

public abstract class DueIndexFacts<TPlace> : StoreFacts<TPlace>
    where TPlace : StorePlace, new()
{
    private static readonly DateTimeOffset Noon = new(2027, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private DueIndex Index => new(Store);

    [Fact]
    public async Task Entries_come_earliest_first_up_to_the_instant_asked_for_and_to_the_count()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(minute => Index.SetAsync(3, $"identity-{minute}", Noon.AddMinutes(minute), Stop)));
        await ReopenAsync();

        var read = await Index.ReadAsync(3, Noon.AddMinutes(9), 100, Stop);
        Assert.Equal(Enumerable.Range(0, 10).Select(minute => new DueEntry($"identity-{minute}", Noon.AddMinutes(minute))), read);
        Assert.Equal(["identity-0", "identity-1"], (await Index.ReadAsync(3, DateTimeOffset.MaxValue, 2, Stop)).Select(entry => entry.IdentityId));
        Assert.Empty(await Index.ReadAsync(4, DateTimeOffset.MaxValue, 100, Stop));
    }

    [Fact]
    public async Task An_identity_has_one_entry_and_the_last_one_counts()
    {
        await Index.SetAsync(1, "one", Noon.AddHours(1), Stop);
        await Index.SetAsync(1, "one", Noon, Stop);
        Assert.Equal([new("one", Noon)], await Index.ReadAsync(1, DateTimeOffset.MaxValue, 10, Stop));

        await Index.SetAsync(1, "one", Noon.AddHours(2), Stop);
        await ReopenAsync();
        Assert.Equal([new("one", Noon.AddHours(2))], await Index.ReadAsync(1, DateTimeOffset.MaxValue, 10, Stop));
    }

    [Fact]
    public async Task Writes_of_one_identity_at_once_are_taken_in_their_order()
    {
        var writes = Enumerable.Range(0, 100).Select(minute => Index.SetAsync(1, "one", Noon.AddMinutes(minute), Stop)).ToList();
        await Task.WhenAll(writes);
        Assert.Equal([new("one", Noon.AddMinutes(99))], await Index.ReadAsync(1, DateTimeOffset.MaxValue, 10, Stop));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9_999, 0)] // In units of 100 ns: just below a millisecond.
    [InlineData(10_000, 1)]
    public async Task An_instant_is_kept_to_the_millisecond_rounded_down(long ticks, int milliseconds)
    {
        await Index.SetAsync(1, "one", Noon.AddTicks(ticks), Stop);
        Assert.Equal(Noon.AddMilliseconds(milliseconds), Assert.Single(await Index.ReadAsync(1, DateTimeOffset.MaxValue, 10, Stop)).DueAt);
        Assert.Empty(await Index.ReadAsync(1, Noon.AddMilliseconds(milliseconds - 1), 10, Stop));
        Assert.Single(await Index.ReadAsync(1, Noon.AddMilliseconds(milliseconds), 10, Stop));
    }

    [Fact]
    public async Task The_ends_of_time_are_instants_as_well()
    {
        await Index.SetAsync(1, "first", DateTimeOffset.MinValue, Stop);
        await Index.SetAsync(1, "epoch", DateTimeOffset.UnixEpoch, Stop);
        await Index.SetAsync(1, "last", DateTimeOffset.MaxValue, Stop);
        await ReopenAsync();

        var read = await Index.ReadAsync(1, DateTimeOffset.MaxValue, 10, Stop);
        Assert.Equal(["first", "epoch", "last"], read.Select(entry => entry.IdentityId));
    }

    [Fact]
    public async Task What_was_removed_is_gone_and_removing_what_is_not_there_succeeds()
    {
        await Index.SetAsync(1, "one", Noon, Stop);
        await Index.RemoveAsync(1, "one", Stop);
        await Index.RemoveAsync(1, "one", Stop);
        await Index.RemoveAsync(1, "never", Stop);
        await ReopenAsync();

        Assert.Empty(await Index.ReadAsync(1, DateTimeOffset.MaxValue, 10, Stop));
    }
}
