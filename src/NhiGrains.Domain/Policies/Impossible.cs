using NhiGrains.Cel;

namespace NhiGrains.Domain.Policies;

/// <summary>Rules that no request can match, whatever it is.</summary>
internal static class Impossible
{
    private static readonly Dictionary<string, CelValue> NoAttributes = [];

    /// <summary>Null when a request may match it.</summary>
    public static string? Why(CompiledRule compiled, Catalogue catalogue)
    {
        var (rule, match) = (compiled.Rule, compiled.Match);
        return WhyByLifetime(rule) ?? WhyByResources(rule, catalogue)
            ?? (NamesNothing(match) ? "one of its lists is empty"
            : match.RiskAtLeast >= match.RiskBelow ? $"it wants a signal of {Spellings.Of(match.RiskAtLeast)} or above, and none of {Spellings.Of(match.RiskBelow)} or above"
            : match.EvidenceMissing?.All(missing => match.Evidence?.Any(had => Containment.Implies(had, missing)) == true) == true ? "it wants the same evidence to be there and to be missing"
            : compiled.Condition?.Evaluate(NoAttributes) is { IsOk: true, IsTrue: false } ? "its condition is always false"
            : null);
    }

    private static string? WhyByLifetime(PolicyRule rule) => rule.Match switch
    {
        { LifetimeAtMost: { } most, LifetimeOver: { } over } when most <= over => $"no lifetime is at most {most} and over {over}",
        { Standing: true, LifetimeAtMost: not null } => "standing access has no lifetime that is at most anything",
        { Standing: true } when rule is { Effect: PolicyEffect.Permit, MaxLifetime: not null } => "standing access has no end, and 'maxLifetime' wants one",
        { Standing: true } when rule.Effect == PolicyEffect.BreakGlass => "emergency access is never standing access",
        _ => null,
    };

    // What is not known strikes, so that only what permits needs a resource that is known.
    private static string? WhyByResources(PolicyRule rule, Catalogue catalogue)
    {
        var (match, covers) = (rule.Match, rule.Effect is PolicyEffect.Permit or PolicyEffect.BreakGlass);
        if (match.Sensitivities is { } classes && !catalogue.Sensitivities.Overlaps(classes))
            return $"the catalogue has no resource that is {string.Join(" or ", classes.Select(one => Spellings.Of(one)))}";
        if (covers && match.Applications is { } applications && !catalogue.Applications.Overlaps(applications))
            return $"the catalogue has no resource of {string.Join(" or ", applications)}";
        return covers && match.ResourceEnvironments is { } environments && !catalogue.Environments.Overlaps(environments)
            ? $"the catalogue has no resource in {string.Join(" or ", environments)}"
            : null;
    }

    private static bool NamesNothing(PolicyMatch match) =>
        match is { Kinds.Count: 0 } or { Environments.Count: 0 } or { Platforms.Count: 0 } or { Identities.Count: 0 } or { Teams.Count: 0 } or { EvidenceMissing.Count: 0 };
}
