using CsCheck;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>What a finding says would have had to differ is all that would have had to.</summary>
public class NearMissProperties
{
    // Gives an input what a rule wants of it, by the key that a finding names.
    private static readonly Dictionary<string, Func<DecisionInput, PolicyMatch, DecisionInput>> Changes = new(StringComparer.Ordinal)
    {
        ["kinds"] = (input, match) => input with { Kind = match.Kinds?[0] ?? input.Kind },
        ["environments"] = (input, match) => input with { Environment = match.Environments?[0] ?? "" },
        ["identities"] = (input, match) => input with { IdentityId = match.Identities?[0] ?? "" },
        ["teams"] = (input, match) => input with { Owner = new("ada", match.Teams?[0] ?? "") },
        ["tags"] = (input, match) => input with { Tags = match.Tags ?? input.Tags },
        ["requesters"] = (input, match) => input with { Requester = match.Requesters?[0] ?? "", RequesterGroups = match.RequesterGroups ?? [] },
        ["platforms"] = (input, match) => Of(input, one => one with { Platform = match.Platforms?[0] ?? "" }),
        ["verbs"] = (input, match) => Of(input, one => one with { Verbs = match.Verbs ?? [], NativeActions = null }),
        ["riskAtLeast"] = (input, match) => input with { Risks = [new("s", match.RiskTypes?[0] ?? "leak", match.RiskAtLeast ?? default)] },
        ["riskBelow"] = (input, _) => input with { Risks = [] },
        ["evidenceMissing"] = (input, _) => input with { Evidence = [] },
        ["lifetimeAtMost"] = (input, match) => input with { Lifetime = match.LifetimeAtMost },
        ["maxLifetime"] = (input, _) => input with { Lifetime = Asking.Hour },
    };

    // Keys that ask the same of an input as another one does: to give one may take from the other.
    private static readonly string[][] Related = [["lifetimeAtMost", "lifetimeOver", "maxLifetime", "standing", "condition"], ["riskAtLeast", "riskBelow"], ["evidence", "evidenceMissing"], ["kinds", "condition"], ["tags", "condition"]];

    [Fact]
    public void To_give_a_rule_what_it_missed_makes_it_match()
    {
        var changed = 0;
        Gen.Select(SomePolicies.Sets(6), SomePolicies.Inputs).Sample((set, given) =>
        {
            var input = given with { Entitlements = [given.Entitlements[0]] };
            var policy = CompiledPolicy.Of(set);
            foreach (var near in PolicyEngine.Decide(policy, input).Findings.Where(finding => !finding.Matched))
            {
                var rule = policy.Rules.Single(one => one.Rule.Name == near.Rule);
                string[] keys = [.. near.Differences.Select(difference => difference.Split(':')[0])];
                string[] stated = [.. rule.Stated.Select(check => check.Key)];
                if (!keys.All(Changes.ContainsKey) || Related.Any(group => group.Intersect(keys).Any() && group.Intersect(stated).Count() > 1) || (keys.Contains("platforms") && set.Resources.Count > 0)
                    // What names invoking alone has no verb that it covers of a sequence with.
                    || (keys.Contains("verbs") && input.Entitlements[0].Resources.Any(resource => resource.Type == "sequence")))
                    continue;
                var better = keys.Aggregate(input, (all, key) => Changes[key](all, rule.Match));
                Assert.True(Matching.Matches(rule, new Question(better, better.Entitlements[0], policy.Catalogue), Fit.Covers), string.Join("; ", near.Differences));
                Interlocked.Increment(ref changed);
            }

            return true;
        }, iter: 1_000);
        Assert.True(changed > 100, $"Only {changed} findings were tried.");
    }

    private static DecisionInput Of(DecisionInput input, Func<Entitlement, Entitlement> change) => input with { Entitlements = [.. input.Entitlements.Select(change)] };
}
