namespace NhiGrains.Domain.People;

/// <summary>
/// Of each person, from when the last word is on whether they have left: messages that come late, or again, undo nothing newer.
/// </summary>
public sealed record LastTold(IReadOnlyDictionary<string, DateTimeOffset> Times)
{
    /// <summary>Of people who are here, the last ones; of those who have left, all are kept, who are bounded themselves.</summary>
    public const int MostHere = 1_000;

    /// <summary>By how much the clock of who tells may be ahead: what is from the future would make everything outdated that is true until then.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    public static LastTold Nothing { get; } = new(new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal));

    public static Refusal? Check(DateTimeOffset at, DateTimeOffset now) => at <= now + Ahead
        ? null
        : new("FROM_THE_FUTURE", $"It happened more than {Ahead.TotalMinutes:0} minutes from now.", "Set the clock of whoever tells it.", "time");

    /// <summary>Whether something later is known of the person. Of two at the same instant, the one that comes last counts.</summary>
    public bool IsOutdated(string person, DateTimeOffset at) => Times.TryGetValue(person, out var last) && at < last;

    /// <param name="departed">Who has left now.</param>
    public LastTold With(string person, DateTimeOffset at, IReadOnlyDictionary<string, DateTimeOffset> departed)
    {
        var next = new SortedDictionary<string, DateTimeOffset>(Times.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal) { [person] = at };
        foreach (var oldest in next.Where(one => !departed.ContainsKey(one.Key)).OrderByDescending(one => one.Value).Skip(MostHere).ToArray())
            next.Remove(oldest.Key);
        return new(next);
    }
}
