using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What is left of an entitlement by all that permit it.</summary>
internal static class Cuts
{
    // Native actions are outside the verbs, so a permit of only some verbs permits none of them.
    public static Entitlement Apply(Entitlement asked, IReadOnlyList<CompiledRule> permitting)
    {
        var narrowed = permitting.Select(rule => rule.Rule.OnlyResources).OfType<IReadOnlyList<string>>().Aggregate(asked.Resources, Narrow);
        return asked with
        {
            Verbs = [.. asked.Verbs.Where(verb => permitting.All(rule => rule.Rule.OnlyVerbs?.Contains(verb) ?? true))],
            NativeActions = permitting.All(rule => rule.Rule.OnlyVerbs is null) ? asked.NativeActions : null,
            Resources = narrowed,
        };
    }

    public static bool IsNothing(Entitlement entitlement) => Actions(entitlement) == 0 || entitlement.Resources.Count == 0;

    public static bool IsLess(Entitlement granted, Entitlement asked) =>
        Actions(granted) < Actions(asked) || !granted.Resources.SequenceEqual(asked.Resources);

    private static int Actions(Entitlement entitlement) => entitlement.Verbs.Count + (entitlement.NativeActions?.Count ?? 0);

    private static IReadOnlyList<ResourceSelector> Narrow(IReadOnlyList<ResourceSelector> resources, IReadOnlyList<string> prefixes) =>
    [
        .. resources
            .SelectMany(resource => prefixes.Select(prefix => ResourcePaths.Narrow(prefix, resource)).OfType<ResourceSelector>())
            .Distinct()
            .OrderBy(resource => resource.ToString(), StringComparer.Ordinal),
    ];
}
