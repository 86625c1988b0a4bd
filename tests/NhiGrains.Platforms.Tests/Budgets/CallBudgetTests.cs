using Microsoft.Extensions.Time.Testing;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Tests.Budgets;

public class CallBudgetTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_burst_goes_at_once_and_the_rest_at_the_rate()
    {
        var budget = Budget(perSecond: 10, burst: 5);

        Assert.Equal(5, MadeWithin(budget, calls: 100, TimeSpan.Zero));
        Assert.Equal(10, MadeWithin(budget, calls: 0, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void It_halves_when_asked_to_slow_down_once_for_all_calls_under_way_and_recovers()
    {
        var budget = Budget(perSecond: 100, burst: 1);

        for (var i = 0; i < 10; i++)
            budget.Throttled(null);
        Assert.Equal(50, budget.View.Rate);
        _time.Advance(TimeSpan.FromSeconds(2));
        budget.Throttled(null);
        Assert.Equal(25, budget.View.Rate);
        for (var i = 0; i < 1_000; i++)
            budget.Answered();

        Assert.Equal(100, budget.View.Rate);
        Assert.Equal(11, budget.View.Complaints);
    }

    [Fact]
    public void It_never_stops_altogether()
    {
        var budget = Budget(perSecond: 100, burst: 1);

        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            budget.Throttled(TimeSpan.FromDays(1));
        }

        Assert.Equal(2, budget.View.Rate);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(budget.WaitAsync(background: false, Cancellation).IsCompletedSuccessfully);
    }

    [Fact]
    public void What_the_platform_says_to_wait_is_waited()
    {
        var budget = Budget(perSecond: 100, burst: 10);

        budget.Throttled(TimeSpan.FromSeconds(7));
        var call = budget.WaitAsync(background: false, Cancellation);

        _time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(call.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Who_would_wait_too_long_is_told_when_to_come_back()
    {
        var budget = Budget(perSecond: 1, burst: 1);
        MadeWithin(budget, calls: 21, TimeSpan.Zero);

        var refused = await Assert.ThrowsAsync<PlatformException>(async () => await budget.WaitAsync(background: false, Cancellation));

        Assert.Equal(PlatformError.Throttled, refused.Error);
        Assert.Equal(TimeSpan.FromSeconds(21), refused.RetryAfter);
    }

    [Fact]
    public void A_sweep_leaves_room_for_a_revocation()
    {
        var budget = Budget(perSecond: 10, burst: 1);
        for (var i = 0; i < 30; i++)
            _ = budget.WaitAsync(background: true, Cancellation);

        var revocation = budget.WaitAsync(background: false, Cancellation);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(revocation.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(20_000, 1)]
    [InlineData(1, 0)]
    public void Options_that_make_no_sense_are_told(double perSecond, int burst) =>
        Assert.NotNull(new CallBudgetOptions { CallsPerSecond = perSecond, Burst = burst }.Problem());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly List<ValueTask> _calls = [];

    private CallBudget Budget(double perSecond, int burst) => new(new() { CallsPerSecond = perSecond, Burst = burst }, _time);

    /// <summary>How many more calls have been let go.</summary>
    private int MadeWithin(CallBudget budget, int calls, TimeSpan time)
    {
        var before = _calls.Count(call => call.IsCompletedSuccessfully);
        for (var i = 0; i < calls; i++)
            _calls.Add(budget.WaitAsync(background: false, Cancellation));
        _time.Advance(time);
        return _calls.Count(call => call.IsCompletedSuccessfully) - before;
    }
}
