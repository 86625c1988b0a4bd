namespace NhiGrains.Domain.Policies;

/// <summary>Something about a set that its author probably did not mean. The set works as it is written.</summary>
/// <param name="Rule">The rule that it is about.</param>
/// <param name="OtherRule">The rule that it collides with; null when it is about one rule alone.</param>
/// <param name="Message">One sentence, for people.</param>
public sealed record PolicyWarning(string Rule, string? OtherRule, string Message)
{
    public override string ToString() => OtherRule is null ? $"rule '{Rule}': {Message}" : $"rules '{Rule}' and '{OtherRule}': {Message}";
}

/// <summary>
/// Rules that contradict each other, or that can do nothing. It says so only of what is certain from the rules themselves: a rule that
/// is not warned of may still never match.
/// </summary>
public static class PolicyLint
{
    /// <summary>In the set's order.</summary>
    public static IReadOnlyList<PolicyWarning> Of(PolicySet set)
    {
        var policy = CompiledPolicy.Of(set);
        var denies = set.Rules.Where(rule => rule.Effect == PolicyEffect.Deny).ToArray();
        var same = Sameness.Of(set.Rules);
        return [.. policy.Rules.SelectMany(rule => About(rule, policy, denies, same))];
    }

    private static IEnumerable<PolicyWarning> About(CompiledRule compiled, CompiledPolicy policy, PolicyRule[] denies, ILookup<string, PolicyRule> same)
    {
        var (rule, set) = (compiled.Rule, policy.Set);
        if (Impossible.Why(compiled, policy.Catalogue) is { } why)
        {
            yield return new(rule.Name, null, $"No request can match '{rule.Name}': {why}.");
        }
        else
        {
            var deny = Array.Find(denies, deny => Containment.IsAlwaysDenied(rule, deny));
            if (deny is not null)
                yield return new(rule.Name, deny.Name, $"'{rule.Name}' can never permit anything: '{deny.Name}' denies whatever it matches.");
            if (rule.Effect == PolicyEffect.RequireApproval && Covering.IsAskedForNothing(rule, set.Rules))
                yield return new(rule.Name, null, $"'{rule.Name}' asks for the approval of nothing: it permits nothing by itself, and neither does another rule that it touches.");
            foreach (var other in same[Sameness.KeyOf(rule)].Where(other => other != rule && other != deny))
            {
                if (Sameness.Difference(rule, other) is { } difference)
                    yield return new(rule.Name, other.Name, difference);
            }
        }

        foreach (var warning in Covering.Nothing(rule, set).Select(message => new PolicyWarning(rule.Name, null, message)))
            yield return warning;
    }
}
