using System.Text.Json;
using System.Text.Json.Nodes;

namespace NhiGrains.Domain.Policies;

public enum PolicyPartChange
{
    Added,
    Removed,
    Changed,
}

/// <summary>One rule, or another part of a set, that is not the same.</summary>
/// <param name="Name">Of the rule, or of the part as the canonical text calls it.</param>
/// <param name="Before">Its canonical text; null when it was not there.</param>
/// <param name="After">As before; null when it is not there any more.</param>
public sealed record PolicyPartDiff(string Name, PolicyPartChange Change, string? Before, string? After);

/// <summary>What is different between two sets: rules by their names, and everything else by the names of its parts.</summary>
public sealed record PolicyDiff(IReadOnlyList<PolicyPartDiff> Rules, IReadOnlyList<PolicyPartDiff> Parts)
{
    /// <summary>The part that is the order of the rules that both sets have: it changes explanations and no outcome.</summary>
    public const string RuleOrder = "ruleOrder";

    public static PolicyDiff Between(PolicySet before, PolicySet after)
    {
        var rules = Changes(RulesOf(before), RulesOf(after));
        var parts = Changes(PartsOf(before), PartsOf(after));
        var (was, now) = (OrderIn(before, after), OrderIn(after, before));
        return new(rules, was == now ? parts : [.. parts, new(RuleOrder, PolicyPartChange.Changed, was, now)]);
    }

    private static PolicyPartDiff[] Changes(Dictionary<string, string> before, Dictionary<string, string> after) =>
    [
        .. from name in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
           let was = before.GetValueOrDefault(name)
           let now = after.GetValueOrDefault(name)
           where was != now
           select new PolicyPartDiff(name, was is null ? PolicyPartChange.Added : now is null ? PolicyPartChange.Removed : PolicyPartChange.Changed, was, now),
    ];

    private static Dictionary<string, string> RulesOf(PolicySet set) =>
        set.Rules.DistinctBy(rule => rule.Name, StringComparer.Ordinal).ToDictionary(rule => rule.Name, Canonical.Text, StringComparer.Ordinal);

    // Whatever else a set consists of, so that nothing that changes is left unsaid.
    private static Dictionary<string, string> PartsOf(PolicySet set)
    {
        var all = JsonSerializer.SerializeToNode(set, Canonical.Json) as JsonObject ?? [];
        return all
            .Where(part => part.Key is not ("rules" or "version") && part.Value is not null)
            .ToDictionary(part => part.Key, part => part.Value?.ToJsonString(Canonical.Json) ?? "", StringComparer.Ordinal);
    }

    private static string OrderIn(PolicySet set, PolicySet other) =>
        string.Join(", ", set.Rules.Select(rule => rule.Name).Where(name => other.Rules.Any(rule => rule.Name == name)));
}
