using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Domain.Policies;

/// <summary>What would have had to differ: for people who were told no, or less than they asked for.</summary>
internal static class FindingsOf
{
    /// <summary>For each entitlement; the nearest rules are what helps, and decisions are stored.</summary>
    private const int Most = 3;

    private const int LongestText = 200;

    /// <summary>Rules that stand in the way, with what they look at.</summary>
    public static RuleFinding[] Matched(IReadOnlyList<CompiledRule> rules, Question question) => [.. rules.Take(Most).Select(rule => Of(rule, question, rule.Stated, matched: true))];

    /// <summary>The rules that made it less.</summary>
    public static RuleFinding[] Limits(RulesFor rules, Question question, Entitlement granted) =>
    [
        .. rules.Limiting
            .Where(rule => rules.Approving.Contains(rule) || rule.Rule.MaxLifetime < question.Input.Lifetime
                || (Cuts.IsLess(granted, question.Entitlement) && (rule.Rule.OnlyVerbs is not null || rule.Rule.OnlyResources is not null)))
            .Take(Most)
            .Select(rule => Of(rule, question, rule.Stated, matched: true)),
    ];

    /// <summary>The rules that would permit it if the fewest things were different.</summary>
    public static RuleFinding[] NearMisses(CompiledPolicy policy, Question question)
    {
        var nearest = new List<(CompiledRule Rule, int Missing)>(Most + 1);
        foreach (var rule in policy.Rules.Where(rule => IsOfInterest(rule.Rule.Effect, question.Input.BreakGlass)))
        {
            // A rule is looked at only as long as it can still be among the nearest: of equals the first of the set are.
            var furthest = nearest.Count < Most ? int.MaxValue : nearest[^1].Missing;
            if (furthest == 1)
                break;
            var missing = Matching.CountDifferences(rule, question, Fit.Covers, furthest);
            if (missing == 0 || missing >= furthest)
                continue;
            nearest.Insert(nearest.FindLastIndex(near => near.Missing <= missing) + 1, (rule, missing));
            if (nearest.Count > Most)
                nearest.RemoveAt(Most);
        }

        return [.. nearest.Select(near => Of(near.Rule, question, Matching.Differences(near.Rule, question, Fit.Covers), matched: false))];
    }

    private static bool IsOfInterest(PolicyEffect effect, bool breakGlass) =>
        breakGlass ? effect == PolicyEffect.BreakGlass : effect is PolicyEffect.Permit or PolicyEffect.RequireApproval;

    private static RuleFinding Of(CompiledRule rule, Question question, IEnumerable<Check> checks, bool matched) => new(
        rule.Rule.Name, rule.Rule.Effect, matched, question.Entitlement.Platform, [.. checks.Select(check => TextOf(check, rule, question))]);

    private static string TextOf(Check check, CompiledRule rule, Question question)
    {
        var text = $"{check.Key}: {Bounded(check.Named(rule) ?? "")}";
        var why = question.Input.Reading == PolicyReading.First ? null : check.Key switch
        {
            Matching.ConditionKey => ConditionFailures.Why(rule, question),
            Matching.VerbsKey => WhyOtherVerbs(rule, question),
            _ => null,
        };
        return why is null ? text : $"{text} ({why})";
    }

    // Where the names of the verbs alone do not tell.
    private static string? WhyOtherVerbs(CompiledRule rule, Question question)
    {
        var (named, verbs) = (rule.Match.Verbs ?? [], question.Entitlement.Verbs);
        string[] told = verbs.All(named.Contains) || !verbs.Any(named.Contains) ? [.. VerbsInVerbs.Told(question.TypesOfMore, verbs)] : [];
        return told.Length == 0 ? null : string.Join(", ", told);
    }

    internal static string Bounded(string text) => text.Length <= LongestText ? text : $"{text.AsSpan(0, LongestText)}...";
}
