using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What is left of an entitlement by the limits of all that take part.</summary>
internal static class Cuts
{
    // Native actions are outside the verbs, so a permit of only some verbs permits none of them.
    public static Entitlement Apply(Question question, IReadOnlyList<CompiledRule> limiting)
    {
        var asked = question.Entitlement;
        var narrowed = limiting.Select(rule => rule.Rule.OnlyResources).OfType<IReadOnlyList<string>>()
            .Aggregate(asked.Resources, (resources, prefixes) => Narrow(question, resources, prefixes));
        var types = question.TypesOfMoreIn(narrowed);
        return asked with
        {
            Verbs = [.. asked.Verbs.Where(verb => limiting.All(rule => rule.Rule.OnlyVerbs is not { } only || VerbsInVerbs.Cover(only, types, verb)))],
            NativeActions = limiting.All(rule => rule.Rule.OnlyVerbs is null) ? asked.NativeActions : null,
            Resources = narrowed,
        };
    }

    public static bool IsNothing(Entitlement entitlement) => Actions(entitlement) == 0 || entitlement.Resources.Count == 0;

    public static bool IsLess(Entitlement granted, Entitlement asked) =>
        !Coverage.IsWithin(asked, granted);

    private static int Actions(Entitlement entitlement) => entitlement.Verbs.Count + (entitlement.NativeActions?.Count ?? 0);

    private static IReadOnlyList<ResourceSelector> Narrow(Question question, IReadOnlyList<ResourceSelector> resources, IReadOnlyList<string> prefixes)
    {
        if (resources.All(resource => prefixes.Any(prefix => question.IsCovered(prefix, resource))))
            return resources;
        var parts = resources
            .SelectMany(resource => prefixes.Select(prefix => Part(question, prefix, resource)).OfType<ResourceSelector>())
            .Distinct().ToArray();
        return
        [
            .. parts.Where(part => !parts.Any(other => other != part && Coverage.IsWithin(part, other)))
                .OrderBy(part => part.ToString(), StringComparer.Ordinal),
        ];
    }

    // What begins so without being named is a part of something that is.
    private static ResourceSelector? Part(Question question, string prefix, ResourceSelector resource) =>
        ResourcePaths.Covers(prefix, resource) && !question.IsCovered(prefix, resource) ? null : ResourcePaths.Narrow(prefix, resource);
}
