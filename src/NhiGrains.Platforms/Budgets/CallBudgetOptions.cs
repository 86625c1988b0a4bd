namespace NhiGrains.Platforms.Budgets;

/// <summary>How fast one account, project or database may be called.</summary>
public sealed record CallBudgetOptions
{
    /// <summary>Calls a second when the platform does not complain, from 0.1 to 10,000. Default: 20.</summary>
    public double CallsPerSecond { get; init; } = 20;

    /// <summary>How many calls may come at once after a pause, from 1 to 10,000. Default: 20.</summary>
    public int Burst { get; init; } = 20;

    /// <summary>How slow it becomes at worst, as a part of <see cref="CallsPerSecond"/>. Default: a fiftieth.</summary>
    public double SlowestPart { get; init; } = 0.02;

    /// <summary>
    /// What sweeps may use of it while nobody else waits for a call, from above 0 to 1. While somebody does, they get a twentieth, or this
    /// where it is less: a revocation is hardly held up, and a sweep still comes to its end. Default: a half.
    /// </summary>
    public double BackgroundPart { get; init; } = 0.5;

    /// <summary>Who would wait for longer is sent away, to come back later. A sweep that others hold up has as much more time as that makes it slower. Default: 20 s.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(20);

    /// <returns>The first value that is wrong, in a sentence; null when none is.</returns>
    public string? Problem() =>
        CallsPerSecond is < 0.1 or > 10_000 or double.NaN ? $"CallsPerSecond is {CallsPerSecond} and has to be from 0.1 to 10,000."
        : Burst is < 1 or > 10_000 ? $"Burst is {Burst} and has to be from 1 to 10,000."
        : SlowestPart is <= 0 or > 1 or double.NaN ? $"SlowestPart is {SlowestPart} and has to be above 0 and at most 1."
        : BackgroundPart is <= 0 or > 1 or double.NaN ? $"BackgroundPart is {BackgroundPart} and has to be above 0 and at most 1."
        : LongestWait <= TimeSpan.Zero ? $"LongestWait is {LongestWait} and has to be longer than nothing."
        : null;
}
