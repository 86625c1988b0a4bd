using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What a rule strikes when it says more than one thing of a resource: a part of one resource that has all of them.</summary>
internal static class Parts
{
    /// <summary>Whether a rule says more than one thing of a resource.</summary>
    public static bool AreNamed(PolicyMatch match) =>
        new object?[] { match.ResourceTypes, match.ResourcePrefix, match.Sensitivities, match.Applications, match.ResourceEnvironments }.Count(one => one is not null) > 1;

    public static bool IsOne(PolicyMatch match, Question question) => question.Entitlement.Resources.Any(resource =>
        (match.ResourceTypes is null || Matching.IsOf(match.ResourceTypes, resource))
        && (match.Verbs is null || Matching.IsAny(match.Verbs, question) || question.IsMore(match.Verbs, resource.Type))
        && PartsOf(match, resource).Any(part => question.FactsOf(part).Any(fact => IsOf(match, fact))));

    // Of a wide selector the part that the rule names, be it by what it is a part of; of a container, whose part no selector can say,
    // the whole.
    private static IEnumerable<ResourceSelector> PartsOf(PolicyMatch match, ResourceSelector resource)
    {
        if (match.ResourcePrefix is not { } prefix)
        {
            yield return resource;
            yield break;
        }

        for (var named = resource; named is not null; named = ResourcePaths.WholeOf(named))
        {
            if (ResourcePaths.Overlaps(prefix, named))
                yield return ResourcePaths.Narrow(prefix, named) is { } part ? part with { Type = resource.Type } : resource;
        }
    }

    private static bool IsOf(PolicyMatch match, ResourceFact fact) =>
        match.Sensitivities?.Contains(fact.Sensitivity) != false
        && (match.Applications is null || Matching.Known(match.Applications, fact.Application, Fit.Touches))
        && (match.ResourceEnvironments is null || Matching.Known(match.ResourceEnvironments, fact.Environment, Fit.Touches));
}
