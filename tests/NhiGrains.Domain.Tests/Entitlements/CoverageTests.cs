using CsCheck;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Tests.Entitlements;

/// <summary>Coverage and beginnings of paths, against all that selectors reach in a small world.</summary>
public class CoverageTests
{
    private static readonly string[] Types = ["t", "tt"];
    private static readonly string[] Containers = ["", "a", "a-b"];

    // One level longer than what selectors say, so that a wide one always reaches more than a narrow one.
    private static readonly string[] World = [.. Words(4)];
    private static readonly (string Container, string Type, string Name)[] Everything =
        [.. from container in Containers from type in Types from name in World select (container, type, name)];

    private static readonly Gen<string> Names = Gen.OneOf([.. Words(2)]);

    private static readonly Gen<ResourceSelector> Selectors = Gen.Select(
        Gen.OneOf(Types), Gen.OneOf(Containers), Gen.Enum<ResourceMatch>(), Names, Gen.OneOf("-", "/"),
        (type, container, match, name, end) => new ResourceSelector(
            type, container, match, match switch { ResourceMatch.All => null, ResourceMatch.Prefix => name + end, _ => name }));

    private static readonly Gen<string> Prefixes = Gen.OneOf(
        Selectors.Select(selector => ResourcePaths.PathOf(selector with { Match = ResourceMatch.Prefix, Name = selector.Name ?? "" })),
        Gen.OneOf("a/", "a-", "a-b/", "/", "/t/", "/tt/", "b/", "a/t/"));

    private static readonly Gen<Entitlement> Entitlements = Gen.Select(
        Gen.OneOf(Verb.Read, Verb.Write).Array[0, 2], Selectors.Array[1, 3], Gen.OneOf("x", "y").Array[0, 2], Gen.Int[0, 3], Gen.Int[0, 3],
        Gen.OneOf(Gen.Const((string[]?)null), Gen.OneOf("10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.5/32").Array[0, 2].Select(list => (string[]?)list)),
        (verbs, resources, native, from, to, cidrs) => new Entitlement("p:x", verbs, resources, new(At(from), At(to + 3), cidrs), native.Length == 0 ? null : native));

    [Fact]
    public void What_is_within_reaches_nothing_that_is_not_reached() => Gen.Select(Entitlements, Entitlements).Sample((inner, outer) =>
        !Coverage.IsWithin(inner, outer) || Given(inner).IsSubsetOf(Given(outer)), iter: 1_500);

    [Fact]
    public void Of_single_selectors_it_is_known_exactly() => Gen.Select(Selectors, Selectors).Sample((inner, outer) =>
        Coverage.IsWithin(Of(inner), Of(outer)) == Reached(inner).IsSubsetOf(Reached(outer)), iter: 1_500);

    [Fact]
    public void An_entitlement_is_within_itself_and_what_is_within_what_is_within_is_within() =>
        Gen.Select(Entitlements, Entitlements, Entitlements).Sample((a, b, c) =>
            Coverage.IsWithin(a, a) && !(Coverage.IsWithin(a, b) && Coverage.IsWithin(b, c) && !Coverage.IsWithin(a, c)));

    [Fact]
    public void No_network_at_all_means_from_anywhere_and_is_not_within_one()
    {
        Entitlement From(params string[]? cidrs) => Some.Entitlement() with { Conditions = new(SourceCidrs: cidrs) };

        Assert.False(Coverage.IsWithin(From([]), From("10.0.0.0/8")));
        Assert.False(Coverage.IsWithin(From(null), From("10.0.0.0/8")));
        Assert.True(Coverage.IsWithin(From("10.1.0.0/16"), From([])));
        Assert.True(Coverage.IsWithin(From("10.1.0.0/16"), From("10.0.0.0/8")));
    }

    [Fact]
    public void A_network_of_version_6_is_not_within_one_of_version_4()
    {
        Entitlement From(string cidr) => Some.Entitlement() with { Conditions = new(SourceCidrs: [cidr]) };

        Assert.False(Coverage.IsWithin(From("::ffff:16.0.0.0/100"), From("16.0.0.0/8")));
        Assert.True(Coverage.IsWithin(From("2001:db8::/48"), From("2001:db8::/32")));
    }

    [Fact]
    public void A_prefix_covers_what_reaches_nothing_else() => Gen.Select(Prefixes, Selectors).Sample((prefix, selector) =>
        ResourcePaths.Covers(prefix, selector) == Paths(selector).All(path => path.StartsWith(prefix, StringComparison.Ordinal)), iter: 1_500);

    [Fact]
    public void A_prefix_overlaps_what_reaches_something_of_it() => Gen.Select(Prefixes, Selectors).Sample((prefix, selector) =>
        // The letters of this world make no container with a type's name in its own.
        (selector.Container.Length == 0 && selector.Name?.Contains('/') == true)
        || ResourcePaths.Overlaps(prefix, selector) == Paths(selector).Concat(Contained(selector)).Any(path => path.StartsWith(prefix, StringComparison.Ordinal)), iter: 500);

    [Fact]
    public void What_is_narrowed_is_just_the_part_that_begins_so() => Gen.Select(Prefixes, Selectors).Sample((prefix, selector) =>
    {
        var part = Paths(selector).Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        return ResourcePaths.Narrow(prefix, selector) is { } narrow
            ? part.SetEquals(Paths(narrow)) && Coverage.IsWithin(Of(narrow), Of(selector))
            : part.Count == 0;
    }, iter: 1_500);

    private static Entitlement Of(ResourceSelector selector) => new("p:x", [Verb.Read], [selector], Conditions.None);

    private static DateTimeOffset? At(int hour) => hour % 3 == 0 ? null : Some.Noon.AddHours(hour);

    private static HashSet<(string Container, string Type, string Name)> Reached(ResourceSelector selector) => [.. Everything.Where(one =>
        one.Container == selector.Container && one.Type == selector.Type && selector.Match switch
        {
            ResourceMatch.Exact => one.Name == selector.Name,
            ResourceMatch.Prefix => one.Name.StartsWith(selector.Name ?? "", StringComparison.Ordinal),
            _ => true,
        })];

    private static IEnumerable<string> Paths(ResourceSelector selector) => Reached(selector).Select(one => $"{one.Container}/{one.Type}/{one.Name}");

    // What is in the containers that a selector without a container reaches.
    private static IEnumerable<string> Contained(ResourceSelector selector) => selector.Container.Length > 0 ? []
        : Reached(selector).Where(one => one.Name.Length < 4 && !one.Name.StartsWith('/')).SelectMany(one => Types.SelectMany(type => Words(3).Select(name => $"{one.Name}/{type}/{name}")));

    // Actions on reached resources from addresses at hours.
    private static HashSet<string> Given(Entitlement entitlement) =>
    [
        .. from action in entitlement.Verbs.Select(verb => verb.ToString()).Concat(entitlement.NativeActions ?? [])
           from resource in entitlement.Resources.SelectMany(Paths).Distinct(StringComparer.Ordinal)
           from moment in Moments(entitlement.Conditions)
           select $"{action} {resource} {moment}",
    ];

    private static string[] Moments(Conditions conditions) =>
    [
        .. from hour in Enumerable.Range(0, 8)
           where !(Some.Noon.AddHours(hour) < conditions.NotBefore) && !(Some.Noon.AddHours(hour) >= conditions.NotAfter)
           from address in Enumerable.Range(0, 9)
           where conditions.SourceCidrs is not { Count: > 0 } cidrs || cidrs.Any(cidr => System.Net.IPNetwork.Parse(cidr).Contains(System.Net.IPAddress.Parse($"10.0.0.{address}")))
           select $"{hour} {address}",
    ];

    private static IEnumerable<string> Words(int longest) => longest == 0 ? []
        : new[] { "a", "b", "-", "/" }.SelectMany(first => Words(longest - 1).Prepend("").Select(rest => first + rest));
}
