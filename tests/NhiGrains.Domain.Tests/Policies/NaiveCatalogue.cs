using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>The catalogue as its description says: every entry is held against the resource, one after the other.</summary>
internal static class NaiveCatalogue
{
    /// <returns>What is said of parts of the resource, and of the whole; null where nothing is said of that.</returns>
    public static (IReadOnlyList<CatalogueEntry> Parts, CatalogueEntry? Whole) Of(IReadOnlyList<CatalogueEntry> entries, string platform, ResourceSelector resource)
    {
        var parts = new List<CatalogueEntry>();
        CatalogueEntry? whole = null;
        foreach (var entry in entries.Where(entry => entry.Platform == platform || (entry.Platform is null && !entries.Any(other => other.Platform == platform && other.Prefix == entry.Prefix))))
        {
            if (ResourcePaths.Covers(entry.Prefix, resource))
                whole = whole is null || entry.Prefix.Length > whole.Prefix.Length ? entry : whole;
            else if (ResourcePaths.Overlaps(entry.Prefix, resource))
                parts.Add(entry);
        }

        return (parts, whole);
    }
}
