namespace NhiGrains.Domain.Policies;

/// <summary>Rules that match the same and say something different of it.</summary>
internal static class Sameness
{
    public static ILookup<string, PolicyRule> Of(IReadOnlyList<PolicyRule> rules) => rules.ToLookup(KeyOf, StringComparer.Ordinal);

    /// <summary>Equal for matches that differ in nothing but the order of what they name.</summary>
    public static string KeyOf(PolicyRule rule)
    {
        var match = rule.Match;
        return Canonical.Text(match with
        {
            Kinds = Sorted(match.Kinds),
            Environments = Sorted(match.Environments),
            Tags = match.Tags?.OrderBy(tag => tag.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
            Verbs = Sorted(match.Verbs),
            Platforms = Sorted(match.Platforms),
            Identities = Sorted(match.Identities),
            Teams = Sorted(match.Teams),
            Requesters = Sorted(match.Requesters),
            RequesterGroups = Sorted(match.RequesterGroups),
            ResourceTypes = Sorted(match.ResourceTypes),
            Sensitivities = Sorted(match.Sensitivities),
            Applications = Sorted(match.Applications),
            ResourceEnvironments = Sorted(match.ResourceEnvironments),
            RiskTypes = Sorted(match.RiskTypes),
        });
    }

    /// <summary>Told of each two once; null when there is nothing to tell.</summary>
    public static string? Difference(PolicyRule rule, PolicyRule other)
    {
        // Emergency access is asked for as such, so that rules for it share no request with those that are not.
        if ((rule.Effect == PolicyEffect.BreakGlass) != (other.Effect == PolicyEffect.BreakGlass) && rule.Effect != PolicyEffect.Deny && other.Effect != PolicyEffect.Deny)
            return null;
        if (rule.Effect != other.Effect)
            return rule.Effect < other.Effect && !StandsAside(rule, other) && !StandsAside(other, rule) ? $"'{rule.Name}' ({Spellings.Of(rule.Effect)}) and '{other.Name}' ({Spellings.Of(other.Effect)}) match the same: the stricter one holds." : null;
        return string.CompareOrdinal(rule.Name, other.Name) < 0 && Limits(rule) != Limits(other)
            ? $"'{rule.Name}' and '{other.Name}' match the same with different limits: of each the strictest holds."
            : null;
    }

    // What one of the two lets through is what the other is for.
    private static bool StandsAside(PolicyRule strict, PolicyRule other) => strict.Effect switch
    {
        PolicyEffect.Deny => strict.Exceptions is not null || (strict.ExceptBreakGlass && other.Effect == PolicyEffect.BreakGlass),
        PolicyEffect.RequireApproval => strict.Exceptions is not null && other.Effect == PolicyEffect.Permit,
        _ => false,
    };

    private static string Limits(PolicyRule rule) => Canonical.Text(rule with { Name = "", Match = new() });

    private static T[]? Sorted<T>(IReadOnlyList<T>? list) => list is null ? null : [.. list.Order(Comparer<T>.Create((one, other) => string.CompareOrdinal(one?.ToString(), other?.ToString())))];
}
