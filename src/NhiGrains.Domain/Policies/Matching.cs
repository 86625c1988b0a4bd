using NhiGrains.Cel;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Domain.Policies;

/// <summary>
/// How a rule is held against an entitlement. What permits has to cover the whole of it; what forbids strikes when it touches any part
/// of it, and when it cannot be told (a condition that fails, a resource that the catalogue does not know).
/// </summary>
internal enum Fit
{
    Covers,
    Touches,
}

/// <summary>One thing that a rule looks at.</summary>
/// <param name="Key">As policy files call it.</param>
/// <param name="Named">What the rule says of it, for people; null when it says nothing, and then it holds.</param>
/// <param name="Holds">Asked only when the rule says something.</param>
internal sealed record Check(string Key, Func<CompiledRule, string?> Named, Func<CompiledRule, Question, Fit, bool> Holds);

internal static class Matching
{
    public const string ConditionKey = "condition";
    public const string VerbsKey = "verbs";

    /// <summary>The dearest last.</summary>
    public static IReadOnlyList<Check> Checks { get; } =
    [
        Check("kinds", match => match.Kinds, (kinds, question, _) => kinds.Contains(question.Input.Kind)),
        Check("environments", match => match.Environments, (environments, question, _) => environments.Contains(question.Input.Environment)),
        Check("platforms", match => match.Platforms, (platforms, question, _) => platforms.Contains(question.Entitlement.Platform)),
        Check("standing", match => match.Standing?.ToString(), (rule, question, _) => rule.Match.Standing == question.Input.Lifetime is null),
        // A longest lifetime cannot hold for access without an end, and there is no end to cut it to.
        Check("maxLifetime", rule => rule.Rule.MaxLifetime?.ToString(), (_, question, fit) => fit == Fit.Touches || question.Input.Lifetime is not null),
        Check("lifetimeAtMost", match => match.LifetimeAtMost?.ToString(), (rule, question, _) => question.Input.Lifetime <= rule.Match.LifetimeAtMost),
        Check("lifetimeOver", match => match.LifetimeOver?.ToString(), (rule, question, _) => !(question.Input.Lifetime <= rule.Match.LifetimeOver)),
        Check("identities", match => match.Identities, (identities, question, _) => identities.Contains(question.Input.IdentityId)),
        Check("teams", match => match.Teams, (teams, question, _) => teams.Contains(question.Input.Owner.Team)),
        Check("requesters", rule => Requesters(rule.Match), IsRequester),
        Check("tags", match => TextOf(match.Tags), HasTags),
        Check(VerbsKey, match => match.Verbs, Verbs),
        Check("resourceTypes", match => match.ResourceTypes, (types, question, fit) => Resources(question, fit, resource => fit == Fit.Touches ? IsOf(types, resource) : types.Contains(resource.Type))),
        Check("resourcePrefix", match => match.ResourcePrefix, Prefix),
        Check("sensitivities", match => match.Sensitivities, (classes, question, fit) => Facts(question, fit, fact => classes.Contains(fact.Sensitivity))),
        Check("applications", match => match.Applications, (names, question, fit) => Facts(question, fit, fact => Known(names, fact.Application, fit))),
        Check("resourceEnvironments", match => match.ResourceEnvironments, (names, question, fit) => Facts(question, fit, fact => Known(names, fact.Environment, fit))),
        Check("evidence", match => match.Evidence, (wanted, question, _) => wanted.All(one => IsMet(one, question))),
        Check("evidenceMissing", match => match.EvidenceMissing, (wanted, question, _) => !wanted.All(one => IsMet(one, question))),
        Check("riskAtLeast", match => match.RiskAtLeast?.ToString(), (rule, question, _) => IsAtRisk(rule.Match, question, rule.Match.RiskAtLeast)),
        Check("riskBelow", match => match.RiskBelow?.ToString(), (rule, question, _) => !IsAtRisk(rule.Match, question, rule.Match.RiskBelow)),
        Check("during", match => match.During?.ToString(), (rule, question, fit) => rule.Match.During?.Holds(question.Input.At) ?? fit == Fit.Touches),
        Check(ConditionKey, match => match.Condition, Condition),
    ];

    public static bool Matches(CompiledRule rule, Question question, Fit fit)
    {
        foreach (var check in rule.Stated)
        {
            if (!check.Holds(rule, question, fit))
                return false;
        }

        return fit == Fit.Covers || !(rule.NamesPart || IsByAnotherVerb(rule.Match, question)) || Parts.IsOne(rule.Match, question);
    }

    /// <summary>What would have to differ for the rule to match; empty when it matches.</summary>
    public static IEnumerable<Check> Differences(CompiledRule rule, Question question, Fit fit) =>
        rule.Stated.Where(check => !check.Holds(rule, question, fit));

    /// <summary>How many things would have to differ, counted no further than <paramref name="most"/>.</summary>
    public static int CountDifferences(CompiledRule rule, Question question, Fit fit, int most)
    {
        var count = 0;
        foreach (var check in rule.Stated)
        {
            if (!check.Holds(rule, question, fit) && ++count >= most)
                break;
        }

        return count;
    }

    private static bool Resources(Question question, Fit fit, Func<ResourceSelector, bool> holds) =>
        fit == Fit.Touches ? question.Entitlement.Resources.Any(holds) : question.Entitlement.Resources.All(holds);

    private static bool Facts(Question question, Fit fit, Func<ResourceFact, bool> holds) =>
        fit == Fit.Touches ? question.Facts.Any(holds) : question.Facts.All(holds);

    /// <summary>Whether a resource, or what it is a part of, is of one of the types.</summary>
    internal static bool IsOf(IReadOnlyList<string> types, ResourceSelector resource) =>
        types.Contains(resource.Type) || (ResourcePaths.WholeOf(resource) is { } whole && IsOf(types, whole));

    internal static bool Known(IReadOnlyList<string> names, string? value, Fit fit) => value is null ? fit == Fit.Touches : names.Contains(value);

    private static bool IsMet(EvidenceMatch wanted, Question question) => question.Input.Evidence.Any(wanted.IsMetBy);

    private static bool IsAtRisk(PolicyMatch match, Question question, RiskSeverity? from) =>
        question.Input.Risks.Any(risk => risk.Severity >= from && match.RiskTypes?.Contains(risk.Type) != false);

    private static bool IsRequester(CompiledRule rule, Question question, Fit fit) =>
        rule.Match.Requesters?.Contains(question.Input.Requester) == true
        || rule.Match.RequesterGroups?.Any(question.Input.RequesterGroups.Contains) == true;

    private static bool HasTags(CompiledRule rule, Question question, Fit fit) =>
        rule.Match.Tags?.All(tag => question.Input.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value) != false;

    // What a native action does is not known as a verb: it may be any, so a permit that names verbs never covers one, and a
    // deny that names verbs always strikes it.
    private static bool Verbs(IReadOnlyList<Verb> named, Question question, Fit fit) => fit == Fit.Touches
        ? IsAny(named, question) || Array.Exists(question.TypesOfMore, type => question.IsMore(named, type))
        : question.Entitlement.NativeActions is not { Count: > 0 } && question.Entitlement.Verbs.All(verb => VerbsInVerbs.Cover(named, question.TypesOfMore, verb));

    /// <summary>Whether it is so of every resource.</summary>
    internal static bool IsAny(IReadOnlyList<Verb> named, Question question) =>
        question.Entitlement.NativeActions is { Count: > 0 } || question.Entitlement.Verbs.Any(named.Contains);

    // What a verb is beside itself depends on the resource, so that it has to be the one that the rule is about.
    private static bool IsByAnotherVerb(PolicyMatch match, Question question) => match.Verbs is { } named && !IsAny(named, question);

    private static bool Prefix(CompiledRule rule, Question question, Fit fit)
    {
        var prefix = rule.Match.ResourcePrefix ?? "";
        return Resources(question, fit, resource => fit == Fit.Touches ? ResourcePaths.Touches(prefix, resource) : question.IsCovered(prefix, resource));
    }

    private static bool Condition(CompiledRule rule, Question question, Fit fit)
    {
        var result = Evaluate(rule, question);
        return result.IsOk ? result.IsTrue : fit == Fit.Touches;
    }

    internal static CelResult Evaluate(CompiledRule rule, Question question) =>
        rule.Condition?.Evaluate(question.Attributes) ?? new(default, new(CelErrorKind.InvalidArgument, "It does not compile."), 0);

    private static Check Check(string key, Func<CompiledRule, string?> named, Func<CompiledRule, Question, Fit, bool> holds) => new(key, named, holds);

    private static Check Check(string key, Func<PolicyMatch, string?> named, Func<CompiledRule, Question, Fit, bool> holds) =>
        new(key, rule => named(rule.Match), holds);

    private static Check Check<T>(string key, Func<PolicyMatch, IReadOnlyList<T>?> named, Func<IReadOnlyList<T>, Question, Fit, bool> holds) => new(
        key,
        rule => named(rule.Match) is { } values ? string.Join(", ", values.Select(value => value is Enum word ? Spellings.Of(word) : value?.ToString())) : null,
        (rule, question, fit) => named(rule.Match) is not { } values || holds(values, question, fit));

    private static string? Requesters(PolicyMatch match) => match is { Requesters: null, RequesterGroups: null } ? null
        : string.Join(", ", (match.Requesters ?? []).Concat((match.RequesterGroups ?? []).Select(group => $"members of {group}")));

    private static string? TextOf(IReadOnlyDictionary<string, string>? tags) => tags is null ? null
        : string.Join(", ", tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));
}
