using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Policies;

/// <summary>Who may put a policy set in force, beside being an administrator: people by name, and the members of groups.</summary>
public sealed record PolicyAdministrators(IReadOnlyList<string> People, IReadOnlyList<string> Groups)
{
    public bool Name(string person, PeopleDirectory directory) =>
        (People.Contains(person, StringComparer.Ordinal) && !directory.Departed.ContainsKey(person))
        || Groups.Any(group => directory.IsMember(person, group));

    /// <summary>Whether there is anybody at all: somebody who is named and there, or is in a group that is, and has not left.</summary>
    /// <param name="isThere">Whether somebody has that name.</param>
    public bool IsAnybody(PeopleDirectory directory, Func<string, bool> isThere) =>
        People.Any(person => !directory.Departed.ContainsKey(person) && isThere(person))
        || Groups.Any(group => directory.Groups.TryGetValue(group, out var members) && members.Any(member => directory.IsMember(member, group)));
}
