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
            && (match.LifetimeAtMost is null || input.Lifetime <= match.LifetimeAtMost)
            && Touches(match.Verbs, entitlement.Verbs, deny, match.Verbs is not null && entitlement.NativeActions is not null)
            && (match.ResourcePrefix is null || Resources(match.ResourcePrefix, entitlement.Resources, deny));
    }

    private static bool Holds<T>(IReadOnlyList<T>? list, T value) => list?.Contains(value) ?? true;

    // A native action is outside the verbs: a rule that names verbs never permits one, and does not know that it denies one.
    private static bool Touches(IReadOnlyList<Verb>? named, IReadOnlyList<Verb> asked, bool deny, bool native) =>
        named is null || (deny ? asked.Any(named.Contains) : !native && asked.All(named.Contains));

    private static bool Resources(string prefix, IReadOnlyList<ResourceSelector> resources, bool deny) =>
        deny ? resources.Any(resource => Overlaps(prefix, resource)) : resources.All(resource => Covers(prefix, resource));

    private static bool Covers(string prefix, ResourceSelector resource) =>
        PathOf(resource).StartsWith(prefix, StringComparison.Ordinal);

    // A selector that is wider than the prefix reaches into it.
    private static bool Overlaps(string prefix, ResourceSelector resource) =>
        Covers(prefix, resource)
        || (resource.Match != ResourceMatch.Exact && prefix.StartsWith(PathOf(resource), StringComparison.Ordinal));

    private static string PathOf(ResourceSelector resource) => $"{resource.Container}/{resource.Type}/{resource.Name}";
}
