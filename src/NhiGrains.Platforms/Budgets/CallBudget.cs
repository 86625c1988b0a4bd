namespace NhiGrains.Platforms.Budgets;

/// <summary>
/// Spreads the calls to one account over time, for everybody in this process who calls it: who calls waits in line until it is his
/// turn. How fast the line moves follows what the platform complains of (<see cref="CallRate"/>), and he who waits already is
/// slowed down with it.
/// </summary>
/// <remarks>
/// How long the platform asks one caller to wait (<c>Retry-After</c>) is for that caller to keep, or to pass on with
/// <see cref="PlatformException.RetryAfter"/>; nobody else waits for it.
/// </remarks>
public sealed class CallBudget
{
    /// <summary>Of the rate, for sweeps while others wait.</summary>
    private const double BackgroundFloor = 0.05;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Lock _lock = new();
    private readonly CallRate _rate;
    private readonly CallLine _all;
    private readonly CallLine _background;
    private readonly double _backgroundPart;
    private bool _isWaitedFor;
    private TimeSpan _nextMove = TimeSpan.MaxValue;
    private long _calls;
    private long _complaints;

    public CallBudget(CallBudgetOptions options, TimeProvider time)
    {
        (_time, _start, _rate) = (time, time.GetTimestamp(), new(options));
        _backgroundPart = options.BackgroundPart;
        _all = new(options.Burst, late: TimeSpan.FromSeconds(1), options.LongestWait, options.LongestWait);
        // What it catches up goes at once, beside those who wait: little, so that they do not notice.
        // A sweep has nobody who waits for it and no fence that becomes stale, and to begin it anew costs more calls than to wait.
        _background = new(burst: 1, late: TimeSpan.FromSeconds(0.1), options.LongestWait, options.LongestWait * (_backgroundPart / BackgroundPartWhen(isWaitedFor: true)));
    }

    public CallBudgetView View
    {
        get
        {
            lock (_lock)
                return new(_calls, _complaints, _rate.At(Now));
        }
    }

    // Monotonic: a clock that is set does not let calls through, or hold them back.
    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Waits until the call may be made.</summary>
    /// <param name="background">A sweep, which has to leave room for others.</param>
    /// <exception cref="PlatformException">With <see cref="PlatformError.Throttled"/>, when that would take too long; it says how long.</exception>
    public ValueTask WaitAsync(bool background, CancellationToken cancellation)
    {
        var turn = new CallTurn(cancellation);
        lock (_lock)
        {
            // A sweep has a line of its own, and stands in nobody's way there.
            var now = Now;
            if (background)
                _background.Enter(turn, now, BackgroundRate(now), _rate.At(now) * _backgroundPart);
            else
                _all.Enter(turn, now, _rate.At(now), _rate.At(now));
            MoveOn(now);
        }

        return new(turn.Task);
    }

    /// <summary>The platform answered, and did not ask to slow down.</summary>
    public void Answered()
    {
        lock (_lock)
            _rate.Answered(Now);
    }

    /// <summary>The platform asked to slow down.</summary>
    public void Throttled()
    {
        lock (_lock)
        {
            _complaints++;
            _rate.Throttled(Now);
        }
    }

    private void MoveOn(TimeSpan now)
    {
        // Until now sweeps moved as fast as those did allow who waited until now.
        _background.FreeUp(now, BackgroundRate(now));
        foreach (var turn in _all.Leave(now, _rate.At(now)))
            _calls += turn.Begin() ? 1 : 0;
        _isWaitedFor = _all.IsWaitedIn;
        foreach (var turn in _background.Leave(now, BackgroundRate(now)).Where(turn => turn.Begin()))
        {
            _calls++;
            // They are in the same budget.
            _all.GoesBeside();
        }

        ComeBack(now, _all.Next(now, _rate.At(now)));
        ComeBack(now, _background.Next(now, BackgroundRate(now)));
    }

    private double BackgroundRate(TimeSpan now) => _rate.At(now) * BackgroundPartWhen(_isWaitedFor);

    private double BackgroundPartWhen(bool isWaitedFor) => isWaitedFor ? Math.Min(BackgroundFloor, _backgroundPart) : _backgroundPart;

    private void ComeBack(TimeSpan now, TimeSpan? after)
    {
        if (after is not { } wait || now + wait >= _nextMove)
            return;
        _nextMove = now + wait;
        // It ends by itself, and each who waits is told by his turn.
        _ = MoveOnAsync(wait, _nextMove);
    }

    private async Task MoveOnAsync(TimeSpan wait, TimeSpan until)
    {
        await Task.Delay(wait, _time, CancellationToken.None).ConfigureAwait(false);
        lock (_lock)
        {
            // A timer may be early by a part of a millisecond, so that its time is no proof that it has run.
            if (_nextMove == until)
                _nextMove = TimeSpan.MaxValue;
            MoveOn(Now);
        }
    }
}

/// <param name="Calls">Made so far.</param>
/// <param name="Complaints">How often the platform asked to slow down.</param>
/// <param name="Rate">Calls a second at the moment.</param>
public sealed record CallBudgetView(long Calls, long Complaints, double Rate);
