using k8s.Models;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>One rule of a role in canonical form: sorted, and for one resource unless it could not be taken apart.</summary>
internal sealed record Rule(
    IReadOnlyList<string>? ApiGroups,
    IReadOnlyList<string>? Resources,
    IReadOnlyList<string>? ResourceNames,
    IReadOnlyList<string>? NonResourceUrls,
    IReadOnlyList<string> Verbs);

/// <summary>
/// Rules in a form that is equal exactly when what they give is equal: taken apart into <see cref="Access"/>, freed of
/// what something wider gives already, and put together in one defined way.
/// </summary>
internal static class Rules
{
    /// <summary>Rules that multiply out to more are kept as they are: a hostile role must not cost memory without bound.</summary>
    private const int MaxAccesses = 5_000;

    public static IReadOnlyList<Rule> Of(IEnumerable<V1PolicyRule>? rules)
    {
        double spent = 0;
        var small = (rules ?? []).ToLookup(rule => (spent += Size(rule)) <= MaxAccesses);
        var accesses = small[true].SelectMany(AccessesOf).ToHashSet();
        var urls = small[true].SelectMany(rule => Products(rule.NonResourceURLs, rule.Verbs)).ToHashSet();
        return [.. Of(accesses), .. OfUrls(urls), .. Sorted(small[false].Select(AsItIs))];
    }

    public static IReadOnlyList<Rule> Of(IReadOnlySet<Access> accesses)
    {
        var needed = accesses.Where(access => !access.Wider().Any(accesses.Contains));
        var rules = needed
            .GroupBy(access => (access.Group, access.Resource))
            .SelectMany(resource => resource
                .GroupBy(access => access.Name)
                .Select(name => (Name: name.Key, Verbs: Ordered(name.Select(access => access.Verb))))
                .GroupBy(name => (Named: name.Name is not null, Verbs: string.Join(' ', name.Verbs)))
                .Select(same => new Rule([resource.Key.Group], [resource.Key.Resource],
                    same.Key.Named ? Ordered(same.Select(name => name.Name ?? "")) : null, null, same.First().Verbs)));
        return Sorted(rules);
    }

    /// <summary>Everything that the rules give, for evaluation.</summary>
    public static IEnumerable<Access> AccessesOf(V1PolicyRule rule) =>
        from verb in rule.Verbs ?? []
        from grp in rule.ApiGroups ?? []
        from resource in rule.Resources ?? []
        from name in rule.ResourceNames is { Count: > 0 } names ? names : [null]
        select new Access(grp, resource, verb, name);

    public static V1PolicyRule ToNative(Rule rule) => new()
    {
        ApiGroups = rule.ApiGroups?.ToList(),
        Resources = rule.Resources?.ToList(),
        ResourceNames = rule.ResourceNames?.ToList(),
        NonResourceURLs = rule.NonResourceUrls?.ToList(),
        Verbs = [.. rule.Verbs],
    };

    private static Rule[] OfUrls(HashSet<(string Url, string Verb)> urls) => Sorted(urls
        .Where(url => url.Verb == "*" || !urls.Contains((url.Url, "*")))
        .GroupBy(url => url.Url)
        .Select(same => new Rule(null, null, null, [same.Key], Ordered(same.Select(url => url.Verb)))));

    private static IEnumerable<(string Url, string Verb)> Products(IList<string>? urls, IList<string>? verbs) =>
        from url in urls ?? []
        from verb in verbs ?? []
        select (url, verb);

    private static Rule AsItIs(V1PolicyRule rule) => new(
        Ordered(rule.ApiGroups), Ordered(rule.Resources), Ordered(rule.ResourceNames), Ordered(rule.NonResourceURLs), Ordered(rule.Verbs));

    private static double Size(V1PolicyRule rule) =>
        (double)(rule.Verbs?.Count ?? 0)
        * Math.Max(rule.NonResourceURLs?.Count ?? 0, (double)(rule.ApiGroups?.Count ?? 0) * (rule.Resources?.Count ?? 0) * Math.Max(1, rule.ResourceNames?.Count ?? 1));

    private static string[] Ordered(IEnumerable<string>? texts) =>
        [.. (texts ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static Rule[] Sorted(IEnumerable<Rule> rules) => [.. rules.OrderBy(Bodies.Text, StringComparer.Ordinal)];
}
