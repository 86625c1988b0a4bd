using System.Collections.Concurrent;
using CsCheck;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

public class CatalogueTests
{
    // Few letters and separators, so that much begins with one another; one letter that is larger than a separator of a pair.
    private static readonly Gen<string> Words = Gen.OneOf("a", "b", "t", "a/t/", "/", "/", "-", "\u00e9", "\ud83d\ude00").Array[0, 7].Select(string.Concat);

    private static readonly Gen<CatalogueEntry> Entries = Gen.Select(Gen.OneOf<string?>(null, null, "p:x", "p:y"), Words, (platform, prefix) => new CatalogueEntry(platform, prefix));

    private static readonly Gen<ResourceSelector> Selectors = Gen.Select(
        Gen.OneOf("t", "a"), Gen.OneOf("", "", "a", "a/b", "b", "/"), Gen.Enum<ResourceMatch>(), Words,
        (type, container, match, name) => new ResourceSelector(type, container, match, match == ResourceMatch.All ? null : name));

    [Fact]
    public void It_says_of_a_resource_what_is_found_by_looking_at_every_entry()
    {
        var seen = new ConcurrentDictionary<(ResourceMatch Match, bool IsContainer, bool Known, bool HasParts), bool>();
        Gen.Select(Gen.OneOf(Entries.Array[0, 10], Entries.Array[0, 60]), Selectors.Array[1, 5], Gen.OneOf("p:x", "p:z")).Sample((entries, resources, platform) =>
        {
            // By a name that is its own it can be told which one it was.
            CatalogueEntry[] named = [.. entries.DistinctBy(entry => (entry.Platform, entry.Prefix)).Select((entry, index) => entry with { Environment = $"{index}" })];
            var catalogue = new Catalogue(new("test", []) { Resources = named }, PolicyReading.Second).On(platform);
            foreach (var resource in resources)
            {
                var (parts, whole) = NaiveCatalogue.Of(named, platform, resource);

                var said = catalogue.Of(resource);

                Assert.Equal(whole?.Environment, said[^1].Environment);
                Assert.Equal(parts.Select(entry => entry.Environment).Order(StringComparer.Ordinal), said.SkipLast(1).Select(fact => fact.Environment).Order(StringComparer.Ordinal));
                seen[(resource.Match, resource.Container.Length == 0, whole is not null, parts.Count > 0)] = true;
            }
        }, iter: 20_000);

        Assert.Equal(3 * 2 * 2 * 2, seen.Count);
    }

    [Fact]
    public void What_is_said_of_many_parts_alike_is_said_once()
    {
        CatalogueEntry[] entries = [.. Enumerable.Range(0, 100).Select(index => new CatalogueEntry(null, $"shop/configmaps/{index}-", Sensitivity: index % 2 == 0 ? Sensitivity.Internal : Sensitivity.Public))];
        var set = new PolicySet("test", []) { Resources = [new(null, "shop/", Sensitivity: Sensitivity.Internal), .. entries] };

        var said = new Catalogue(set, PolicyReading.Second).On("p:x").Of(new("configmaps", "shop", ResourceMatch.All, null));

        Assert.Equal(3, said.Count); // Two of the parts, and the whole.
        Assert.Equal(Sensitivity.Internal, said[^1].Sensitivity);
    }
}
