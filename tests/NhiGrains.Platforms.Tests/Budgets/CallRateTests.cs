using Microsoft.Extensions.Time.Testing;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Tests.Budgets;

public class CallRateTests
{
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly ThrottlingPlatform _platform;

    public CallRateTests() => _platform = new(_time);

    [Theory]
    [InlineData(100, 50)]
    [InlineData(100, 20)]
    [InlineData(40, 5)]
    [InlineData(1_000, 300)]
    public void It_comes_down_to_what_the_platform_takes_and_little_is_refused(int full, int limit)
    {
        _platform.Limit = limit;
        var budget = Budget(full);
        _platform.Run(AWhile, budget);
        var before = budget.View;

        var done = _platform.Run(AWhile, budget)[0];

        var made = budget.View.Calls - before.Calls;
        Assert.InRange(done, 0.9 * limit * AWhile.TotalSeconds, 1.1 * limit * AWhile.TotalSeconds);
        Assert.InRange(made, done, done + (0.08 * full * AWhile.TotalSeconds));
    }

    [Fact]
    public void Answers_that_come_late_do_not_bring_it_below_the_limit()
    {
        (_platform.Limit, _platform.Latency) = (20, TimeSpan.FromSeconds(2));
        var budget = Budget(100);
        _platform.Run(TimeSpan.FromSeconds(10), budget);

        Assert.InRange(_platform.Run(AWhile, budget)[0], 0.8 * 20 * AWhile.TotalSeconds, 1.1 * 20 * AWhile.TotalSeconds);
    }

    [Fact]
    public void When_the_limit_is_lifted_the_full_rate_is_back_in_twenty_seconds()
    {
        _platform.Limit = 5;
        var budget = Budget(100);
        _platform.Run(AWhile, budget);
        Assert.InRange(budget.View.Rate, 2, 15);

        _platform.Limit = null;
        _platform.Run(TimeSpan.FromSeconds(21), budget);

        Assert.Equal(100, budget.View.Rate);
        Assert.InRange(_platform.Run(AWhile, budget)[0], 95 * AWhile.TotalSeconds, 101 * AWhile.TotalSeconds);
    }

    [Fact]
    public void Two_who_know_nothing_of_each_other_come_to_about_equal_parts()
    {
        _platform.Limit = 40;
        var (first, second) = (Budget(100), Budget(100));
        _platform.Run(AWhile, first);
        _platform.Run(AWhile, first, second);

        var done = _platform.Run(AWhile, first, second);

        Assert.InRange(done.Sum(), 0.9 * 40 * AWhile.TotalSeconds, 1.1 * 40 * AWhile.TotalSeconds);
        Assert.InRange(done.Min() / (double)done.Max(), 0.75, 1);
    }

    [Fact]
    public void A_platform_that_throttles_one_call_in_five_whatever_the_rate_is_called_at_a_useful_one()
    {
        _platform.Whim = 0.2;
        var budget = Budget(100);
        _platform.Run(AWhile, budget);

        Assert.InRange(_platform.Run(AWhile, budget)[0], 12 * AWhile.TotalSeconds, 30 * AWhile.TotalSeconds);
        Assert.InRange(budget.View.Rate, 10, 40);
    }

    [Fact]
    public void A_platform_that_refuses_everything_is_still_asked_now_and_then()
    {
        _platform.Whim = 1;
        var budget = Budget(100);
        _platform.Run(AWhile, budget);
        var before = budget.View.Calls;

        _platform.Run(AWhile, budget);

        Assert.InRange(budget.View.Calls - before, AWhile.TotalSeconds, 8 * AWhile.TotalSeconds);
    }

    [Fact]
    public void Who_waits_already_is_slowed_down_as_well()
    {
        var budget = new CallBudget(new() { CallsPerSecond = 100, Burst = 1, LongestWait = TimeSpan.FromSeconds(2) }, _time);
        var waiting = Enumerable.Range(0, 200).Select(_ => budget.WaitAsync(background: false, CancellationToken.None).AsTask()).ToArray();

        _time.Advance(TimeSpan.FromMilliseconds(500));
        for (var call = 0; call < 50; call++)
            budget.Throttled();
        _time.Advance(TimeSpan.FromSeconds(1));
        var early = waiting.Count(call => call.IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.InRange(waiting.Count(call => call.IsCompletedSuccessfully), early, early + 10);
        Assert.All(waiting.Where(call => call.IsFaulted), call => Assert.Equal(PlatformError.Throttled, Assert.IsType<PlatformException>(call.Exception?.InnerException).Error));
        Assert.True(waiting.All(call => call.IsCompleted));
    }

    [Fact]
    public void Nobody_waits_for_longer_than_he_is_to_however_slow_it_becomes()
    {
        var budget = new CallBudget(new() { CallsPerSecond = 1, Burst = 1, SlowestPart = 0.001, LongestWait = TimeSpan.FromSeconds(5) }, _time);
        _ = budget.WaitAsync(background: false, CancellationToken.None);
        budget.Throttled();
        var waiting = budget.WaitAsync(background: false, CancellationToken.None).AsTask();
        for (var second = 0; second < 5; second++)
        {
            budget.Throttled();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Equal(PlatformError.Throttled, Assert.IsType<PlatformException>(waiting.Exception?.InnerException).Error);
    }

    private CallBudget Budget(double full) => new(new() { CallsPerSecond = full, Burst = 20 }, _time);
}
