namespace NhiGrains.Domain.People;

/// <summary>Somebody has left for good, or so it was said: who comes back is taken off the list.</summary>
/// <param name="HandoverBy">When what the person still owns is suspended.</param>
public sealed record Departure(string Person, DateTimeOffset Since, DateTimeOffset HandoverBy)
{
    /// <summary>How long a team has to find a new owner unless it is said otherwise.</summary>
    public static readonly TimeSpan DefaultHandover = TimeSpan.FromDays(14);

    public static readonly TimeSpan LongestHandover = TimeSpan.FromDays(90);
}
