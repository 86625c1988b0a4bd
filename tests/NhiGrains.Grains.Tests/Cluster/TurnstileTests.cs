namespace NhiGrains.Grains.Tests.Cluster;

public sealed class TurnstileTests
{
    [Fact]
    public async Task A_platform_that_does_not_answer_keeps_only_its_own_attempts_waiting()
    {
        using var turnstiles = new Turnstiles();
        var stuck = new List<IDisposable>();
        for (var number = 0; number < Turnstiles.AttemptsAtOnce; number++)
            stuck.Add(await turnstiles.Attempt("k8s:silent", Gives));

        var next = turnstiles.Attempt("k8s:silent", Gives).AsTask();
        using (await turnstiles.Attempt("k8s:other", Gives))
            Assert.False(next.IsCompleted);

        stuck[0].Dispose();
        using var entered = await next.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(entered.IsAcquired);
    }

    [Fact]
    public async Task Who_takes_access_away_does_not_queue_behind_those_who_give_it()
    {
        using var turnstiles = new Turnstiles();
        for (var number = 0; number < Turnstiles.AttemptsAtOnce; number++)
            await turnstiles.Attempt("k8s:busy", Gives);
        var giving = turnstiles.Attempt("k8s:busy", Gives).AsTask();

        using var ending = await turnstiles.Attempt("k8s:busy", () => Task.FromResult(true)).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal((true, false), (ending.IsAcquired, giving.IsCompleted));
    }

    private static Task<bool> Gives() => Task.FromResult(false);
}
