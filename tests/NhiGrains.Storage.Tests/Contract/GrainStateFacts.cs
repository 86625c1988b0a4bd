using NhiGrains.Storage.Tests.Fixtures;
using Orleans.Storage;

namespace NhiGrains.Storage.Tests.Contract;

public sealed class EmbeddedGrainStateTests : GrainStateFacts<EmbeddedPlace>;

public sealed class RedisGrainStateTests : GrainStateFacts<RedisPlace>;

public abstract class GrainStateFacts<TPlace> : StoreFacts<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public async Task What_was_never_written_does_not_exist()
    {
        var state = await Grains.LoadAsync(Store, "never");
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal("", state.State.Text);
    }

    [Fact]
    public async Task What_was_written_is_read_with_its_etag_also_after_opening_again()
    {
        var written = await Grains.SaveAsync(Store, "one", "text");
        await ReopenAsync();

        var read = await Grains.LoadAsync(Store, "one");
        Assert.True(read.RecordExists);
        Assert.Equal("text", read.State.Text);
        Assert.Equal(written.ETag, read.ETag);
    }

    [Theory]
    [InlineData("a b/c:d*?[x]\\\"'")]
    [InlineData("sch\u00f6n-\U0001F511\u0000")]
    public async Task A_name_may_hold_anything(string name)
    {
        await Grains.SaveAsync(Store, name, "text");
        await Grains.SaveAsync(Store, name + "2", "other");
        await ReopenAsync();

        Assert.Equal("text", (await Grains.LoadAsync(Store, name)).State.Text);
    }

    [Fact]
    public async Task A_large_state_is_kept()
    {
        var text = new string('x', 3_000_000);
        await Grains.SaveAsync(Store, "large", text);
        await ReopenAsync();

        Assert.Equal(text, (await Grains.LoadAsync(Store, "large")).State.Text);
    }

    [Fact]
    public async Task A_stale_etag_is_a_conflict_and_overwrites_nothing()
    {
        var stale = await Grains.SaveAsync(Store, "one", "first");
        var newer = await Grains.SaveAsync(Store, "one", "second");
        stale.State = new() { Text = "stale" };

        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync("one", stale));
        Assert.Equal(newer.ETag, conflict.StoredEtag);
        Assert.Equal("second", (await Grains.LoadAsync(Store, "one")).State.Text);
    }

    [Fact]
    public async Task An_activation_that_saw_nothing_does_not_overwrite()
    {
        var early = await Grains.LoadAsync(Store, "one");
        await Grains.SaveAsync(Store, "one", "first");

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync("one", early));
        Assert.Equal("first", (await Grains.LoadAsync(Store, "one")).State.Text);
    }

    [Fact]
    public async Task Of_many_writers_with_the_same_etag_exactly_one_wins()
    {
        await Grains.SaveAsync(Store, "one", "first");
        var writers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Grains.LoadAsync(Store, "one")));

        var won = await Task.WhenAll(writers.Select(async (state, index) =>
        {
            state.State = new() { Text = $"by {index}" };
            try
            {
                await WriteAsync("one", state);
                return true;
            }
            catch (InconsistentStateException)
            {
                return false;
            }
        }));

        Assert.Single(won, true);
        Assert.Equal($"by {Array.IndexOf(won, true)}", (await Grains.LoadAsync(Store, "one")).State.Text);
    }

    [Fact]
    public async Task What_was_cleared_is_gone_and_an_old_etag_does_not_bring_it_back()
    {
        var old = await Grains.SaveAsync(Store, "one", "first");
        var cleared = await Grains.LoadAsync(Store, "one");
        await Grains.StorageOf(Store).ClearStateAsync("note", Grains.Named("one"), cleared);
        Assert.False(cleared.RecordExists);
        Assert.Null(cleared.ETag);
        Assert.Equal("", cleared.State.Text);
        await ReopenAsync();

        Assert.False((await Grains.LoadAsync(Store, "one")).RecordExists);
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync("one", old));
        var again = await Grains.SaveAsync(Store, "one", "second");
        Assert.NotEqual(old.ETag, again.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync("one", old));
    }

    [Fact]
    public async Task Clearing_with_a_stale_etag_is_a_conflict()
    {
        var stale = await Grains.SaveAsync(Store, "one", "first");
        await Grains.SaveAsync(Store, "one", "second");

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Grains.StorageOf(Store).ClearStateAsync("note", Grains.Named("one"), stale));
        Assert.Equal("second", (await Grains.LoadAsync(Store, "one")).State.Text);
    }

    [Fact]
    public async Task Clearing_what_is_not_there_succeeds()
    {
        var nothing = await Grains.LoadAsync(Store, "one");
        await Grains.StorageOf(Store).ClearStateAsync("note", Grains.Named("one"), nothing);
        Assert.False(nothing.RecordExists);
    }

    [Fact]
    public async Task Many_at_once_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 3_000).Select(index => Grains.SaveAsync(Store, $"many-{index}", $"text {index}")));
        await ReopenAsync();

        var read = await Task.WhenAll(Enumerable.Range(0, 3_000).Select(index => Grains.LoadAsync(Store, $"many-{index}")));
        Assert.All(read, (state, index) => Assert.Equal($"text {index}", state.State.Text));
    }

    private Task WriteAsync(string name, NoteState state) => Grains.StorageOf(Store).WriteStateAsync("note", Grains.Named(name), state);
}
