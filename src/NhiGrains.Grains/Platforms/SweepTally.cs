namespace NhiGrains.Grains.Platforms;

/// <summary>What a sweep has done so far; enough to go on behind it, here or on another silo.</summary>
[GenerateSerializer]
[Alias("nhi.sweep-tally")]
internal sealed record SweepTally
{
    /// <summary>One that nobody has gone on with for longer begins anew.</summary>
    public static readonly TimeSpan GoesOnFor = TimeSpan.FromHours(1);

    [Id(0)]
    public required DateTimeOffset Started { get; init; }

    /// <summary>Up to this principal all were looked at; null before the first one.</summary>
    [Id(1)]
    public string? After { get; init; }

    /// <summary>How many were there.</summary>
    [Id(2)]
    public int Principals { get; init; }

    /// <summary>Identities whose platform has drifted, new and known.</summary>
    [Id(3)]
    public int Differences { get; init; }

    /// <summary>Identities that were asked to look, because what was seen is not what they saw last.</summary>
    [Id(4)]
    public int Woken { get; init; }

    /// <summary>Principals of which nobody looked at what was seen, because somebody did not answer.</summary>
    [Id(5)]
    public int Unanswered { get; init; }

    /// <summary>Pages of the platform's own lists.</summary>
    [Id(6)]
    public int Pages { get; init; }

    /// <summary>Calls to the platform meanwhile, by this process and for whatever reason; null where nobody counts them.</summary>
    [Id(7)]
    public long? Calls { get; init; }

    /// <summary>How often it stopped and went on later.</summary>
    [Id(8)]
    public int Interruptions { get; init; }

    /// <summary>When it was stored.</summary>
    [Id(9)]
    public DateTimeOffset SavedAt { get; init; }
}
