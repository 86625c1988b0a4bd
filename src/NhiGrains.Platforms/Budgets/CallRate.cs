namespace NhiGrains.Platforms.Budgets;

/// <summary>
/// How many calls a second one account is worth at the moment. When the platform throttles, the rate falls by the share of calls that it
/// throttled within a second: a true limit is then met at once, as exactly so many were too many. It grows again by time. Several
/// processes that share an account's quota come to about equal parts of it without talking to each other: all see the same share and
/// gain the same. Where a part of the calls is throttled however slowly one calls, it settles: at about a fifth of the full
/// rate when that is one call in five.
/// </summary>
internal sealed class CallRate(CallBudgetOptions options)
{
    /// <summary>As a part of the full rate, each second: from nothing to all in 20 s.</summary>
    private const double Regained = 0.05;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private double _rate = options.CallsPerSecond;
    private TimeSpan _grown;
    private TimeSpan _begun;
    private int _answered;
    private int _throttled;

    public double At(TimeSpan now)
    {
        var end = _begun + Window;
        if (_answered + _throttled > 0 && now >= end)
        {
            Grow(end);
            Fall();
            (_answered, _throttled) = (0, 0);
        }

        Grow(now);
        return _rate;
    }

    public void Answered(TimeSpan now)
    {
        Open(now);
        _answered++;
    }

    public void Throttled(TimeSpan now)
    {
        Open(now);
        _throttled++;
    }

    private void Open(TimeSpan now)
    {
        At(now);
        if (_answered + _throttled == 0)
            _begun = now;
    }

    private void Grow(TimeSpan to)
    {
        if (to > _grown)
            _rate = Math.Min(options.CallsPerSecond, _rate + (options.CallsPerSecond * Regained * (to - _grown).TotalSeconds));
        _grown = to;
    }

    // What it carried out within the second it can carry out again: answers that come late, to calls that were made at a rate that
    // has fallen since, and a burst after a pause do not make it fall below that.
    private void Fall()
    {
        var share = _throttled / (double)(_answered + _throttled);
        var carriedOut = _answered / Window.TotalSeconds;
        _rate = Math.Max(options.CallsPerSecond * options.SlowestPart, Math.Min(_rate, Math.Max(_rate * (1 - share), carriedOut)));
    }
}
