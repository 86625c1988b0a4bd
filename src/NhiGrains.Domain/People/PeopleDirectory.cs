namespace NhiGrains.Domain.People;

/// <summary>Somebody acts in another's place for a while.</summary>
public sealed record Delegation(string From, string To, DateTimeOffset Since, DateTimeOffset Until);

/// <summary>Somebody cannot be asked for a while.</summary>
public sealed record Absence(string Person, DateTimeOffset Since, DateTimeOffset Until);

/// <summary>
/// Who is in which group at the moment. It decides who may approve, and is asked when something is decided: whoever has left a group
/// by then does not count. A team that owns identities is the group of the same name.
/// </summary>
/// <param name="Departed">People who have left, since when: members of nothing, whatever the groups say.</param>
public sealed record PeopleDirectory(
    IReadOnlyDictionary<string, IReadOnlyList<string>> Groups,
    IReadOnlyList<Delegation> Delegations,
    IReadOnlyList<Absence> Absences,
    IReadOnlyDictionary<string, DateTimeOffset> Departed)
{
    public static PeopleDirectory Empty { get; } = new(new Dictionary<string, IReadOnlyList<string>>(), [], [], new Dictionary<string, DateTimeOffset>());

    /// <summary>Until when the teams of those who have departed have to find new owners. Empty in states from before that was kept.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> HandoverBy { get; init; } = new Dictionary<string, DateTimeOffset>();

    /// <summary>Null while the person is here.</summary>
    public Departure? DepartureOf(string person) =>
        Departed.TryGetValue(person, out var since)
            ? new(person, since, HandoverBy.TryGetValue(person, out var by) ? by : since + Departure.DefaultHandover)
            : null;

    /// <summary>Whether anything is said of the person besides that they have left: somebody has that name, and it is no slip of the pen.</summary>
    public bool Knows(string person) =>
        !Departed.ContainsKey(person)
        && (Groups.Values.Any(members => members.Contains(person, StringComparer.Ordinal))
            || Delegations.Any(delegation => delegation.From == person || delegation.To == person)
            || Absences.Any(absence => absence.Person == person));

    public bool IsMember(string person, string group) =>
        !Departed.ContainsKey(person) && Groups.TryGetValue(group, out var members) && members.Contains(person, StringComparer.Ordinal);

    public bool IsAbsent(string person, DateTimeOffset now) =>
        Absences.Any(absence => absence.Person == person && absence.Since <= now && now < absence.Until);

    /// <summary>Whether <paramref name="to"/> may act for <paramref name="from"/>; not passed on from one delegate to the next.</summary>
    public bool IsDelegate(string from, string to, DateTimeOffset now) =>
        !Departed.ContainsKey(from) && !Departed.ContainsKey(to)
        && Delegations.Any(delegation => delegation.From == from && delegation.To == to && delegation.Since <= now && now < delegation.Until);
}
