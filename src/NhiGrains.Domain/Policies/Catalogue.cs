using System.Collections.Concurrent;

namespace NhiGrains.Domain.Policies;

/// <summary>
/// Resources as the catalogue knows them. What it does not know has the most sensitive class that the policy set names: nobody
/// forgets a resource and has it treated as harmless.
/// </summary>
internal sealed class Catalogue
{
    private readonly PrefixIndex _prefixes;
    private readonly Said[] _said; // At the places of their prefixes.
    private readonly bool _inherits;
    private readonly HashSet<string> _platforms;
    private readonly ResourceFact?[] _everywhere;
    private readonly ConcurrentDictionary<string, ResourceFact?[]> _byPlatform = new(StringComparer.Ordinal);

    public Catalogue(PolicySet set, PolicyReading reading)
    {
        Unknown = new(MostSensitive(set), null, null);
        _inherits = reading != PolicyReading.First;
        var applications = set.Applications.GroupBy(application => application.Name, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
        var byPrefix = set.Resources.ToLookup(entry => entry.Prefix, StringComparer.Ordinal);
        _prefixes = new(byPrefix.Select(same => same.Key));
        _said = [.. Enumerable.Range(0, _prefixes.Count).Select(at => new Said(byPrefix[_prefixes[at]], entry => new(entry, applications)))];
        _platforms = [.. set.Resources.Select(entry => entry.Platform).OfType<string>()];
        _everywhere = FactsOn(null);
        // What is said by one entry is said, whatever the others leave out.
        Known = [Unknown, .. _said.SelectMany(said => said.All).Select(entry => entry.Over(Unknown))];
    }

    public ResourceFact Unknown { get; }

    /// <summary>All classes that a resource can have, those that are not known included.</summary>
    public HashSet<Sensitivity> Sensitivities => [.. Known.Select(fact => fact.Sensitivity)];

    public HashSet<string> Applications => [.. Known.Select(fact => fact.Application).OfType<string>()];

    public HashSet<string> Environments => [.. Known.Select(fact => fact.Environment).OfType<string>()];

    /// <summary>Everything that is said of anything, on any platform.</summary>
    private ResourceFact[] Known { get; }

    /// <summary>As one platform has it. Not for several threads.</summary>
    public PlatformCatalogue On(string platform)
    {
        // Of a platform that no entry names it is what is said for all.
        var facts = _platforms.Contains(platform) ? _byPlatform.GetOrAdd(platform, FactsOn) : _everywhere;
        return new(_prefixes, at => facts[at], Unknown);
    }

    /// <summary>At the places of the prefixes; null where nothing is said for the platform. Equal ones are one instance, so that it is cheap to tell them apart.</summary>
    private ResourceFact?[] FactsOn(string? platform)
    {
        var facts = new ResourceFact?[_prefixes.Count];
        var around = new ResourceFact[_prefixes.Count]; // By the longest entry of each place or around it, which comes before.
        var known = new Dictionary<ResourceFact, ResourceFact> { [Unknown] = Unknown };
        for (var at = 0; at < facts.Length; at++)
        {
            var fact = around[at] = _prefixes.WiderOf(at) is var wider and >= 0 ? around[wider] : Unknown;
            foreach (var entry in _said[at].On(platform, _inherits))
                fact = facts[at] = entry.Over(_inherits ? fact : Unknown);
            if (facts[at] is not null)
                facts[at] = around[at] = known.TryAdd(fact, fact) ? fact : known[fact];
        }

        return facts;
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

    /// <summary>An entry with what it says by its application.</summary>
    private sealed class SaidBy(CatalogueEntry entry, Dictionary<string, CatalogueApplication> applications)
    {
        private readonly CatalogueApplication? _application = entry.Application is { } name ? applications.GetValueOrDefault(name) : null;

        /// <param name="around">What is said of that which the entry leaves out.</param>
        public ResourceFact Over(ResourceFact around) =>
            new(entry.Sensitivity ?? _application?.Sensitivity ?? around.Sensitivity, entry.Application ?? around.Application, entry.Environment ?? _application?.Environment ?? around.Environment);
    }

    /// <summary>All that is said of one prefix: of several for the same, the first counts.</summary>
    private sealed class Said
    {
        private readonly SaidBy? _everywhere;
        private readonly Dictionary<string, SaidBy> _byPlatform = new(StringComparer.Ordinal);

        public Said(IEnumerable<CatalogueEntry> same, Func<CatalogueEntry, SaidBy> saidBy)
        {
            foreach (var entry in same)
            {
                if (entry.Platform is { } platform)
                    _byPlatform.TryAdd(platform, saidBy(entry));
                else
                    _everywhere ??= saidBy(entry);
            }
        }

        public IEnumerable<SaidBy> All => _everywhere is null ? _byPlatform.Values : _byPlatform.Values.Append(_everywhere);

        /// <summary>The one for all platforms, and then the one for the platform itself, which goes before it.</summary>
        /// <param name="both">False: it hides the one for all.</param>
        public IEnumerable<SaidBy> On(string? platform, bool both)
        {
            var here = platform is null ? null : _byPlatform.GetValueOrDefault(platform);
            if (_everywhere is not null && (both || here is null))
                yield return _everywhere;
            if (here is not null)
                yield return here;
        }
    }
}
