namespace NhiGrains.Grains.Tests.Cluster;

public sealed class TurnstileTests
{
    [Fact]
    public async Task A_platform_that_does_not_answer_keeps_only_its_own_attempts_waiting()
    {
        using var turnstiles = new Turnstiles();
        var stuck = new List<IDisposable>();
        for (var number = 0; number < Turnstiles.AttemptsAtOnce; number++)
            stuck.Add(await turnstiles.Attempt("k8s:silent"));

        var next = turnstiles.Attempt("k8s:silent").AsTask();
        using (await turnstiles.Attempt("k8s:other"))
            Assert.False(next.IsCompleted);

        stuck[0].Dispose();
        using var entered = await next.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(entered.IsAcquired);
    }
}
