using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

/// <param name="Paths">Of itself, of what it is a part of, and of what is in it.</param>
/// <param name="Facts">What the catalogue says of these.</param>
internal sealed record Thing(IReadOnlyList<string> Paths, IReadOnlyList<Fact> Facts);

internal sealed record Fact(Sensitivity Sensitivity, string? Application, string? Environment);

/// <summary>
/// All paths there are: containers, one of which is in another; types, one of which is a part of another and one of which has a verb that is another one as well; and names of some letters and
/// separators, longer than any prefix says.
/// </summary>
internal static class SmallWorld
{
    public static readonly string[] Containers = ["shop", "ops", "shop/a"];
    public static readonly string[] Types = ["sequence", "key", "key/s"];
    private static readonly string[] Names = [.. Words(3), .. Words(3).Select(word => "s/" + word)];
    private static readonly ConcurrentDictionary<ResourceSelector, string[]> Known = new();
    private static readonly ConditionalWeakTable<PolicySet, ConcurrentDictionary<(string Platform, ResourceSelector Resource), Thing[]>> Seen = [];

    /// <summary>Every single thing that a selector reaches.</summary>
    public static Thing[] Things(PolicySet set, string platform, ResourceSelector resource) => Seen.GetOrCreateValue(set).GetOrAdd(
        (platform, resource), _ => [.. Reach(resource).Select(path => ThingAt(set, platform, resource, path))]);

    // What is asked for by its name may be a container: it is what is in it as well, as far as the catalogue says something of that.
    private static Thing ThingAt(PolicySet set, string platform, ResourceSelector resource, string path)
    {
        var name = path[$"{resource.Container}/{resource.Type}/".Length..];
        var types = resource.Type.Split('/');
        string[] own = [.. types.Select((_, parts) => $"{resource.Container}/{string.Join('/', types[..^parts])}/{name}")];
        var inside = $"{resource.Container}/{name}/";
        string[] within = resource.Match == ResourceMatch.Exact ? [.. Types.Append("else").SelectMany(type => Names.Select(word => $"{inside}{type}/{word}"))] : [];
        var told = within.Where(one => set.Resources.Any(entry => entry.Prefix.StartsWith(inside, StringComparison.Ordinal)
            && (entry.Platform ?? platform) == platform && one.StartsWith(entry.Prefix, StringComparison.Ordinal)));
        return new([.. own, .. within], [.. own.Concat(told).Select(one => FactOf(set, platform, one)).Distinct()]);
    }

    public static string[] Reach(ResourceSelector resource) => Known.GetOrAdd(resource, unknown =>
        [.. Names.Where(name => IsNamed(unknown, name)).Select(name => $"{unknown.Container}/{unknown.Type}/{name}")]);

    /// <summary>Each by the longest entry that says it and is the beginning of the path; for the platform itself before one for all.</summary>
    private static Fact FactOf(PolicySet set, string platform, string path)
    {
        var entries = set.Resources
            .Where(entry => (entry.Platform ?? platform) == platform && path.StartsWith(entry.Prefix, StringComparison.Ordinal))
            .OrderByDescending(entry => entry.Prefix.Length).ThenBy(entry => entry.Platform is null)
            .Select(entry => (Entry: entry, Of: set.Applications.FirstOrDefault(one => one.Name == entry.Application))).ToArray();
        return new(
            entries.Select(one => one.Entry.Sensitivity ?? one.Of?.Sensitivity).FirstOrDefault(said => said is not null) ?? MostSensitive(set),
            entries.Select(one => one.Entry.Application).FirstOrDefault(said => said is not null),
            entries.Select(one => one.Entry.Environment ?? one.Of?.Environment).FirstOrDefault(said => said is not null));
    }

    /// <summary>Whether a beginning of the path names what it is: all of the type, or none of it.</summary>
    public static bool Begins(ResourceSelector resource, string path, string prefix) =>
        path.StartsWith(prefix, StringComparison.Ordinal)
        && (resource.Type.IndexOf('/') < 0 || $"{resource.Container}/".StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith($"{resource.Container}/{resource.Type}/", StringComparison.Ordinal));

    /// <summary>What is left of selectors within beginnings: the widest selectors that reach nothing else.</summary>
    public static IReadOnlyList<ResourceSelector> Only(IReadOnlyList<ResourceSelector> resources, IReadOnlyList<string> prefixes)
    {
        bool IsIn(ResourceSelector resource) => Reach(resource).All(path => prefixes.Any(prefix => Begins(resource, path, prefix)));
        if (resources.All(IsIn))
            return resources;
        var inside = resources.SelectMany(resource => Candidates(resource, prefixes)).Distinct().Where(IsIn).ToArray();
        // What has the path of a part of something may be another thing of that name.
        return [.. inside.Where(one => !inside.Any(other => other != one && other.Type == one.Type && Reach(one).All(Reach(other).Contains))).OrderBy(one => one.ToString(), StringComparer.Ordinal)];
    }

    private static IEnumerable<ResourceSelector> Candidates(ResourceSelector resource, IReadOnlyList<string> prefixes) => prefixes
        .SelectMany(prefix => Enumerable.Range(1, prefix.Length - 1).Where(at => prefix[at - 1] == '/').Select(at => prefix[at..]))
        .Select(end => resource with { Match = ResourceMatch.Prefix, Name = end })
        .Where(narrow => Reach(narrow) is { Length: > 0 } part && part.All(Reach(resource).Contains))
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
