using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Exceptions;

/// <summary>What policy says to an exception, and the digest of exactly what approvers agree to.</summary>
internal static class ExceptionPlan
{
    /// <summary>Under which terms all of the rules can be lifted: the shortest time, and everybody who has to agree.</summary>
    public static Result<ExceptionTerms> Terms(PolicySet set, IReadOnlyList<string> rules)
    {
        ExceptionTerms? all = null;
        foreach (var name in rules)
        {
            if (set.Rules.FirstOrDefault(rule => rule.Name == name) is not { } rule)
                return ExceptionRefusals.UnknownRule(name);
            // A rule of another effect stands against nothing, so there is nothing to lift.
            if (rule is not { Exceptions: { Approval.CanBeMet: true } terms, Effect: PolicyEffect.Deny or PolicyEffect.RequireApproval })
                return ExceptionRefusals.NotExceptionable(name);
            all = all is null ? terms : new(all.MaxLifetime < terms.MaxLifetime ? all.MaxLifetime : terms.MaxLifetime, all.Approval.With(terms.Approval));
        }

        return all is null ? ExceptionRefusals.RulesRequired : all;
    }

    /// <summary>Of what a rule says, with the terms of its exceptions, but not whom it tells.</summary>
    public static string DigestOf(PolicyRule rule) => Canonical.Digest(rule with { Notify = null });

    /// <summary>Of each rule that is to be lifted, as the set has it now.</summary>
    public static IReadOnlyDictionary<string, string> DigestsOf(PolicySet set, IReadOnlyList<string> rules) => new SortedDictionary<string, string>(
        set.Rules.Where(rule => rules.Contains(rule.Name, StringComparer.Ordinal)).DistinctBy(rule => rule.Name, StringComparer.Ordinal).ToDictionary(rule => rule.Name, DigestOf, StringComparer.Ordinal),
        StringComparer.Ordinal);

    /// <summary>The rules that it lifts: another one of the same name is not what people have agreed to lift.</summary>
    public static IReadOnlyList<string> Lifted(PolicyException exception, PolicySet set)
    {
        if (exception.RuleDigests is not { } agreed)
            return exception.Rules;
        var now = CompiledPolicy.Of(set).Rules.Where(rule => agreed.ContainsKey(rule.Rule.Name)).ToLookup(rule => rule.Rule.Name, rule => rule.Digest, StringComparer.Ordinal);
        return [.. exception.Rules.Where(name => now[name].Any() && now[name].All(digest => digest == agreed[name]))];
    }

    /// <summary>Whoever computes it again gets the same one, until the exception, whom it is for, the policy set or its terms change.</summary>
    public static string DigestOf(Identity identity, PolicyException exception, ExceptionTerms terms, string policyVersion) => Canonical.Digest(new
    {
        Identity = identity.Id,
        identity.Profile.Kind,
        identity.Profile.Owner,
        identity.Profile.Environment,
        Tags = new SortedDictionary<string, string>(identity.Profile.Tags.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
        exception.Name,
        exception.Rules,
        exception.Entitlements,
        exception.Justification,
        exception.RequestedBy,
        exception.RequestedAt,
        exception.Lifetime,
        Policy = policyVersion,
        Terms = terms,
    });
}
