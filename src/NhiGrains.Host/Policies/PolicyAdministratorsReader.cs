using NhiGrains.Domain.Policies;

namespace NhiGrains.Host.Policies;

/// <summary>Who may change the policy: <c>administrators: {people: [ada], groups: [security]}</c>, at least one of the two.</summary>
internal static class PolicyAdministratorsReader
{
    private const int MostOfEach = 100;

    public static PolicyAdministrators? Read(MapReader set, PolicyProblems problems)
    {
        if (set.Map("administrators") is not { } map)
            return null;
        var reader = new MapReader(map, "The administrators", problems);
        var people = reader.Texts("people") ?? [];
        var groups = reader.Texts("groups") ?? [];
        reader.Finish();
        if (people.Count > MostOfEach || groups.Count > MostOfEach)
            problems.Add(map.At, $"At most {MostOfEach} people and {MostOfEach} groups are named as administrators.");
        return new([.. people.Select(text => text.Value)], [.. groups.Select(text => text.Value)]);
    }
}
