namespace NhiGrains.Platforms.Budgets;

/// <summary>
/// Spreads the calls to one account over time, for everybody in this process who calls it. Who calls takes the next free slot
/// and waits for it. It halves its rate when the platform asks to slow down and gains it back bit by bit, as TCP does
/// (additive increase, multiplicative decrease), so that several silos share an account's quota without talking to each other.
/// </summary>
public sealed class CallBudget(CallBudgetOptions options, TimeProvider time)
{
    // So many good calls bring the rate from the slowest to the fastest.
    private const int StepsUp = 200;

    private static readonly TimeSpan OneComplaint = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private double _rate = options.CallsPerSecond;
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private DateTimeOffset _nextBackground = DateTimeOffset.MinValue;
    private DateTimeOffset _lastComplaint = DateTimeOffset.MinValue;
    private long _calls;
    private long _complaints;

    public CallBudgetView View
    {
        get
        {
            lock (_lock)
                return new(_calls, _complaints, _rate);
        }
    }

    /// <summary>Waits until the call may be made.</summary>
    /// <param name="background">A sweep, which has to leave room for others.</param>
    /// <exception cref="PlatformException">With <see cref="PlatformError.Throttled"/>, when that would take too long; it says how long.</exception>
    public async ValueTask WaitAsync(bool background, CancellationToken cancellation)
    {
        // A sweep waits for its own share first, and takes no slot from others meanwhile.
        if (background && ReserveShare() is var share && share > TimeSpan.Zero)
            await Task.Delay(share, time, cancellation);
        if (Reserve() is var wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellation);
    }

    /// <summary>The platform answered, and did not ask to slow down.</summary>
    public void Answered()
    {
        lock (_lock)
            _rate = Math.Min(options.CallsPerSecond, _rate + (options.CallsPerSecond / StepsUp));
    }

    /// <summary>The platform asked to slow down.</summary>
    /// <param name="retryAfter">For how long to make no call at all, if it said so; bounded by <see cref="CallBudgetOptions.LongestWait"/>.</param>
    public void Throttled(TimeSpan? retryAfter)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            _complaints++;
            if (Min(retryAfter ?? TimeSpan.Zero, options.LongestWait) is var pause && now + pause > _next)
                _next = now + pause;
            // Calls that were under way together are one complaint.
            if (now - _lastComplaint < OneComplaint)
                return;
            _lastComplaint = now;
            _rate = Math.Max(options.CallsPerSecond * options.SlowestPart, _rate / 2);
        }
    }

    private TimeSpan Reserve()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var slot = Later(_next, now - Slots(options.Burst - 1, _rate));
            Refuse(slot - now);
            _next = slot + Slots(1, _rate);
            _calls++;
            return slot - now;
        }
    }

    private TimeSpan ReserveShare()
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var slot = Later(_nextBackground, now);
            Refuse(slot - now);
            _nextBackground = slot + Slots(1, _rate * options.BackgroundPart);
            return slot - now;
        }
    }

    private void Refuse(TimeSpan wait)
    {
        if (wait > options.LongestWait)
            throw new PlatformException(PlatformError.Throttled, $"The budget of calls is used up for the next {wait.TotalSeconds:0} s.", retryAfter: wait);
    }

    private static TimeSpan Slots(int count, double rate) => TimeSpan.FromSeconds(count / rate);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

/// <param name="Calls">Made so far.</param>
/// <param name="Complaints">How often the platform asked to slow down.</param>
/// <param name="Rate">Calls a second at the moment.</param>
public sealed record CallBudgetView(long Calls, long Complaints, double Rate);
