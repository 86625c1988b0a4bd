using System.Collections.Frozen;

namespace NhiGrains.Domain.Entitlements;

/// <summary>
/// What one verb of one resource type is beside itself, where a platform knows no difference or the one does the other: who forbids
/// deleting pods forbids their eviction as well. A test holds it against the catalogues of all platforms.
/// </summary>
public static class VerbsInVerbs
{
    // Where two share a native action, the one that is more than the other, so that the lesser of them can be permitted by itself.
    private static readonly (string Type, Verb Verb, Verb Also)[] All =
    [
        // It is deleted, as far as its disruption budget lets it be.
        ("pods/eviction", Verb.Invoke, Verb.Delete),
        // Who reads the value of a secret can use it.
        ("secretmanager-secret", Verb.Read, Verb.UseCredential),
        // To take the next number counts on.
        ("sequence", Verb.Invoke, Verb.Write),
    ];

    /// <summary>The types whose verbs are more than themselves.</summary>
    public static FrozenSet<string> Types { get; } = All.Select(one => one.Type).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Those of them that the resources have: each once, and mostly none.</summary>
    public static string[] TypesIn(IReadOnlyList<ResourceSelector> resources) =>
        [.. resources.Select(resource => resource.Type).Where(Types.Contains).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether a verb of a type does anything of one of those that are named.</summary>
    public static bool Touches(IReadOnlyList<Verb> named, string type, Verb verb)
    {
        if (named.Contains(verb))
            return true;
        foreach (var one in All)
        {
            if (one.Type == type && ((one.Verb == verb && named.Contains(one.Also)) || (one.Also == verb && named.Contains(one.Verb))))
                return true;
        }

        return false;
    }

    /// <summary>What the verbs are of the types beside themselves, or what is them as well, in words.</summary>
    public static IEnumerable<string> Told(string[] types, IReadOnlyCollection<Verb> verbs) => All
        .Where(one => types.Contains(one.Type) && (verbs.Contains(one.Verb) || verbs.Contains(one.Also)))
        .Select(one => $"{Spellings.Of(one.Verb)} of {one.Type} is {Spellings.Of(one.Also)} as well");

    /// <summary>Whether all that a verb is, for each of the types, is named.</summary>
    public static bool Cover(IReadOnlyList<Verb> named, string[] types, Verb verb)
    {
        if (!named.Contains(verb))
            return false;
        if (types.Length == 0)
            return true;
        foreach (var one in All)
        {
            if (one.Verb == verb && types.Contains(one.Type) && !named.Contains(one.Also))
                return false;
        }

        return true;
    }
}
