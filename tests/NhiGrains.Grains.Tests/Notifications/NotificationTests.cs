using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Domain.Notifications;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Notifications;

/// <summary>What is loud arrives at every sink that is named, in order, whatever happens in between.</summary>
public class NotificationTests
{
    private static readonly Delivery Down = new(DeliveryOutcome.Unavailable, "It is down.");
    private static readonly Delivery No = new(DeliveryOutcome.Refused, "It will not have it.");

    [Fact]
    public async Task A_sink_gets_what_names_it_from_its_first_start_on_and_in_order()
    {
        await using var silos = await TwoSilos.StartAsync();
        var story = new LoudStory(silos, "billing");
        await story.Tell("before", "*");
        await story.Start();

        await story.Tell("one", "*");
        await story.Tell("quiet", null);
        await story.Tell("two", $"{MemorySinks.First}, {MemorySinks.Second}");
        await story.Tell("three", MemorySinks.Second);

        await story.UntilTaken(MemorySinks.First, "one", "two");
        await story.UntilTaken(MemorySinks.Second, "one", "two", "three");
        var view = await story.View(MemorySinks.First);
        Assert.Equal((0, 0, null), (view.Pending, view.Failures, view.LastError));
        Assert.NotNull(view.LastSuccess);
    }

    [Fact]
    public async Task A_sink_that_is_down_loses_nothing_and_keeps_no_other_waiting()
    {
        await using var silos = await TwoSilos.StartAsync();
        var story = new LoudStory(silos, "billing");
        await story.Start();
        silos.Sinks.Answer = (sink, _) => sink == MemorySinks.First ? Down : Delivery.Done;

        foreach (var what in (string[])["one", "two", "three"])
            await story.Tell(what, "*");

        await story.UntilTaken(MemorySinks.Second, "one", "two", "three");
        // More often than a refused event would be tried: being down is not refusing.
        await story.UntilView(MemorySinks.First, view => view is { Failures: > 5, Pending: 3, LastError: "It is down.", Skipped: 0, LastSuccess: null });
        silos.Sinks.Answer = null;
        await story.UntilTaken(MemorySinks.First, "one", "two", "three");
        await story.UntilView(MemorySinks.First, view => view is { Failures: 0, Pending: 0 });
        Assert.Single(silos.Warnings.Lines, line => line.Contains("could not be delivered to sink pager", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_that_is_refused_again_and_again_is_skipped_out_loud_and_the_next_one_passes()
    {
        await using var silos = await TwoSilos.StartAsync();
        var story = new LoudStory(silos, "billing");
        await story.Start();
        var attempts = 0;
        silos.Sinks.Answer = (_, entry) => entry.Event.Action != "bad" ? Delivery.Done
            // Twice it is down in between, which is no refusal.
            : ++attempts is 2 or 3 ? Down : No;

        await story.Tell("bad", MemorySinks.First);
        await story.Tell("good", MemorySinks.First);

        await story.UntilTaken(MemorySinks.First, "good");
        var view = await story.View(MemorySinks.First);
        Assert.Equal(5, attempts);
        Assert.Equal((1, $"{story.Shard}/1", "It will not have it."), (view.Skipped, view.LastSkipped, view.LastError));
        Assert.Contains(silos.Warnings.Lines, line => line.StartsWith("SKIPPED", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silo_that_dies_in_the_middle_takes_nothing_with_it()
    {
        await using var silos = await TwoSilos.StartAsync();
        LoudStory[] stories = [.. Enumerable.Range(0, 8).Select(number => new LoudStory(silos, $"worker-{number}"))];
        await Task.WhenAll(stories.Select(story => story.Start()));
        silos.Sinks.Answer = (_, entry) => entry.Event.Action == "one" ? Delivery.Done : Down;
        foreach (var what in (string[])["one", "two", "three"])
            await Task.WhenAll(stories.Select(story => story.Tell(what, MemorySinks.First)));
        await Task.WhenAll(stories.Select(story => story.UntilTaken(MemorySinks.First, "one")));

        await silos.KillOneAsync();
        silos.Sinks.Answer = null;
        await Task.WhenAll(stories.Select(story => story.KeepGoing()));

        // Each as often as it was told of at least, and none before the one that came before it.
        await Task.WhenAll(stories.Select(story => story.UntilTaken(MemorySinks.First, "one", "two", "three")));
    }

    [Fact]
    public async Task Only_what_was_sent_and_not_known_to_be_is_sent_again_after_a_crash()
    {
        await using var silos = await TwoSilos.StartAsync();
        var story = new LoudStory(silos, "billing");
        await story.Start();
        await story.Tell("one", MemorySinks.First);
        await story.UntilView(MemorySinks.First, view => view.LastSuccess is not null);
        silos.Sinks.Answer = (_, _) => Down;
        await story.Tell("two", MemorySinks.First);
        await story.UntilView(MemorySinks.First, view => view.Failures > 0);

        await silos.CrashAsync();
        silos.Sinks.Answer = null;
        await silos.StartAgainAsync();
        await story.KeepGoing();

        await story.UntilTaken(MemorySinks.First, "one", "two");
        Assert.Equal(["one", "two"], silos.Sinks.Taken(MemorySinks.First).Select(entry => entry.Event.Action));
    }

    [Fact]
    public async Task A_sink_that_nobody_has_configured_is_told_of_once_and_loudly()
    {
        await using var silos = await TwoSilos.StartAsync();
        var story = new LoudStory(silos, "billing");
        await story.Start();

        await story.Tell("one", $"piger, {MemorySinks.First}, {MemorySinks.Second}");

        await story.UntilTaken(MemorySinks.First, "one");
        await story.UntilTaken(MemorySinks.Second, "one");
        await Eventually.TrueAsync(
            () => Task.FromResult(silos.Warnings.Lines.Count(line => line.EndsWith("not configured: piger", StringComparison.Ordinal)) == 1),
            TimeSpan.FromSeconds(60), () => string.Join('\n', silos.Warnings.Lines), TestContext.Current.CancellationToken);
    }

    /// <summary>One source of audit events, and the grains that follow its shard.</summary>
    private sealed class LoudStory(TwoSilos silos, string id)
    {
        private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

        private readonly string _source = AuditSources.OfIdentity(id);
        private long _sequence;

        public int Shard => Shards.Of(id);

        public Task Start() => Task.WhenAll(silos.Sinks.Sinks.Select(sink => Grain(sink).Start()));

        /// <summary>As the keeper of a process does, until somebody answers.</summary>
        public Task KeepGoing() => Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await Start();
                    return true;
                }
                catch (Exception fault) when (fault is OrleansException or TimeoutException)
                {
                    return false;
                }
            },
            Bound, () => "does not start", TestContext.Current.CancellationToken);

        public Task Tell(string action, string? notify) => silos.Grains.GetGrain<IAuditShardGrain>(Shard).Append(new(_source, [new(
            _source, ++_sequence, TimeProvider.System.GetUtcNow(), "ada", action, "a test", null, "d",
            notify is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [Notices.Detail] = notify })]));

        public Task<NotificationView> View(string sink) => Grain(sink).Get();

        public async Task UntilView(string sink, Func<NotificationView, bool> condition)
        {
            NotificationView? last = null;
            await Eventually.TrueAsync(async () => condition(last = await View(sink)), Bound, () => $"{last}", TestContext.Current.CancellationToken);
        }

        /// <summary>Until it has these, in this order; what came twice in a row, as after a crash, counts once.</summary>
        public Task UntilTaken(string sink, params string[] actions) => Eventually.TrueAsync(
            () => Task.FromResult(Taken(sink).SequenceEqual(actions, StringComparer.Ordinal)), Bound,
            () => $"{sink} took {string.Join(", ", Taken(sink))} of {id}", TestContext.Current.CancellationToken);

        private List<string> Taken(string sink)
        {
            var taken = new List<string>();
            foreach (var entry in silos.Sinks.Taken(sink).Where(entry => entry.Event.Source == _source))
            {
                if (taken is not [.., var last] || last != entry.Event.Action)
                    taken.Add(entry.Event.Action);
            }

            return taken;
        }

        private INotificationGrain Grain(string sink) => silos.Grains.GetGrain<INotificationGrain>(NotificationKeys.Of(sink, Shard));
    }
}
