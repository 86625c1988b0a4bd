namespace NhiGrains.Platforms.Budgets;

/// <summary>Calls that wait in line, and how many of them may go by now. Used under the budget's lock.</summary>
/// <param name="burst">How many may go at once after a pause.</param>
/// <param name="late">Who waits does not lose what a timer is late by, up to this; after a freeze there is no flood.</param>
/// <param name="longest">Who would wait for longer is not let in.</param>
/// <param name="patience">Who has waited for longer is sent away.</param>
internal sealed class CallLine(int burst, TimeSpan late, TimeSpan longest, TimeSpan patience)
{
    /// <summary>Parts of a call that sums of fractions may lack.</summary>
    private const double Rounding = 1e-6;

    private readonly Queue<(CallTurn Turn, TimeSpan Since)> _waiting = [];
    private double _free = burst;
    private TimeSpan _at;

    public bool IsWaitedIn => _waiting.Any(one => !one.Turn.IsOver);

    /// <summary>A call that would wait for too long is refused with <see cref="PlatformError.Throttled"/>.</summary>
    /// <param name="hoped">How fast it would move when others do not hold it up.</param>
    public void Enter(CallTurn turn, TimeSpan now, double rate, double hoped)
    {
        FreeUp(now, rate);
        if (Until(_waiting.Count + 1, hoped) is var wait && wait > longest)
            turn.Refuse(TooLong(wait));
        else
            _waiting.Enqueue((turn, now));
    }

    /// <summary>Takes those out of the line whose turn it is.</summary>
    public IReadOnlyList<CallTurn> Leave(TimeSpan now, double rate)
    {
        FreeUp(now, rate);
        var leaving = new List<CallTurn>();
        while (_waiting.TryPeek(out var first))
        {
            var isFree = _free >= 1 - Rounding;
            // The rate may have fallen since he came.
            var isTooLate = now - first.Since > patience;
            if (!first.Turn.IsOver && !isFree && !isTooLate)
                break;
            _waiting.Dequeue();
            if (first.Turn.IsOver)
                continue;
            if (isFree)
            {
                _free--;
                leaving.Add(first.Turn);
            }
            else
            {
                first.Turn.Refuse(TooLong(Until(_waiting.Count + 1, rate)));
            }
        }

        return leaving;
    }

    /// <summary>Until the first may go, or has waited for too long, in whole milliseconds, as timers count; null when nobody waits.</summary>
    public TimeSpan? Next(TimeSpan now, double rate)
    {
        if (!_waiting.TryPeek(out var first))
            return null;
        var (turn, lost) = (Until(1, rate).TotalMilliseconds, (first.Since + patience - now).TotalMilliseconds + 1);
        return TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(Math.Min(turn, lost) - Rounding)));
    }

    /// <summary>One goes that does not wait here; those who do wait for as much longer.</summary>
    public void GoesBeside() => _free--;

    /// <param name="rate">Since it was last asked.</param>
    public void FreeUp(TimeSpan now, double rate)
    {
        var most = burst + (_waiting.Count == 0 ? 0 : rate * late.TotalSeconds);
        _free = Math.Min(most, _free + ((now - _at).TotalSeconds * rate));
        _at = now;
    }

    private TimeSpan Until(int count, double rate) => TimeSpan.FromSeconds(Math.Max(0, (count - _free) / rate));

    private static PlatformException TooLong(TimeSpan wait) =>
        new(PlatformError.Throttled, $"The budget of calls is used up for the next {wait.TotalSeconds:0} s.", retryAfter: wait);
}
