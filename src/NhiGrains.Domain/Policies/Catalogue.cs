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

    /// <summary>As one platform has it. Not for several threads.</summary>
    public PlatformCatalogue On(string platform) => new(_prefixes, at => _entries[at].On(platform), Unknown);

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
