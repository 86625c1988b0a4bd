using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What is left of an entitlement by the limits of all that take part.</summary>
internal static class Cuts
{
    // Native actions are outside the verbs, so a permit of only some verbs permits none of them.
    public static Entitlement Apply(Entitlement asked, IReadOnlyList<CompiledRule> limiting)
    {
        var narrowed = limiting.Select(rule => rule.Rule.OnlyResources).OfType<IReadOnlyList<string>>().Aggregate(asked.Resources, Narrow);
        return asked with
        {
            Verbs = [.. asked.Verbs.Where(verb => limiting.All(rule => rule.Rule.OnlyVerbs?.Contains(verb) ?? true))],
            NativeActions = limiting.All(rule => rule.Rule.OnlyVerbs is null) ? asked.NativeActions : null,
            Resources = narrowed,
        };
    }

    public static bool IsNothing(Entitlement entitlement) => Actions(entitlement) == 0 || entitlement.Resources.Count == 0;

    public static bool IsLess(Entitlement granted, Entitlement asked) =>
        !Coverage.IsWithin(asked, granted);

    private static int Actions(Entitlement entitlement) => entitlement.Verbs.Count + (entitlement.NativeActions?.Count ?? 0);

    private static IReadOnlyList<ResourceSelector> Narrow(IReadOnlyList<ResourceSelector> resources, IReadOnlyList<string> prefixes)
    {
        if (resources.All(resource => prefixes.Any(prefix => ResourcePaths.Covers(prefix, resource))))
            return resources;
        var parts = resources
            .SelectMany(resource => prefixes.Select(prefix => ResourcePaths.Narrow(prefix, resource)).OfType<ResourceSelector>())
            .Distinct().ToArray();
        return
        [
            .. parts.Where(part => !parts.Any(other => other != part && Coverage.IsWithin(part, other)))
                .OrderBy(part => part.ToString(), StringComparer.Ordinal),
        ];
    }
}
