namespace NhiGrains.Domain.People;

/// <summary>What holds for every change of the directory.</summary>
public static class DirectoryRules
{
    /// <summary>Without the delegations and absences that are over. The same value when none is.</summary>
    public static PeopleDirectory WithoutPast(PeopleDirectory directory, DateTimeOffset now) =>
        directory.Delegations.All(delegation => now < delegation.Until) && directory.Absences.All(absence => now < absence.Until)
            ? directory
            : directory with
            {
                Delegations = [.. directory.Delegations.Where(delegation => now < delegation.Until)],
                Absences = [.. directory.Absences.Where(absence => now < absence.Until)],
            };

    /// <summary>Everybody hands on their own votes in person, and gives back those that they were handed.</summary>
    /// <param name="until">Null: it is to end.</param>
    /// <param name="isDelegated">Whether somebody else acts with the actor's token.</param>
    public static Refusal? CheckMayDelegate(string actor, string from, string to, DateTimeOffset? until, bool mayForOthers, bool isDelegated) =>
        until is null && actor == to && PersonNames.IsPerson(actor) ? null
        : until is not null && isDelegated ? new("AGENT_CANNOT_DELEGATE", "Who votes in somebody's place is said by people, with a token of their own.", "Let the person say it.")
        : CheckSpeaksFor(actor, from, mayForOthers);

    /// <summary>Nobody says of themselves that they are back: who has left can still have a token.</summary>
    public static Refusal? CheckReturn(string actor, string person) => actor == person
        ? new("RETURN_BY_ONESELF", "Nobody records their own return.", "Let somebody else record it.", "person")
        : null;

    /// <summary>Everybody speaks for themselves, and an administrator for others; an identity for nobody.</summary>
    public static Refusal? CheckSpeaksFor(string actor, string person, bool mayForOthers) =>
        !PersonNames.IsPerson(actor)
            ? new("NOT_A_PERSON", $"'{actor}' is no person.", "Use a person's token.")
        : actor != person && !mayForOthers
            ? new("NOT_FOR_OTHERS", $"'{actor}' cannot say it for '{person}'.", "Say it for yourself, or ask an administrator.")
        : null;
}
