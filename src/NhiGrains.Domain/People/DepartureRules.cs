namespace NhiGrains.Domain.People;

/// <summary>Who has left, and who has come back.</summary>
public static class DepartureRules
{
    /// <summary>They are kept for good: nobody who has left becomes an owner again by mistake.</summary>
    public const int MaxDeparted = 20_000;

    /// <summary>From now on the person is in no group and acts for nobody. Said again of one who has left: no change, and the first deadline stays.</summary>
    /// <param name="handover">How long the person's teams have to find new owners: at least an hour.</param>
    public static Result<DirectoryChange> Depart(PeopleDirectory directory, string person, TimeSpan handover, DateTimeOffset now)
    {
        if (PersonNames.CheckPerson(person, "person") is { } refusal)
            return refusal;
        if (handover < TimeSpan.FromHours(1) || handover > Departure.LongestHandover)
            return new Refusal("INVALID_HANDOVER", $"A hand-over takes an hour to {Departure.LongestHandover.TotalDays:0} days.", $"Leave it out for {Departure.DefaultHandover.TotalDays:0} days.", "handoverDays");
        if (directory.Departed.ContainsKey(person))
            return new DirectoryChange(directory, "directory.person-departed", StandInRules.Told());
        if (directory.Departed.Count >= MaxDeparted)
            return new Refusal("TOO_MANY_DEPARTED", $"{MaxDeparted} people have departed.", "Record the return of some who own nothing and are in no group: they need not be known here.", "person");
        var by = now + handover;
        return new DirectoryChange(
            directory with
            {
                Departed = With(directory.Departed, person, now),
                HandoverBy = With(directory.HandoverBy, person, by),
                Delegations = [.. directory.Delegations.Where(delegation => delegation.From != person && delegation.To != person)],
                Absences = [.. directory.Absences.Where(absence => absence.Person != person)],
            },
            "directory.person-departed", StandInRules.Told(("person", person), ("handoverBy", Canonical.Instant(by))));
    }

    /// <summary>The person is in the same groups as before; delegations and absences do not come back. Of one who is here: no change.</summary>
    public static Result<DirectoryChange> Return(PeopleDirectory directory, string person)
    {
        if (PersonNames.CheckPerson(person, "person") is { } refusal)
            return refusal;
        return new DirectoryChange(
            !directory.Departed.ContainsKey(person)
                ? directory
                : directory with { Departed = Without(directory.Departed, person), HandoverBy = Without(directory.HandoverBy, person) },
            "directory.person-returned", StandInRules.Told(("person", person)));
    }

    private static SortedDictionary<string, DateTimeOffset> With(IReadOnlyDictionary<string, DateTimeOffset> known, string person, DateTimeOffset at) =>
        new(known.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal) { [person] = at };

    private static SortedDictionary<string, DateTimeOffset> Without(IReadOnlyDictionary<string, DateTimeOffset> known, string person) =>
        new(known.Where(one => one.Key != person).ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
}
