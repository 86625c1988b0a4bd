using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>Whether a rule covers an entitlement, or touches it: for each single thing that it reaches.</summary>
internal static class OracleMatch
{
    public static bool Covers(PolicySet set, PolicyRule rule, DecisionInput input, Entitlement entitlement)
    {
        var match = rule.Match;
        return OfInput(match, input, unknown: false)
            && (rule.MaxLifetime is null || input.Lifetime is not null)
            && OneOf(match.Platforms, entitlement.Platform)
            && (match.Verbs is null || (entitlement.NativeActions is null && entitlement.Verbs.All(verb => AreNamed(match.Verbs, verb, entitlement.Resources))))
            && entitlement.Resources.All(resource => SmallWorld.Reach(resource).All(path => OfPath(match, resource, path)))
            && Facts(set, entitlement).All(fact => OneOf(match.Sensitivities, fact.Sensitivity)
                && (match.Applications is null || (fact.Application is not null && match.Applications.Contains(fact.Application)))
                && (match.ResourceEnvironments is null || (fact.Environment is not null && match.ResourceEnvironments.Contains(fact.Environment))))
            && OfCondition(match.Condition, input, Facts(set, entitlement)) == true;
    }

    public static bool Touches(PolicySet set, PolicyRule rule, DecisionInput input, Entitlement entitlement)
    {
        var match = rule.Match;
        return OfInput(match, input, unknown: true)
            && OneOf(match.Platforms, entitlement.Platform)
            && entitlement.Resources.Any(resource => (match.Verbs is null || entitlement.NativeActions is not null || entitlement.Verbs.Any(verb => match.Verbs.Any(named => AreOne(resource, verb, named))))
                && SmallWorld.Things(set, entitlement.Platform, resource).Any(thing =>
                resource.Type.Split('/') is var types && types.Select((_, parts) => string.Join('/', types[..^parts])).Any(type => OneOf(match.ResourceTypes, type))
                && (match.ResourcePrefix is null || thing.Paths.Any(path => path.StartsWith(match.ResourcePrefix, StringComparison.Ordinal)))
                && thing.Facts.Any(fact => OneOf(match.Sensitivities, fact.Sensitivity)
                    && (match.Applications is null || fact.Application is null || match.Applications.Contains(fact.Application))
                    && (match.ResourceEnvironments is null || fact.Environment is null || match.ResourceEnvironments.Contains(fact.Environment)))))
            && OfCondition(match.Condition, input, Facts(set, entitlement)) != false;
    }

    /// <summary>Whether all that a verb is of the resources is named.</summary>
    public static bool AreNamed(IReadOnlyList<Verb> named, Verb verb, IReadOnlyList<ResourceSelector> resources) =>
        named.Contains(verb) && resources.All(resource => VerbsOf(resource, verb).All(named.Contains));

    private static bool AreOne(ResourceSelector resource, Verb one, Verb other) => VerbsOf(resource, one).Contains(other) || VerbsOf(resource, other).Contains(one);

    private static Verb[] VerbsOf(ResourceSelector resource, Verb verb) => (resource.Type, verb) is ("sequence", Verb.Invoke) ? [Verb.Invoke, Verb.Write] : [verb];

    private static IEnumerable<Fact> Facts(PolicySet set, Entitlement entitlement) =>
        entitlement.Resources.SelectMany(resource => SmallWorld.Things(set, entitlement.Platform, resource)).SelectMany(thing => thing.Facts);

    private static bool OfPath(PolicyMatch match, ResourceSelector resource, string path) =>
        OneOf(match.ResourceTypes, resource.Type) && (match.ResourcePrefix is null || SmallWorld.Begins(resource, path, match.ResourcePrefix));

    private static bool OfInput(PolicyMatch match, DecisionInput input, bool unknown)
    {
        if (!OneOf(match.Kinds, input.Kind) || !OneOf(match.Environments, input.Environment) || !OneOf(match.Identities, input.IdentityId) || !OneOf(match.Teams, input.Owner.Team))
            return false;
        if (match.Standing is { } standing && standing != input.Lifetime is null)
            return false;
        if (match.LifetimeAtMost is { } atMost && (input.Lifetime is null || input.Lifetime > atMost))
            return false;
        if (match.LifetimeOver is { } over && input.Lifetime is { } asked && asked <= over)
            return false;
        if ((match.Requesters ?? match.RequesterGroups) is not null
            && !(match.Requesters ?? []).Contains(input.Requester) && !(match.RequesterGroups ?? []).Intersect(input.RequesterGroups, StringComparer.Ordinal).Any())
            return false;
        foreach (var (key, value) in match.Tags ?? new Dictionary<string, string>())
        {
            if (!input.Tags.Contains(new(key, value)))
                return false;
        }

        return OfEvidence(match, input) && OfRisk(match, input) && OfHour(match.During, input.At, unknown);
    }

    private static bool OfEvidence(PolicyMatch match, DecisionInput input)
    {
        bool Brought(EvidenceMatch wanted) => input.Evidence.Any(one => one.Kind == wanted.Kind && OneOf(wanted.Trusts, one.Trust)
            && (wanted.Subject ?? one.Subject) == one.Subject && (wanted.Claims ?? new Dictionary<string, string>()).All(claim => one.Claims.Contains(claim)));
        return (match.Evidence ?? []).All(Brought) && (match.EvidenceMissing is null || match.EvidenceMissing.Any(wanted => !Brought(wanted)));
    }

    private static bool OfRisk(PolicyMatch match, DecisionInput input)
    {
        var alive = input.Risks.Where(risk => OneOf(match.RiskTypes, risk.Type)).Select(risk => (int)risk.Severity).DefaultIfEmpty(-1).Max();
        return (match.RiskAtLeast is null || alive >= (int)match.RiskAtLeast) && (match.RiskBelow is null || alive < (int)match.RiskBelow);
    }

    // Windows of the generated rules are of one day and in UTC, or in a time zone that nobody knows.
    private static bool OfHour(DailyWindow? window, DateTimeOffset at, bool unknown) => window is null
        || (window.Zone == "UTC" ? OneOf(window.Days, at.UtcDateTime.DayOfWeek) && window.From.Hour <= at.UtcDateTime.Hour && at.UtcDateTime.Hour < window.To.Hour : unknown);

    /// <summary>The conditions that <see cref="SomePolicies"/> writes; null for a failure.</summary>
    private static bool? OfCondition(string? condition, DecisionInput input, IEnumerable<Fact> facts) => condition switch
    {
        null => true,
        SomePolicies.IsBot => input.Kind == Identities.IdentityKind.Bot,
        SomePolicies.IsShort => input.Lifetime is null ? null : input.Lifetime <= TimeSpan.FromHours(1),
        SomePolicies.HasTier => input.Tags.TryGetValue("tier", out var tier) ? tier == "gold" : null,
        SomePolicies.AllStaging => facts.Any(fact => fact.Environment is not null and not "staging") ? false : facts.All(fact => fact.Environment is not null) ? true : null,
        SomePolicies.AnyOfPay => facts.Any(fact => fact.Application == "pay") ? true : facts.All(fact => fact.Application is not null) ? false : null,
        SomePolicies.AnyConfidential => facts.Any(fact => fact.Sensitivity == Sensitivity.Confidential),
        _ => throw new InvalidOperationException($"No meaning is written down for {condition}."),
    };

    private static bool OneOf<T>(IReadOnlyList<T>? named, T value) => named is null || named.Contains(value);
}
