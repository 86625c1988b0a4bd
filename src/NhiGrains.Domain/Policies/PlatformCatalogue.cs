using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>The catalogue as one platform has it, for the resources of one question. Not for several threads.</summary>
/// <param name="said">Of the prefix at a place; null when nothing is said of it for the platform.</param>
internal sealed class PlatformCatalogue(PrefixIndex prefixes, Func<int, ResourceFact?> said, ResourceFact unknown)
{
    // What a selector of containers reaches may be everything, and does not depend on its type: hundreds of types cost no more than one.
    private readonly Dictionary<(string Name, ResourceFact Whole), ResourceFact[]> _ofContainers = [];

    /// <returns>
    /// What is said of parts of the selector, in any order; and last, what is said of the selector as a whole, by the longest entry that
    /// covers it.
    /// </returns>
    public IReadOnlyList<ResourceFact> Of(ResourceSelector resource)
    {
        var path = ResourcePaths.PathOf(resource);
        var whole = prefixes.BeginningsOf(path).Select(said).FirstOrDefault(fact => fact is not null) ?? unknown;
        var parts = resource.Match == ResourceMatch.Exact ? [] : Said(prefixes.Within(path).Where(at => prefixes[at].Length > path.Length));
        if (resource.Container.Length > 0)
            return [.. parts, .. InContainer(resource, path), whole];
        // It is a container itself, and reaches what is in it.
        var name = resource.Match == ResourceMatch.Exact ? $"{resource.Name}/" : resource.Name ?? "";
        if (!_ofContainers.TryGetValue((name, whole), out var contained))
            _ofContainers[(name, whole)] = contained = [.. Said(Contained(name)), whole];
        return parts.Length == 0 ? contained : [.. parts, .. contained];
    }

    // One that is in a container may be one itself: a schema in a database. Several cannot be asked for as one.
    private ResourceFact[] InContainer(ResourceSelector resource, string path) => resource.Match != ResourceMatch.Exact ? []
        : Said(Contained($"{resource.Container}/{resource.Name}/").Where(at => !path.StartsWith(prefixes[at], StringComparison.Ordinal)));

    /// <summary>Those that overlap containers by their name. What begins with a slash is in no container.</summary>
    private IEnumerable<int> Contained(string name) =>
        prefixes.Within(name).Concat(prefixes.BeginningsOf(name)).Where(at => prefixes[at] is not ("" or ['/', ..]));

    private ResourceFact[] Said(IEnumerable<int> places) => [.. places.Select(said).OfType<ResourceFact>().Distinct<ResourceFact>(ReferenceEqualityComparer.Instance)];
}
