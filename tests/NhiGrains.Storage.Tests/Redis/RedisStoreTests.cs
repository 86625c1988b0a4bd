using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Platforms.TestKit.Redis;
using NhiGrains.Platforms.TestKit.Waiting;
using NhiGrains.Storage.Seams;
using NhiGrains.Storage.Tests.Fixtures;
using Orleans.Storage;

namespace NhiGrains.Storage.Tests.Redis;

/// <summary>What only a Redis has: several processes write to it, and it can be exchanged, emptied or frozen under them.</summary>
public sealed class RedisStoreTests : IAsyncLifetime
{
    private readonly EmbeddedFolder _mine = new();
    private readonly EmbeddedFolder _others = new();
    private RedisServer? _server;

    private RedisServer Server => _server ?? throw new InvalidOperationException("Not started.");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _mine.Dispose();
        _others.Dispose();
    }

    [Fact]
    public async Task Of_two_processes_with_the_same_etag_one_wins()
    {
        await using var mine = await Server.OpenAsync(_mine);
        await using var other = await Server.OpenAsync(_others);
        await Grains.SaveAsync(mine, "one", "first");
        var stale = await Grains.LoadAsync(other, "one");
        await Grains.SaveAsync(mine, "one", "second");

        await Assert.ThrowsAsync<InconsistentStateException>(() => Grains.StorageOf(other).WriteStateAsync("note", Grains.Named("one"), stale));
        Assert.Equal("second", (await Grains.LoadAsync(other, "one")).State.Text);
    }

    [Fact]
    public async Task Two_processes_that_count_together_lose_no_count()
    {
        await using var mine = await Server.OpenAsync(_mine);
        await using var other = await Server.OpenAsync(_others);

        var counted = await Task.WhenAll(CountAsync(mine), CountAsync(other), CountAsync(mine), CountAsync(other));

        Assert.Equal($"{counted.Sum()}", (await Grains.LoadAsync(mine, "count")).State.Text);

        static async Task<int> CountAsync(NhiStore store)
        {
            var done = 0;
            for (var attempt = 0; attempt < 100; attempt++)
            {
                var state = await Grains.LoadAsync(store, "count");
                state.State = new() { Text = $"{(state.RecordExists ? int.Parse(state.State.Text, null) : 0) + 1}" };
                try
                {
                    await Grains.StorageOf(store).WriteStateAsync("note", Grains.Named("count"), state);
                    done++;
                }
                catch (InconsistentStateException)
                {
                    // The other process was faster: this count does not count.
                }
            }

            return done;
        }
    }

    [Fact]
    public async Task What_was_acknowledged_survives_the_death_of_the_Redis()
    {
        await using var store = await Server.OpenAsync(_mine);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(index => Grains.SaveAsync(store, $"state-{index}", $"text {index}")));
        await Server.KillAsync();
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => Grains.SaveAsync(store, "state-0", "while it is away"));
        await Server.StartAgainAsync();

        await Eventually.TrueAsync(() => SavesAsync(store, "back", "text"), TimeSpan.FromSeconds(30), () => "It does not come back.", Stop);
        for (var index = 0; index < 500; index++)
            Assert.Equal($"text {index}", (await Grains.LoadAsync(store, $"state-{index}")).State.Text);
    }

    [Fact]
    public async Task A_Redis_that_comes_back_empty_under_a_running_process_is_lost_and_no_state_is_missing()
    {
        await using var store = await Server.OpenAsync(_mine);
        var state = await Grains.SaveAsync(store, "one", "text");
        await Server.LoseEverythingAsync();
        await Server.StartAgainAsync();

        await Eventually.TrueAsync(LosesAsync, TimeSpan.FromSeconds(30), () => "It is not said that the store is lost.", Stop);
        await Assert.ThrowsAsync<StoreLostException>(() => Grains.StorageOf(store).WriteStateAsync("note", Grains.Named("one"), state));
        await Assert.ThrowsAsync<StoreLostException>(() => Grains.LoadAsync(store, "never written"));
        await Assert.ThrowsAsync<StoreLostException>(() => new DueIndex(store).ReadAsync(1, DateTimeOffset.MaxValue, 10, Stop));
        await Assert.ThrowsAsync<StoreLostException>(() => new DueIndex(store).SetAsync(1, "one", DateTimeOffset.UnixEpoch, Stop));
        await Assert.ThrowsAsync<StoreLostException>(() => new AuditSegments(store).ListAsync(1, Stop));
        await Assert.ThrowsAsync<StoreLostException>(() => new AuditSegments(store).LoadMarksAsync(1, Stop));
        await Assert.ThrowsAsync<StoreLostException>(() => new AuditSegments(store).TryAppendAsync(1, 1, "new"u8.ToArray(), Stop));
        await Assert.ThrowsAsync<StoreLostException>(() => new CatalogStore(store).LoadAsync(1, Stop));

        async Task<bool> LosesAsync()
        {
            try
            {
                Assert.Equal("text", (await Grains.LoadAsync(store, "one")).State.Text);
                return false;
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
            catch (StoreLostException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task A_Redis_that_was_emptied_and_begun_anew_by_another_process_is_lost_too()
    {
        await using var store = await Server.OpenAsync(_mine);
        await Grains.SaveAsync(store, "one", "text");
        await Server.CommandAsync("FLUSHALL");
        await using var other = await Server.OpenAsync(_others);
        for (var index = 0; index < 5; index++)
            await Grains.SaveAsync(other, $"new-{index}", "text");

        await Assert.ThrowsAsync<StoreLostException>(() => Grains.LoadAsync(store, "one"));
        await Assert.ThrowsAsync<StoreLostException>(() => Grains.StorageOf(store).WriteStateAsync("note", Grains.Named("two"), new NoteState()));
    }

    [Fact]
    public async Task A_Redis_put_back_under_a_running_process_is_lost()
    {
        await using var store = await Server.OpenAsync(_mine);
        var state = await Grains.SaveAsync(store, "one", "text");
        // As an older copy has it: the same store, with fewer writes.
        await Server.CommandAsync("SET", "nhi:counter", "0");

        await Assert.ThrowsAsync<StoreLostException>(() => Grains.StorageOf(store).WriteStateAsync("note", Grains.Named("one"), state));
        await Assert.ThrowsAsync<StoreLostException>(() => Grains.LoadAsync(store, "one"));
    }

    [Fact]
    public async Task At_start_an_empty_another_and_an_older_Redis_are_refused()
    {
        await using (var store = await Server.OpenAsync(_mine))
            await Grains.SaveAsync(store, "one", "text");
        var epoch = await Server.CommandAsync("GET", "nhi:epoch");
        await Server.CommandAsync("SET", "nhi:counter", "0");
        Assert.Equal(StoreRefusal.StoreBehind, (await RefusedAsync()).Code);
        await Server.CommandAsync("SET", "nhi:epoch", "another");
        Assert.Equal(StoreRefusal.StoreOther, (await RefusedAsync()).Code);
        await Server.CommandAsync("FLUSHALL");
        var refusal = await RefusedAsync();
        Assert.Equal(StoreRefusal.StoreEmpty, refusal.Code);
        Assert.Equal("", await Server.CommandAsync("GET", "nhi:epoch"));
        Assert.DoesNotContain("word", refusal.ToString(), StringComparison.Ordinal);

        await Server.CommandAsync("SET", "nhi:epoch", epoch);
        await Server.CommandAsync("SET", "nhi:counter", "5");
        await (await Server.OpenAsync(_mine)).DisposeAsync();
    }

    [Fact]
    public async Task Salvage_reads_what_is_left_and_writes_nothing()
    {
        await using (var store = await Server.OpenAsync(_mine))
            await Grains.SaveAsync(store, "one", "text");
        await Server.CommandAsync("SET", "nhi:counter", "0");

        await using var salvaged = await NhiStore.OpenAsync(Server.OptionsFor(_mine) with { Salvage = true }, NullLoggerFactory.Instance, cancellation: Stop);
        Assert.Equal("text", (await Grains.LoadAsync(salvaged, "one")).State.Text);
        await Assert.ThrowsAsync<StoreLostException>(() => Grains.LoadAsync(salvaged, "two"));
        await Assert.ThrowsAsync<StoreReadOnlyException>(() => Grains.SaveAsync(salvaged, "one", "new"));
    }

    [Fact]
    public async Task A_frozen_Redis_is_an_error_within_a_bound_and_the_truth_is_read_after_it()
    {
        await using var store = await Server.OpenAsync(_mine);
        var states = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => Grains.SaveAsync(store, $"state-{index}", "before")));
        Server.Freeze();
        var since = Stopwatch.StartNew();
        var writes = states.Select((state, index) =>
        {
            state.State = new() { Text = "while frozen" };
            return Grains.StorageOf(store).WriteStateAsync("note", Grains.Named($"state-{index}"), state);
        }).ToList();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Grains.LoadAsync(store, "state-0"));
        foreach (var write in writes)
            await Assert.ThrowsAnyAsync<InconsistentStateException>(() => write);
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(20), $"It took {since.Elapsed}.");
        Server.Thaw();

        await Eventually.TrueAsync(() => SavesAsync(store, "back", "text"), TimeSpan.FromSeconds(30), () => "It does not come back.", Stop);
        for (var index = 0; index < states.Length; index++)
        {
            var state = await Grains.LoadAsync(store, $"state-{index}");
            Assert.Contains(state.State.Text, new[] { "before", "while frozen" });
            Assert.True(await SavesAsync(store, $"state-{index}", "after"));
            Assert.Equal("after", (await Grains.LoadAsync(store, $"state-{index}")).State.Text);
        }
    }

    [Fact]
    public async Task A_Redis_that_evicts_is_refused()
    {
        await Server.CommandAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        Assert.Equal(StoreRefusal.RedisEvicts, (await RefusedAsync()).Code);
    }

    [Fact]
    public async Task A_Redis_that_would_lose_what_it_acknowledged_is_refused_unless_that_is_accepted_or_nothing_is_written()
    {
        await using (var store = await Server.OpenAsync(_mine))
            await Grains.SaveAsync(store, "one", "text");
        await Server.CommandAsync("CONFIG", "SET", "appendonly", "no");

        var refusal = await RefusedAsync();

        Assert.Equal(StoreRefusal.RedisWithoutAof, refusal.Code);
        Assert.Contains("--redis-without-aof", refusal.Remedy, StringComparison.Ordinal);
        foreach (var accepted in new[] { Server.OptionsFor(_mine) with { RedisWithoutAof = true }, Server.OptionsFor(_mine) with { Salvage = true } })
        {
            await using var store = await NhiStore.OpenAsync(accepted, NullLoggerFactory.Instance, cancellation: Stop);
            Assert.Equal("text", (await Grains.LoadAsync(store, "one")).State.Text);
        }
    }

    [Theory]
    [InlineData("always", false)]
    [InlineData("everysec", true)]
    [InlineData("no", true)]
    public async Task A_Redis_that_writes_to_the_disk_later_is_warned_of(string sync, bool warned)
    {
        await Server.CommandAsync("CONFIG", "SET", "appendfsync", sync);
        using var warnings = new Warnings();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(warnings));

        await (await NhiStore.OpenAsync(Server.OptionsFor(_mine), loggers, cancellation: Stop)).DisposeAsync();

        Assert.Equal(warned, warnings.Lines.Any(line => line.Contains($"appendfsync is {sync}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_Redis_that_does_not_answer_or_lets_nobody_in_is_refused_without_telling_the_password()
    {
        var wrong = Server.OptionsFor(_mine) with { Store = Server.Url.Replace(RedisServer.Password, "hunter2", StringComparison.Ordinal) };
        var refusal = await Assert.ThrowsAsync<StoreRefusedException>(() => NhiStore.OpenAsync(wrong, NullLoggerFactory.Instance, cancellation: Stop));
        Assert.Equal(StoreRefusal.RedisUnreachable, refusal.Code);
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);

        await Server.KillAsync();
        Assert.Equal(StoreRefusal.RedisUnreachable, (await RefusedAsync()).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("redis://")]
    [InlineData("http://localhost")]
    [InlineData("redis://localhost/x")]
    [InlineData("redis://:secret@localhost:99999")]
    [InlineData("localhost:6379")]
    public async Task A_store_that_is_named_badly_is_refused(string store)
    {
        var refusal = await Assert.ThrowsAsync<StoreRefusedException>(
            () => NhiStore.OpenAsync(_mine.Options with { Store = store }, NullLoggerFactory.Instance, cancellation: Stop));
        Assert.Equal(StoreRefusal.BadOptions, refusal.Code);
        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
    }

    private async Task<StoreRefusedException> RefusedAsync() =>
        await Assert.ThrowsAsync<StoreRefusedException>(() => Server.OpenAsync(_mine));

    private static async Task<bool> SavesAsync(NhiStore store, string name, string text)
    {
        try
        {
            await Grains.SaveAsync(store, name, text);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }
}
