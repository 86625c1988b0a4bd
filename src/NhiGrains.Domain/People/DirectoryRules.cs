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

    /// <summary>Everybody speaks for themselves, and an administrator for others; an identity for nobody.</summary>
    public static Refusal? CheckSpeaksFor(string actor, string person, bool mayForOthers) =>
        !PersonNames.IsPerson(actor)
            ? new("NOT_A_PERSON", $"'{actor}' is no person.", "Use a person's token.")
        : actor != person && !mayForOthers
            ? new("NOT_FOR_OTHERS", $"'{actor}' cannot say it for '{person}'.", "Say it for yourself, or ask an administrator.")
        : null;
}
