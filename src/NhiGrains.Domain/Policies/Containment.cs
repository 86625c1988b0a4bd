namespace NhiGrains.Domain.Policies;

/// <summary>
/// Whether whatever one rule matches is struck by another. Point by point, so that what is true only of several points together is not
/// seen; what is seen is certain.
/// </summary>
internal static class Containment
{
    /// <summary>Whether the rule never takes part in permitting anything, for this deny.</summary>
    public static bool IsAlwaysDenied(PolicyRule rule, PolicyRule deny) =>
        rule.Effect != PolicyEffect.Deny
        && deny is { Effect: PolicyEffect.Deny, Match.Condition: null, Exceptions: null }
        && !(rule.Effect == PolicyEffect.BreakGlass && deny.ExceptBreakGlass)
        && IsWithin(rule, deny.Match);

    private static bool IsWithin(PolicyRule rule, PolicyMatch outer)
    {
        var inner = rule.Match;
        return IsWithin(inner.Kinds, outer.Kinds) && IsWithin(inner.Environments, outer.Environments) && IsWithin(inner.Platforms, outer.Platforms)
            && IsWithin(inner.Identities, outer.Identities) && IsWithin(inner.Teams, outer.Teams)
            && IsWithin(inner.Verbs, outer.Verbs) && IsWithin(inner.ResourceTypes, outer.ResourceTypes)
            && IsWithin(inner.Sensitivities, outer.Sensitivities) && IsWithin(inner.Applications, outer.Applications)
            && IsWithin(inner.ResourceEnvironments, outer.ResourceEnvironments)
            && (outer.ResourcePrefix is null || inner.ResourcePrefix?.StartsWith(outer.ResourcePrefix, StringComparison.Ordinal) == true)
            && (outer.Tags?.All(tag => inner.Tags?.TryGetValue(tag.Key, out var value) == true && value == tag.Value) ?? true)
            && AreRequestersWithin(inner, outer) && IsLifetimeWithin(rule, outer) && IsEvidenceWithin(inner, outer) && IsRiskWithin(inner, outer)
            && IsWithin(inner.During, outer.During);
    }

    // A list of all that there is says nothing.
    private static bool IsWithin<T>(IReadOnlyList<T>? inner, IReadOnlyList<T>? outer) =>
        outer is null || inner?.All(value => outer.Contains(value)) == true
        || (typeof(T).IsEnum && Enum.GetValues(typeof(T)).Cast<T>().All(value => outer.Contains(value)));

    private static bool AreRequestersWithin(PolicyMatch inner, PolicyMatch outer) =>
        outer is { Requesters: null, RequesterGroups: null }
        || (inner is not { Requesters: null, RequesterGroups: null }
            && !(inner.Requesters ?? []).Except(outer.Requesters ?? [], StringComparer.Ordinal).Any()
            && !(inner.RequesterGroups ?? []).Except(outer.RequesterGroups ?? [], StringComparer.Ordinal).Any());

    private static bool IsLifetimeWithin(PolicyRule rule, PolicyMatch outer)
    {
        var inner = rule.Match;
        // An approval strikes standing access even when it permits access for a while only.
        var ends = inner.Standing == false || inner.LifetimeAtMost is not null
            || rule.Effect == PolicyEffect.BreakGlass || (rule is { Effect: PolicyEffect.Permit, MaxLifetime: not null });
        return (outer.Standing is not { } standing || (standing ? inner.Standing == true : ends))
            && (outer.LifetimeAtMost is null || inner.LifetimeAtMost <= outer.LifetimeAtMost)
            && (outer.LifetimeOver is null || inner.LifetimeOver >= outer.LifetimeOver || inner.Standing == true);
    }

    private static bool IsEvidenceWithin(PolicyMatch inner, PolicyMatch outer) =>
        (outer.Evidence is null || outer.Evidence.All(wanted => inner.Evidence?.Any(more => Implies(more, wanted)) == true))
        // Not to have what is wanted less strictly is not to have what is wanted more strictly.
        && (outer.EvidenceMissing is null || inner.EvidenceMissing?.All(missing => outer.EvidenceMissing.Any(more => Implies(more, missing))) == true);

    /// <summary>Whether what meets the first meets the second.</summary>
    internal static bool Implies(EvidenceMatch strict, EvidenceMatch lax) =>
        strict.Kind == lax.Kind && IsWithin(strict.Trusts, lax.Trusts) && (lax.Subject is null || lax.Subject == strict.Subject)
        && (lax.Claims?.All(claim => strict.Claims?.TryGetValue(claim.Key, out var value) == true && value == claim.Value) ?? true);

    private static bool IsRiskWithin(PolicyMatch inner, PolicyMatch outer) =>
        (outer.RiskAtLeast is null || (inner.RiskAtLeast >= outer.RiskAtLeast && IsWithin(inner.RiskTypes, outer.RiskTypes)))
        && (outer.RiskBelow is null || (inner.RiskBelow <= outer.RiskBelow && IsWithin(outer.RiskTypes, inner.RiskTypes)));

    private static bool IsWithin(DailyWindow? inner, DailyWindow? outer) => outer is null
        || (inner is not null && (inner.From, inner.To, inner.Zone) == (outer.From, outer.To, outer.Zone) && IsWithin(inner.Days, outer.Days));
}
