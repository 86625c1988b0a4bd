using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts;
using NhiGrains.Domain.Audit;
using NhiGrains.GraphQL.Audit;
using NhiGrains.GraphQL.Feed;
using NhiGrains.GraphQL.Tests.World;
using NhiGrains.GraphQL.Transport.Errors;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.GraphQL.Tests.Feed;

public sealed class FeedTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private AuditFeed Feed => server.Services.GetRequiredService<AuditFeed>();

    [Fact]
    public async Task Replay_and_live_meet_without_a_gap_or_a_duplicate_while_entries_are_appended()
    {
        var start = await Feed.StartAsync(null);
        Append(1_000);
        var writing = AppendSlowlyAsync(4_000);
        var readers = new List<Task<List<AuditEntry>>>();
        for (var number = 0; number < 8; number++)
        {
            // Each joins at another moment, and so meets the pumps in another state.
            readers.Add(FollowAsync(start, 5_000));
            await Task.Delay(20, Cancellation);
        }

        await writing;
        foreach (var seen in await Task.WhenAll(readers))
            AssertComplete(start, seen, 5_000);
    }

    [Fact]
    public async Task A_reader_that_comes_and_goes_sees_everything_once()
    {
        var start = await Feed.StartAsync(null);
        var writing = AppendSlowlyAsync(3_000);
        var (seen, from) = (new List<AuditEntry>(), start);
        for (var take = 1; seen.Count < 3_000; take = (take * 7 % 97) + 1)
        {
            var most = Math.Min(take, 3_000 - seen.Count);
            var some = await EventsAsync(from, most);
            Assert.Equal(most, some.Count);
            seen.AddRange(some.Select(change => change.Entry));
            from = await Feed.StartAsync(some[^1].Cursor);
        }

        await writing;
        AssertComplete(start, seen, 3_000);
    }

    [Fact]
    public async Task Without_a_cursor_it_starts_from_now()
    {
        Append(100);
        var start = await Feed.StartAsync(null);
        Append(10);

        var seen = await FollowAsync(start, 10);

        AssertComplete(start, seen, 10);
    }

    [Fact]
    public async Task A_reader_that_rests_while_its_inbox_overflows_misses_nothing()
    {
        var start = await Feed.StartAsync(null);
        await using var reader = Feed.FollowAsync(start, _ => true, Cancellation).GetAsyncEnumerator(Cancellation);
        Append(1);
        Assert.True(await reader.MoveNextAsync());
        var seen = new List<AuditEntry> { reader.Current.Entry };

        // 16 shards in small steps: many more pages than an inbox holds.
        var other = FollowAsync(start, 6_001);
        for (var step = 0; step < 60; step++)
        {
            Append(100);
            await Task.Delay(5, Cancellation);
        }

        await other;
        while (seen.Count < 6_001 && await reader.MoveNextAsync())
            seen.Add(reader.Current.Entry);

        AssertComplete(start, seen, 6_001);
    }

    [Fact]
    public async Task A_shard_that_fails_holds_up_no_other_and_loses_nothing()
    {
        const int failing = 5;
        var start = await Feed.StartAsync(null);
        var all = FollowAsync(start, 1_600);
        var others = FollowAsync(start, 1_500, entry => entry.Shard != failing);
        Append(160);
        server.World.Audit[failing].Fault = new IOException("the store is away");
        try
        {
            Append(1_440);
            await others.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
            Assert.False(all.IsCompleted);
        }
        finally
        {
            server.World.Audit[failing].Fault = null;
        }

        AssertComplete(start, await all, 1_600);
    }

    [Fact]
    public async Task A_reader_that_starts_while_a_shard_fails_gets_it_later()
    {
        const int failing = 7;
        var start = await Feed.StartAsync(null);
        server.World.Audit[failing].Fault = new IOException("the store is away");
        Append(320);
        var all = FollowAsync(start, 640);
        var since = Stopwatch.GetTimestamp();
        await FollowAsync(start, 300, entry => entry.Shard != failing);
        Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(10));

        server.World.Audit[failing].Fault = null;
        Append(320);

        AssertComplete(start, await all, 640);
    }

    [Fact]
    public async Task When_nobody_follows_the_pumps_stop_and_the_next_reader_starts_them()
    {
        await Eventually.TrueAsync(() => Task.FromResult(Feed.Readers == 0), TimeSpan.FromSeconds(5), () => $"{Feed.Readers} readers are left.", Cancellation);
        var start = await Feed.StartAsync(null);
        for (var round = 0; round < 5; round++)
        {
            Append(32);
            AssertComplete(start, await FollowAsync(start, 32 * (round + 1)), 32 * (round + 1));
            Assert.Equal(0, Feed.Readers);
        }
    }

    [Fact]
    public async Task An_event_arrives_promptly()
    {
        var start = await Feed.StartAsync(null);
        Append(1);
        await using var reader = Feed.FollowAsync(start, _ => true, Cancellation).GetAsyncEnumerator(Cancellation);
        await reader.MoveNextAsync();
        var slowest = TimeSpan.Zero;
        for (var number = 0; number < 20; number++)
        {
            var since = Stopwatch.GetTimestamp();
            Append(1);
            await reader.MoveNextAsync();
            var took = Stopwatch.GetElapsedTime(since);
            slowest = took > slowest ? took : slowest;
        }

        Assert.True(slowest < TimeSpan.FromSeconds(1), $"The slowest of 20 took {slowest}.");
    }

    [Fact]
    public async Task A_cursor_that_is_not_ours_or_ahead_of_the_log_is_refused()
    {
        var ahead = (await Feed.StartAsync(null)).Copy();
        ahead[3] += 1_000_000;
        var flipped = new AuditPositions().Encode().ToCharArray();
        flipped[10] = flipped[10] == 'A' ? 'B' : 'A';

        Assert.Equal("CURSOR_AHEAD", await RefusalAsync(ahead.Encode()));
        Assert.Equal("BAD_CURSOR", await RefusalAsync(new string(flipped)));
        foreach (var bad in (string[])["", "x", "####", new string('A', 178), new string('A', 100_000), ahead.Encode() + "A"])
            Assert.Equal("BAD_CURSOR", await RefusalAsync(bad));
    }

    [Fact]
    public void A_cursor_survives_its_text()
    {
        var positions = new AuditPositions(Enumerable.Range(0, Shards.Count).Select(shard => shard == 3 ? long.MaxValue : shard * 1_000_003L));

        var read = AuditPositions.Decode(positions.Encode());

        Assert.All(Enumerable.Range(0, Shards.Count), shard => Assert.Equal(positions[shard], read[shard]));
    }

    private async Task<string?> RefusalAsync(string cursor) => (await Assert.ThrowsAsync<TransportError>(() => Feed.StartAsync(cursor))).Code;

    private async Task<List<AuditEntry>> FollowAsync(AuditPositions from, int count, Func<AuditEntry, bool>? wanted = null) =>
        [.. (await EventsAsync(from, count, wanted)).Select(change => change.Entry)];

    private async Task<List<FeedEvent>> EventsAsync(AuditPositions from, int count, Func<AuditEntry, bool>? wanted = null)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(40));
        var seen = new List<FeedEvent>();
        await foreach (var change in Feed.FollowAsync(from, wanted ?? (_ => true), bound.Token))
        {
            seen.Add(change);
            if (seen.Count == count)
                break;
        }

        return seen;
    }

    private void Append(int count)
    {
        for (var number = 0; number < count; number++)
            AppendTo(number % Shards.Count);
    }

    private async Task AppendSlowlyAsync(int count)
    {
        for (var number = 0; number < count; number++)
        {
            AppendTo(number % Shards.Count);
            if (number % 40 == 0)
                await Task.Delay(2, Cancellation);
        }
    }

    private void AppendTo(int shard) => server.World.Audit[shard].Append(
        new($"source/{shard}", 0, DateTimeOffset.UnixEpoch, "ann", "thing.changed", "because", null, "after", new Dictionary<string, string>()));

    private static void AssertComplete(AuditPositions start, List<AuditEntry> seen, int count)
    {
        Assert.Equal(count, seen.Count);
        foreach (var shard in seen.GroupBy(entry => entry.Shard))
            Assert.Equal(Enumerable.Range(1, shard.Count()).Select(number => start[shard.Key] + number), shard.Select(entry => entry.Sequence));
    }
}
