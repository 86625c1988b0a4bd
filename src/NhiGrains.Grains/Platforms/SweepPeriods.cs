namespace NhiGrains.Grains.Platforms;

/// <summary>How often each platform is read as a whole. A watch tells most changes at once; a sweep finds what it missed.</summary>
public sealed record SweepPeriods
{
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>For platforms that are not named. Default: 5 minutes.</summary>
    public TimeSpan Usual { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>By the platform's id; from <see cref="Shortest"/> to <see cref="Longest"/>.</summary>
    public IReadOnlyDictionary<string, TimeSpan> ByPlatform { get; init; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);

    public TimeSpan Of(string platform) => ByPlatform.TryGetValue(platform, out var period) ? period : Usual;
}
