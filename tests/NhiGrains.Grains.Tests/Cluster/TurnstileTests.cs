using Microsoft.Extensions.Time.Testing;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Cluster;

public sealed class TurnstileTests
{
    private FakeTimeProvider Time { get; } = new();

    [Fact]
    public async Task A_platform_that_does_not_answer_keeps_only_its_own_attempts_waiting()
    {
        using var turnstiles = new Turnstiles(Time);
        var stuck = new List<IDisposable>();
        for (var number = 0; number < Turnstiles.AttemptsAtOnce; number++)
            stuck.Add(await turnstiles.Attempt("k8s:silent", Gives));

        var next = turnstiles.Attempt("k8s:silent", Gives).AsTask();
        using (await turnstiles.Attempt("k8s:other", Gives))
            Assert.False(next.IsCompleted);

        stuck[0].Dispose();
        using var entered = await next.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.True(entered.IsAcquired);
    }

    [Fact]
    public async Task Who_takes_access_away_does_not_queue_behind_those_who_give_it()
    {
        using var turnstiles = new Turnstiles(Time);
        for (var number = 0; number < Turnstiles.AttemptsAtOnce; number++)
            await turnstiles.Attempt("k8s:busy", Gives);
        var giving = turnstiles.Attempt("k8s:busy", Gives).AsTask();

        using var ending = await turnstiles.Attempt("k8s:busy", () => Task.FromResult(true)).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal((true, false), (ending.IsAcquired, giving.IsCompleted));
    }

    [Fact]
    public async Task Who_waits_to_give_and_is_to_take_away_by_now_leaves_the_queue()
    {
        using var turnstiles = new Turnstiles(Time);
        var places = new List<IDisposable>();
        for (var number = 0; number < Turnstiles.AttemptsAtOnce; number++)
            places.Add(await turnstiles.Attempt("k8s:busy", Gives));
        var (ends, asked) = (false, 0);
        var waiting = turnstiles.Attempt("k8s:busy", () => Task.FromResult(++asked > 0 && ends)).AsTask();
        var behind = turnstiles.Attempt("k8s:busy", Gives).AsTask();

        ends = true;
        await Eventually.TrueAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromSeconds(10));
                return Task.FromResult(waiting.IsCompleted);
            },
            TimeSpan.FromSeconds(60), () => $"still waits, asked {asked} times", TestContext.Current.CancellationToken);

        Assert.True((await waiting).IsAcquired);
        Assert.False(behind.IsCompleted);
        // The place that it left is the next one's.
        places[0].Dispose();
        Assert.True((await behind.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).IsAcquired);
    }

    private static Task<bool> Gives() => Task.FromResult(false);
}
