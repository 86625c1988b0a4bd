namespace NhiGrains.Domain.People;

/// <summary>Who acts for whom, and who is away. What is over is dropped by the next change.</summary>
public static class StandInRules
{
    public static readonly TimeSpan LongestDelegation = TimeSpan.FromDays(90);
    public static readonly TimeSpan LongestAbsence = TimeSpan.FromDays(366);

    /// <summary>How far ahead one may begin.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(366);

    /// <summary>Of one person to others.</summary>
    public const int MaxDelegates = 10;

    /// <summary>Delegations of all people together, and absences.</summary>
    public const int MaxKept = 10_000;

    /// <summary>Has somebody act for another; in place of what was said of the two before.</summary>
    /// <param name="since">Null: from now on.</param>
    /// <param name="until">Null: not any more.</param>
    public static Result<DirectoryChange> Delegate(PeopleDirectory directory, string from, string to, DateTimeOffset? since, DateTimeOffset? until, DateTimeOffset now)
    {
        if ((PersonNames.CheckPerson(from, "from") ?? PersonNames.CheckPerson(to, "to")) is { } refusal)
            return refusal;
        if (from == to)
            return new Refusal("DELEGATION_TO_ONESELF", "Nobody is their own delegate.", "Name somebody else.", "to");
        var others = directory.Delegations.Where(delegation => (delegation.From, delegation.To) != (from, to)).ToArray();
        if (until is not { } end)
            return new DirectoryChange(directory with { Delegations = others }, "directory.delegation-ended", Told(("from", from), ("to", to)));
        var begin = Later(since, now);
        if ((CheckPeriod(begin, end, now, LongestDelegation) ?? CheckHere(directory, from, "from") ?? CheckHere(directory, to, "to")) is { } wrong)
            return wrong;
        if (others.Length >= MaxKept || others.Count(delegation => delegation.From == from) >= MaxDelegates)
            return new Refusal("TOO_MANY_DELEGATIONS", $"A person has at most {MaxDelegates} delegates, and all people together {MaxKept}.", "End one that is not needed.", "to");
        return new DirectoryChange(directory with { Delegations = [.. others, new(from, to, begin, end)] }, "directory.delegated",
            Told(("from", from), ("to", to), ("since", Canonical.Instant(begin)), ("until", Canonical.Instant(end))));
    }

    /// <summary>Says when somebody cannot be asked, in place of what was said before.</summary>
    /// <param name="since">Null: from now on.</param>
    /// <param name="until">Null: not any more.</param>
    public static Result<DirectoryChange> SetAbsence(PeopleDirectory directory, string person, DateTimeOffset? since, DateTimeOffset? until, DateTimeOffset now)
    {
        if (PersonNames.CheckPerson(person, "person") is { } refusal)
            return refusal;
        var others = directory.Absences.Where(absence => absence.Person != person).ToArray();
        if (until is not { } end)
            return new DirectoryChange(directory with { Absences = others }, "directory.absence-ended", Told(("person", person)));
        var begin = Later(since, now);
        if ((CheckPeriod(begin, end, now, LongestAbsence) ?? CheckHere(directory, person, "person")) is { } wrong)
            return wrong;
        if (others.Length >= MaxKept)
            return new Refusal("TOO_MANY_ABSENCES", $"At most {MaxKept} people are away.", "End an absence that is over.", "person");
        return new DirectoryChange(directory with { Absences = [.. others, new(person, begin, end)] }, "directory.absence-set",
            Told(("person", person), ("since", Canonical.Instant(begin)), ("until", Canonical.Instant(end))));
    }

    private static Refusal? CheckPeriod(DateTimeOffset since, DateTimeOffset until, DateTimeOffset now, TimeSpan longest) =>
        until <= since
            ? new("INVALID_PERIOD", "It would end before it begins, or is over.", "Name a later end; none at all ends it.", "until")
        : since - now > Ahead || until - since > longest
            ? new("PERIOD_TOO_LONG", $"It lasts at most {longest.TotalDays:0} days, and begins within {Ahead.TotalDays:0}.", "Name an earlier end, and repeat it when it is over.", "until")
        : null;

    private static Refusal? CheckHere(PeopleDirectory directory, string person, string field) => directory.Departed.ContainsKey(person)
        ? new("PERSON_DEPARTED", $"'{person}' has departed.", "Name somebody who is here, or record the return.", field)
        : null;

    private static DateTimeOffset Later(DateTimeOffset? since, DateTimeOffset now) => since > now ? since.Value.ToUniversalTime() : now;

    internal static Dictionary<string, string> Told(params (string Name, string Value)[] details) => details.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
}
