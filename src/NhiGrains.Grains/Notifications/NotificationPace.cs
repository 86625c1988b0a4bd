using NhiGrains.Contracts.Notifications;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Grains.Notifications;

/// <summary>How patient one is with sinks.</summary>
public sealed record NotificationPace
{
    /// <summary>Before the second attempt; doubled each time. Default: 1 second.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause, and so how late a sink that comes back may notice. Default: 2 minutes.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How often a sink has to refuse an event until it is skipped. Default: 12, which takes five minutes at least: time to see that
    /// it is the sink that is wrong.
    /// </summary>
    public int Refusals { get; init; } = 12;

    /// <param name="failures">Attempts in a row that failed, from 1.</param>
    /// <param name="jitter">From 0 (inclusive) to 1 (exclusive).</param>
    internal TimeSpan After(int failures, Delivery delivery, double jitter)
    {
        var pause = RetrySchedule.Delay(failures, jitter, First, Longest);
        // What a sink asks for counts, though not for longer than one that says nothing is left alone.
        return !(delivery.RetryAfter > pause) ? pause : delivery.RetryAfter < Longest ? delivery.RetryAfter.Value : Longest;
    }
}
