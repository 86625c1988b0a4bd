namespace NhiGrains.Domain.People;

/// <summary>Who is in which group.</summary>
public static class GroupRules
{
    public const int MaxGroups = 1_000;

    /// <summary>Of one group.</summary>
    public const int MaxMembers = 1_000;

    /// <summary>Of all groups: the directory is one state, which is written and handed over as a whole.</summary>
    public const int MaxMemberships = 50_000;

    /// <summary>Names in one change, so that its audit entry can hold every one of them.</summary>
    public const int MaxNames = 100;

    /// <summary>Adds and removes members. A group begins with its first member and is gone with its last.</summary>
    public static Result<DirectoryChange> SetMembers(PeopleDirectory directory, string group, IReadOnlyList<string> add, IReadOnlyList<string> remove)
    {
        if ((PersonNames.CheckGroup(group) ?? CheckNames(add, remove)) is { } refusal)
            return refusal;
        var before = directory.Groups.TryGetValue(group, out var known) ? known : [];
        string[] after = [.. before.Concat(add).Except(remove, StringComparer.Ordinal).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (CheckBounds(directory, known is null, before, after) is { } tooMany)
            return tooMany;
        var groups = new SortedDictionary<string, IReadOnlyList<string>>(directory.Groups.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal) { [group] = after };
        if (after.Length == 0)
            groups.Remove(group);
        return new DirectoryChange(after.SequenceEqual(before) ? directory : directory with { Groups = groups }, "directory.group-changed",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["group"] = group,
                ["added"] = Listed(after.Except(before, StringComparer.Ordinal)),
                ["removed"] = Listed(before.Except(after, StringComparer.Ordinal)),
            });
    }

    private static Refusal? CheckNames(IReadOnlyList<string> add, IReadOnlyList<string> remove) =>
        add.Count + remove.Count is 0 or > MaxNames
            ? new("INVALID_CHANGE", $"A change of a group names 1 to {MaxNames} people.", "Split it.", "add")
        : add.Intersect(remove, StringComparer.Ordinal).FirstOrDefault() is { } both
            ? new("CONTRADICTION", $"'{both}' is to be added and removed.", "Say one of both.", "remove")
        : add.Select(name => PersonNames.CheckPerson(name, "add")).FirstOrDefault(refusal => refusal is not null);

    private static Refusal? CheckBounds(PeopleDirectory directory, bool isNew, IReadOnlyList<string> before, string[] after) =>
        isNew && after.Length > 0 && directory.Groups.Count >= MaxGroups
            ? new("TOO_MANY_GROUPS", $"There are {MaxGroups} groups.", "Empty one that is not needed: it is gone with its last member.", "group")
        : after.Length > before.Count && after.Length > MaxMembers
            ? new("TOO_MANY_MEMBERS", $"A group has at most {MaxMembers} members.", "Name those who are to approve, not everybody.", "add")
        : after.Length > before.Count && directory.Groups.Sum(one => one.Value.Count) - before.Count + after.Length > MaxMemberships
            ? new("TOO_MANY_MEMBERS", $"All groups together have at most {MaxMemberships} members.", "Remove people from groups that are not needed.", "add")
        : null;

    // As JSON: a name may hold any separator.
    private static string Listed(IEnumerable<string> names) => Canonical.Text(names.ToArray());
}
