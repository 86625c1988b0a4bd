using System.Collections.Concurrent;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>All paths there are: containers, types, and names of some letters and separators, longer than any prefix says.</summary>
internal static class SmallWorld
{
    public static readonly string[] Containers = ["shop", "ops"];
    public static readonly string[] Types = ["cm", "key"];
    private static readonly string[] Names = [.. Words(3)];
    private static readonly ConcurrentDictionary<ResourceSelector, string[]> Known = new();

    public static string[] Reach(ResourceSelector resource) => Known.GetOrAdd(resource, unknown =>
        [.. Names.Where(name => IsNamed(unknown, name)).Select(name => $"{unknown.Container}/{unknown.Type}/{name}")]);

    /// <summary>By the longest entry that is the beginning of the path; for the platform itself before one for all.</summary>
    public static (Sensitivity Sensitivity, string? Application, string? Environment) FactOf(PolicySet set, string platform, string path)
    {
        CatalogueEntry? best = null;
        foreach (var entry in set.Resources.Where(entry => entry.Platform is null || entry.Platform == platform))
        {
            if (path.StartsWith(entry.Prefix, StringComparison.Ordinal)
                && (best is null || entry.Prefix.Length > best.Prefix.Length || (entry.Prefix.Length == best.Prefix.Length && entry.Platform is not null && best.Platform is null)))
                best = entry;
        }

        var application = set.Applications.FirstOrDefault(one => one.Name == best?.Application);
        return (best?.Sensitivity ?? application?.Sensitivity ?? MostSensitive(set), best?.Application, best?.Environment ?? application?.Environment);
    }

    /// <summary>What is left of selectors within beginnings: the widest selectors that reach nothing else.</summary>
    public static IReadOnlyList<ResourceSelector> Only(IReadOnlyList<ResourceSelector> resources, IReadOnlyList<string> prefixes)
    {
        bool IsIn(string path) => prefixes.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal));
        if (resources.All(resource => Reach(resource).All(IsIn)))
            return resources;
        var inside = resources.SelectMany(resource => Candidates(resource, prefixes)).Distinct().Where(selector => Reach(selector).All(IsIn)).ToArray();
        return [.. inside.Where(one => !inside.Any(other => other != one && Reach(one).All(Reach(other).Contains))).OrderBy(one => one.ToString(), StringComparer.Ordinal)];
    }

    private static IEnumerable<ResourceSelector> Candidates(ResourceSelector resource, IReadOnlyList<string> prefixes) => prefixes
        .Select(prefix => prefix.Split('/', 3))
        .Where(path => path is [_, _, { Length: > 0 }])
        .Select(path => resource with { Match = ResourceMatch.Prefix, Name = path[2] })
        .Where(narrow => Reach(narrow).All(Reach(resource).Contains))
        .Prepend(resource);

    private static bool IsNamed(ResourceSelector resource, string name) => resource.Match switch
    {
        ResourceMatch.Exact => name == resource.Name,
        ResourceMatch.Prefix => name.StartsWith(resource.Name ?? "", StringComparison.Ordinal),
        _ => true,
    };

    private static Sensitivity MostSensitive(PolicySet set) => set.Rules.Any(rule => rule.Match.Condition is { } text && text.Contains("sensitivity", StringComparison.Ordinal))
        ? Sensitivity.Restricted
        : Named(set);

    private static Sensitivity Named(PolicySet set) => set.Rules.SelectMany(rule => rule.Match.Sensitivities ?? [])
        .Concat(set.Resources.Select(entry => entry.Sensitivity).OfType<Sensitivity>())
        .Concat(set.Applications.Select(application => application.Sensitivity).OfType<Sensitivity>())
        .DefaultIfEmpty(Sensitivity.Restricted).Max();

    private static IEnumerable<string> Words(int longest) => longest == 0 ? []
        : new[] { "a", "b", "-" }.SelectMany(first => Words(longest - 1).Prepend("").Select(rest => first + rest));
}
