using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What rules name that comes to nothing.</summary>
internal static class Covering
{
    public static IEnumerable<string> Nothing(PolicyRule rule, PolicySet set)
    {
        foreach (var name in (rule.Match.Applications ?? []).Where(name => !set.Applications.Any(one => one.Name == name) && !set.Resources.Any(entry => entry.Application == name)))
            yield return $"'{rule.Name}' names the application '{name}', which the catalogue does not have.";
        if (rule is { Effect: PolicyEffect.Permit or PolicyEffect.BreakGlass, Match.Verbs: { } verbs, OnlyVerbs: { } only } && !verbs.Intersect(only).Any())
            yield return $"'{rule.Name}' permits nothing: 'onlyVerbs' cuts each of the verbs that it matches.";
        var early = (rule.Meanwhile?.OnlyVerbs ?? []).Where(verb => !MayBeGiven(verb, rule, set.Rules)).ToArray();
        if (early.Length > 0)
            yield return $"'{rule.Name}' gives {string.Join(", ", early.Select(verb => Spellings.Of(verb)))} until people have answered, which nothing permits even when they agree.";
    }

    /// <summary>Whether an approval permits nothing by itself, and touches nothing that another rule permits.</summary>
    public static bool IsAskedForNothing(PolicyRule rule, IReadOnlyList<PolicyRule> rules) =>
        rule is { Match.Standing: true, MaxLifetime: not null }
        && !rules.Any(other => other != rule && other.Effect is PolicyEffect.Permit or PolicyEffect.RequireApproval
            && other.MaxLifetime is null && MayMeet(rule.Match, other.Match));

    // What the rule cuts, no other rule gives back; what it only does not match, another may permit beside it.
    private static bool MayBeGiven(Verb verb, PolicyRule rule, IReadOnlyList<PolicyRule> rules) =>
        Keeps(rule, verb) && (Names(rule, verb)
            || rules.Any(other => other.Effect is PolicyEffect.Permit or PolicyEffect.RequireApproval && Keeps(other, verb) && Names(other, verb)));

    private static bool Keeps(PolicyRule rule, Verb verb) => rule.OnlyVerbs?.Contains(verb) != false;

    private static bool Names(PolicyRule rule, Verb verb) => rule.Match.Verbs?.Contains(verb) != false;

    // An input has one of each of these.
    private static bool MayMeet(PolicyMatch one, PolicyMatch other) =>
        HaveOne(one.Kinds, other.Kinds) && HaveOne(one.Environments, other.Environments) && HaveOne(one.Platforms, other.Platforms)
        && HaveOne(one.Identities, other.Identities) && HaveOne(one.Teams, other.Teams) && other.Standing != false && other.LifetimeAtMost is null;

    private static bool HaveOne<T>(IReadOnlyList<T>? one, IReadOnlyList<T>? other) => one is null || other is null || one.Intersect(other).Any();
}
