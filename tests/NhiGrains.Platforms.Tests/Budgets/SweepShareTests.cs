using Microsoft.Extensions.Time.Testing;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Tests.Budgets;

/// <summary>What a sweep gets beside others, who want as much as they can have or nothing.</summary>
public class SweepShareTests
{
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly List<Task> _sweep = [];
    private readonly List<Task> _others = [];

    [Fact]
    public void While_others_wait_a_sweep_gets_a_twentieth_and_they_the_rest()
    {
        var (swept, others) = Run(Budget(100), AWhile, sweeping: 8, waiting: 20);

        Assert.InRange(swept, 45, 55);
        Assert.InRange(others, 940, 960);
    }

    [Fact]
    public void While_nobody_waits_a_sweep_gets_its_part() =>
        Assert.InRange(Run(Budget(100), AWhile, sweeping: 8, waiting: 0).Swept, 490, 510);

    [Fact]
    public void A_sweep_of_which_less_than_that_is_wanted_gets_no_more_when_others_wait() =>
        Assert.InRange(Run(Budget(100, part: 0.01), AWhile, sweeping: 8, waiting: 20).Swept, 9, 12);

    [Fact]
    public void When_the_others_are_done_a_sweep_has_its_part_again_at_once()
    {
        var budget = Budget(100);
        Run(budget, AWhile, sweeping: 8, waiting: 20);
        Run(budget, TimeSpan.FromSeconds(0.3), sweeping: 8, waiting: 0);

        Assert.InRange(Run(budget, AWhile, sweeping: 8, waiting: 0).Swept, 490, 510);
    }

    [Fact]
    public void A_call_that_comes_now_and_then_goes_at_once_and_costs_a_sweep_nothing()
    {
        var budget = Budget(100);
        var swept = 0;
        for (var second = 0; second < 10; second++)
        {
            swept += Run(budget, TimeSpan.FromSeconds(1), sweeping: 8, waiting: 0).Swept;
            Assert.True(budget.WaitAsync(background: false, CancellationToken.None).IsCompletedSuccessfully);
        }

        Assert.InRange(swept, 485, 510);
    }

    [Fact]
    public void A_sweep_ends_however_slow_it_is_and_is_not_sent_away()
    {
        var budget = Budget(0.8);
        _sweep.AddRange(Enumerable.Range(0, 8).Select(_ => budget.WaitAsync(background: true, CancellationToken.None).AsTask()));
        var sweep = _sweep.ToArray();

        Run(budget, TimeSpan.FromSeconds(200), sweeping: 0, waiting: 10);

        Assert.All(sweep, call => Assert.True(call.IsCompletedSuccessfully));
    }

    /// <summary>A platform that answers at once, for a while.</summary>
    /// <param name="sweeping">How many calls of a sweep wait at any time.</param>
    /// <param name="waiting">The same of others.</param>
    private (int Swept, int Others) Run(CallBudget budget, TimeSpan duration, int sweeping, int waiting)
    {
        var (swept, others) = (0, 0);
        for (var end = _time.GetUtcNow() + duration; _time.GetUtcNow() < end; _time.Advance(TimeSpan.FromMilliseconds(10)))
        {
            while (_sweep.Count < sweeping)
                _sweep.Add(budget.WaitAsync(background: true, CancellationToken.None).AsTask());
            while (_others.Count < waiting)
                _others.Add(budget.WaitAsync(background: false, CancellationToken.None).AsTask());
            (swept, others) = (swept + _sweep.RemoveAll(call => call.IsCompletedSuccessfully), others + _others.RemoveAll(call => call.IsCompletedSuccessfully));
        }

        return (swept, others);
    }

    private CallBudget Budget(double perSecond, double part = 0.5) => new(new() { CallsPerSecond = perSecond, Burst = 10, BackgroundPart = part }, _time);
}
