using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What the catalogue says of one resource. A wide selector has facts for everything in it that the catalogue knows.</summary>
/// <param name="Application">Null when none is known.</param>
/// <param name="Environment">Null when none is known.</param>
internal sealed record ResourceFact(Sensitivity Sensitivity, string? Application, string? Environment);

/// <summary>
/// Resources as the catalogue knows them. What it does not know has the most sensitive class that the policy set names: nobody
/// forgets a resource and has it treated as harmless.
/// </summary>
internal sealed class Catalogue
{
    private readonly CatalogueEntry[] _entries;
    private readonly Dictionary<string, CatalogueApplication> _applications;

    public Catalogue(PolicySet set)
    {
        _entries =
        [
            .. set.Resources.OrderByDescending(entry => entry.Prefix.Length)
                .ThenBy(entry => entry.Prefix, StringComparer.Ordinal)
                .ThenByDescending(entry => entry.Platform is not null),
        ];
        _applications = set.Applications.GroupBy(application => application.Name, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
        Unknown = new(MostSensitive(set), null, null);
    }

    public ResourceFact Unknown { get; }

    /// <summary>All classes that a resource can have, those that are not known included.</summary>
    public HashSet<Sensitivity> Sensitivities => [.. _entries.Select(entry => FactOf(entry).Sensitivity), Unknown.Sensitivity];

    public HashSet<string> Applications => [.. _entries.Select(entry => entry.Application).OfType<string>()];

    public HashSet<string> Environments => [.. _entries.Select(entry => FactOf(entry).Environment).OfType<string>()];

    public IReadOnlyList<ResourceFact> Of(string platform, ResourceSelector resource)
    {
        if (_entries.Length == 0)
            return [Unknown];
        var here = _entries.Where(entry => entry.Platform is null || entry.Platform == platform);
        CatalogueEntry? covering = null;
        string? before = null;
        var facts = new List<ResourceFact>();
        foreach (var entry in here)
        {
            // What is said for the platform itself hides what is said for all.
            if (entry.Prefix == before)
                continue;
            before = entry.Prefix;
            if (ResourcePaths.Covers(entry.Prefix, resource))
                covering ??= entry;
            else if (ResourcePaths.Overlaps(entry.Prefix, resource))
                facts.Add(FactOf(entry));
        }

        facts.Add(covering is null ? Unknown : FactOf(covering));
        return facts;
    }

    private ResourceFact FactOf(CatalogueEntry entry)
    {
        var application = entry.Application is { } name ? _applications.GetValueOrDefault(name) : null;
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
}
