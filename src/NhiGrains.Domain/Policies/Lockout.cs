using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Policies;

/// <summary>Who may change the policy, before a change and after it. A set that names no administrators leaves it to every administrator.</summary>
public static class Lockout
{
    /// <summary>Whether the set in force lets somebody put another one in its place.</summary>
    public static Refusal? CheckMayApply(PolicySet inForce, string actor, PeopleDirectory directory) =>
        OwnerRules.CheckAsker(directory.DepartureOf(actor)) is { } departed ? departed
        : inForce.Administrators is not { } named || named.Name(actor, directory)
            ? null
            : new("NOT_POLICY_ADMINISTRATOR", $"The policy set in force names who may change it, and '{actor}' is not among them.", "Ask one of its administrators, or put a set in force by the policy file.");

    /// <summary>Whether anybody could change the policy again after this set is in force. A name that nobody is known by is nobody.</summary>
    /// <param name="actor">Who puts it in force, and so is there; null for the policy file, which is a way back for whoever writes it.</param>
    public static Refusal? Check(PolicySet set, string? actor, PeopleDirectory directory) =>
        set.Administrators is not { } named || named.IsAnybody(directory, person => actor is null || IsThere(person, actor, directory))
            ? null
            : new("POLICY_LOCKOUT", "Nobody could change the policy again: the set names no administrator who is known to be there.",
                "Name yourself, somebody who is in a group of the directory, or a group with somebody in it; or say 'overrideLockout: true'.", "documents");

    /// <summary>What whoever puts the set in force should know of it.</summary>
    public static IEnumerable<string> WarningsFor(PolicySet set, string actor, PeopleDirectory directory)
    {
        if (set.Administrators is not { } named)
            yield break;
        if (!named.Name(actor, directory))
            yield return $"'{actor}' could not change the policy again: the set does not name them as one of its administrators.";
        foreach (var person in named.People.Where(person => !directory.Departed.ContainsKey(person) && !IsThere(person, actor, directory)))
            yield return $"Nobody is known by the name '{person}', which the set gives an administrator: they are in no group of the directory. Names are as in the claim 'sub' of a token.";
    }

    private static bool IsThere(string person, string actor, PeopleDirectory directory) => person == actor || directory.Knows(person);
}
