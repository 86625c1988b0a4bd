using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What a rule strikes when it says more than one thing of a resource: a part of one resource that has all of them.</summary>
internal static class Parts
{
    /// <summary>Whether a rule says more than one thing of a resource.</summary>
    public static bool AreNamed(PolicyMatch match) =>
        new object?[] { match.ResourceTypes, match.ResourcePrefix, match.Sensitivities, match.Applications, match.ResourceEnvironments }.Count(one => one is not null) > 1;

    public static bool IsOne(PolicyMatch match, Question question) => question.Entitlement.Resources.Any(resource =>
        match.ResourceTypes?.Contains(resource.Type) != false
        && (match.ResourcePrefix is null || ResourcePaths.Overlaps(match.ResourcePrefix, resource))
        && question.FactsOf(PartOf(match, resource)).Any(fact => IsOf(match, fact)));

    // Of a wide selector the part that the rule names; of a container, whose part no selector can say, the whole.
    private static ResourceSelector PartOf(PolicyMatch match, ResourceSelector resource) =>
        match.ResourcePrefix is { } prefix ? ResourcePaths.Narrow(prefix, resource) ?? resource : resource;

    private static bool IsOf(PolicyMatch match, ResourceFact fact) =>
        match.Sensitivities?.Contains(fact.Sensitivity) != false
        && (match.Applications is null || Matching.Known(match.Applications, fact.Application, Fit.Touches))
        && (match.ResourceEnvironments is null || Matching.Known(match.ResourceEnvironments, fact.Environment, Fit.Touches));
}
