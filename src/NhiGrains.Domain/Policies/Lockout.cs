using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Policies;

/// <summary>Who may change the policy, before a change and after it. A set that names no administrators leaves it to every administrator.</summary>
public static class Lockout
{
    /// <summary>Whether the set in force lets somebody put another one in its place.</summary>
    public static Refusal? CheckMayApply(PolicySet inForce, string actor, PeopleDirectory directory) =>
        inForce.Administrators is not { } named || named.Name(actor, directory)
            ? null
            : new("NOT_POLICY_ADMINISTRATOR", $"The policy set in force names who may change it, and '{actor}' is not among them.", "Ask one of its administrators, or put a set in force by the policy file.");

    /// <summary>Whether anybody could change the policy again after this set is in force.</summary>
    public static Refusal? Check(PolicySet set, PeopleDirectory directory) =>
        set.Administrators is not { } named || named.IsAnybody(directory)
            ? null
            : new("POLICY_LOCKOUT", "Nobody could change the policy again: the set names no administrator who is there.", "Name one, or somebody's group, or say 'overrideLockout: true'.", "documents");

    /// <summary>What whoever puts the set in force should know of it; null when there is nothing.</summary>
    public static string? WarningFor(PolicySet set, string actor, PeopleDirectory directory) =>
        set.Administrators is not { } named || named.Name(actor, directory)
            ? null
            : $"'{actor}' could not change the policy again: the set does not name them as one of its administrators.";
}
