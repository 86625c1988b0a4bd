using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

internal static class Matching
{
    /// <summary>A permit has to cover the whole entitlement; a deny strikes when it touches any part of it.</summary>
    public static bool Matches(PolicyRule rule, DecisionInput input, Entitlement entitlement)
    {
        var match = rule.Match;
        var deny = rule.Effect == PolicyEffect.Deny;
        return Holds(match.Kinds, input.Kind)
            && Holds(match.Environments, input.Environment)
            && (match.Tags?.All(tag => input.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value) ?? true)
            && Holds(match.Platforms, entitlement.Platform)
            && (match.Standing is null || match.Standing == input.Lifetime is null)
            // A longest lifetime cannot hold for access without an end, and there is no end to cut it to.
            && (deny || rule.MaxLifetime is null || input.Lifetime is not null)
            && (match.LifetimeAtMost is null || input.Lifetime <= match.LifetimeAtMost)
            && Touches(match.Verbs, entitlement, deny)
            && (match.ResourcePrefix is null || Resources(match.ResourcePrefix, entitlement.Resources, deny));
    }

    private static bool Holds<T>(IReadOnlyList<T>? list, T value) => list?.Contains(value) ?? true;

    // What a native action does is not known as a verb: it may be any, so a permit that names verbs never covers one, and a
    // deny that names verbs always strikes it.
    private static bool Touches(IReadOnlyList<Verb>? named, Entitlement asked, bool deny) =>
        named is null || (deny
            ? asked.NativeActions is { Count: > 0 } || asked.Verbs.Any(named.Contains)
            : asked.NativeActions is null && asked.Verbs.All(named.Contains));

    private static bool Resources(string prefix, IReadOnlyList<ResourceSelector> resources, bool deny) =>
        deny ? resources.Any(resource => Overlaps(prefix, resource)) : resources.All(resource => Covers(prefix, resource));

    private static bool Covers(string prefix, ResourceSelector resource) =>
        PathOf(resource).StartsWith(prefix, StringComparison.Ordinal);

    // A selector that is wider than the prefix reaches into it.
    private static bool Overlaps(string prefix, ResourceSelector resource) =>
        Covers(prefix, resource)
        || IsContainer(prefix, resource)
        || (resource.Match != ResourceMatch.Exact && prefix.StartsWith(PathOf(resource), StringComparison.Ordinal));

    // A bucket or a namespace is a resource of its own, and the container of what is in it: who may change it reaches into it.
    private static bool IsContainer(string prefix, ResourceSelector resource) =>
        resource is { Container.Length: 0, Name: { } name } && (resource.Match == ResourceMatch.Exact
            ? $"{name}/".StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith($"{name}/", StringComparison.Ordinal)
            : name.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(name, StringComparison.Ordinal));

    private static string PathOf(ResourceSelector resource) => $"{resource.Container}/{resource.Type}/{resource.Name}";
}
