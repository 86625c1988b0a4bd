using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>
/// Resources as the catalogue knows them. What it does not know has the most sensitive class that the policy set names: nobody
/// forgets a resource and has it treated as harmless.
/// </summary>
internal sealed class Catalogue
{
    private readonly PrefixIndex _prefixes;
    private readonly Entries[] _entries; // At the places of their prefixes.

    public Catalogue(PolicySet set)
    {
        Unknown = new(MostSensitive(set), null, null);
        var applications = set.Applications.GroupBy(application => application.Name, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
        var known = new Dictionary<ResourceFact, ResourceFact> { [Unknown] = Unknown };
        var byPrefix = set.Resources.ToLookup(entry => entry.Prefix, StringComparer.Ordinal);
        _prefixes = new(byPrefix.Select(same => same.Key));
        // Equal ones are one instance, so that it is cheap to tell them apart.
        _entries =
        [
            .. Enumerable.Range(0, _prefixes.Count).Select(at => new Entries(byPrefix[_prefixes[at]], entry =>
            {
                var fact = FactOf(entry, applications);
                return known.TryAdd(fact, fact) ? fact : known[fact];
            })),
        ];
        Known = [.. known.Keys];
    }

    public ResourceFact Unknown { get; }

    /// <summary>All classes that a resource can have, those that are not known included.</summary>
    public HashSet<Sensitivity> Sensitivities => [.. Known.Select(fact => fact.Sensitivity)];

    public HashSet<string> Applications => [.. Known.Select(fact => fact.Application).OfType<string>()];

    public HashSet<string> Environments => [.. Known.Select(fact => fact.Environment).OfType<string>()];

    /// <summary>Everything that is said of anything, on any platform.</summary>
    private ResourceFact[] Known { get; }

    /// <returns>
    /// What is said of parts of the selector, each once in any order; and last, what is said of the selector as a whole, by the longest
    /// entry that covers it.
    /// </returns>
    public IReadOnlyList<ResourceFact> Of(string platform, ResourceSelector resource)
    {
        var path = ResourcePaths.PathOf(resource);
        var whole = _prefixes.BeginningsOf(path).Select(at => _entries[at].On(platform)).FirstOrDefault(fact => fact is not null) ?? Unknown;
        var parts = new HashSet<ResourceFact>(ReferenceEqualityComparer.Instance);
        foreach (var at in Overlapping(resource, path))
        {
            if (_entries[at].On(platform) is { } fact)
                parts.Add(fact);
        }

        return [.. parts, whole];
    }

    /// <summary>The prefixes that do not cover the selector and overlap it: <see cref="ResourcePaths.Overlaps"/> the other way round.</summary>
    private IEnumerable<int> Overlapping(ResourceSelector resource, string path)
    {
        var inside = resource.Match == ResourceMatch.Exact ? [] : _prefixes.Within(path).Where(at => _prefixes[at].Length > path.Length);
        // It may be a container itself, and reaches what is in it. What begins with a slash is in none.
        return AsContainer(resource) is not { } name ? inside : inside.Concat(_prefixes.Within(name).Concat(_prefixes.BeginningsOf(name))
            .Where(at => _prefixes[at] is not ("" or ['/', ..]) && !path.StartsWith(_prefixes[at], StringComparison.Ordinal)));
    }

    /// <summary>What the paths of everything in the selector begin with, where it is a container; null where it cannot be one.</summary>
    private static string? AsContainer(ResourceSelector resource) =>
        resource.Match != ResourceMatch.Exact ? resource.Container.Length == 0 ? resource.Name ?? "" : null
        : resource.Container.Length == 0 ? $"{resource.Name}/"
        : $"{resource.Container}/{resource.Name}/";

    private ResourceFact FactOf(CatalogueEntry entry, Dictionary<string, CatalogueApplication> applications)
    {
        var application = entry.Application is { } name ? applications.GetValueOrDefault(name) : null;
        return new(entry.Sensitivity ?? application?.Sensitivity ?? Unknown.Sensitivity, entry.Application, entry.Environment ?? application?.Environment);
    }

    private static Sensitivity MostSensitive(PolicySet set)
    {
        Sensitivity[] named =
        [
            .. set.Rules.SelectMany(rule => rule.Match.Sensitivities ?? []),
            .. set.Resources.Select(entry => entry.Sensitivity).OfType<Sensitivity>(),
            .. set.Applications.Select(application => application.Sensitivity).OfType<Sensitivity>(),
        ];
        // Which classes a condition names is not known.
        return named.Length == 0 || set.Rules.Any(rule => rule.Match.Condition?.Contains("sensitivity", StringComparison.Ordinal) == true) ? Sensitivity.Restricted : named.Max();
    }

    /// <summary>All that is said of one prefix: of several for the same, the first counts.</summary>
    private sealed class Entries
    {
        private readonly ResourceFact? _everywhere;
        private readonly Dictionary<string, ResourceFact> _byPlatform = new(StringComparer.Ordinal);

        public Entries(IEnumerable<CatalogueEntry> same, Func<CatalogueEntry, ResourceFact> factOf)
        {
            foreach (var entry in same)
            {
                if (entry.Platform is { } platform)
                    _byPlatform.TryAdd(platform, factOf(entry));
                else
                    _everywhere ??= factOf(entry);
            }
        }

        /// <summary>What is said for the platform itself hides what is said for all; null when nothing is.</summary>
        public ResourceFact? On(string platform) => _byPlatform.TryGetValue(platform, out var here) ? here : _everywhere;
    }
}
