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
    public void A_complaint_about_one_call_in_four_takes_a_quarter_of_the_rate_and_time_gives_it_back()
    {
        var budget = Budget(perSecond: 100, burst: 1);

        for (var call = 0; call < 10; call++)
        {
            budget.Answered();
            budget.Answered();
            budget.Answered();
            budget.Throttled();
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(75, budget.View.Rate, precision: 3);
        Assert.Equal(10, budget.View.Complaints);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(85, budget.View.Rate, precision: 3);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(100, budget.View.Rate, precision: 3);
    }

    [Fact]
    public void It_never_stops_altogether()
    {
        var budget = Budget(perSecond: 100, burst: 1);
        for (var call = 0; call < 100; call++)
            budget.Throttled();

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, budget.View.Rate, precision: 3);
        Assert.True(budget.WaitAsync(background: false, Cancellation).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_nobodys_turn()
    {
        var budget = Budget(perSecond: 10, burst: 1);
        MadeWithin(budget, calls: 1, TimeSpan.Zero);
        using var given = new CancellationTokenSource();
        var gone = budget.WaitAsync(background: false, given.Token);
        var next = budget.WaitAsync(background: false, Cancellation);

        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await gone);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(next.IsCompletedSuccessfully);
        Assert.Equal(2, budget.View.Calls);
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

    [Fact]
    public async Task Nobody_waits_for_ever_on_a_clock_whose_timers_are_early()
    {
        var budget = new CallBudget(new() { CallsPerSecond = 700, Burst = 1 }, new EarlyTimers());
        var calls = Enumerable.Range(0, 50).Select(_ => budget.WaitAsync(background: false, Cancellation).AsTask());

        await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal(50, budget.View.Calls);
    }

    /// <summary>Each fires half a millisecond before its time.</summary>
    private sealed class EarlyTimers : TimeProvider
    {
        private long _lag;

        // The clock stands until a timer fires, which it does a little too early.
        public override long GetTimestamp() => Interlocked.Read(ref _lag);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(
                given =>
                {
                    Interlocked.Add(ref _lag, Math.Max(1, (dueTime - TimeSpan.FromMilliseconds(0.5)).Ticks));
                    callback(given);
                },
                state, dueTime, period);
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
