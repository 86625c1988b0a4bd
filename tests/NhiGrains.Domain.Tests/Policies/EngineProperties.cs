using System.Collections.Concurrent;
using CsCheck;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>The engine over random sets and inputs.</summary>
public class EngineProperties
{
    [Fact]
    public void It_decides_as_the_naive_reading_of_its_description() => Gen.Select(SomePolicies.Sets(80), SomePolicies.Inputs).Sample(
        (set, input) => AssertSame(set, input, PolicyEngine.Decide(set, input)), iter: 400);

    [Fact]
    public void It_decides_so_with_few_rules_as_well_and_every_outcome_is_among_them()
    {
        var seen = new ConcurrentDictionary<(DecisionOutcome Outcome, bool BreakGlass, bool Excepted), bool>();
        Gen.Select(SomePolicies.Sets(6), SomePolicies.Inputs).Sample((set, input) =>
        {
            var decision = PolicyEngine.Decide(set, input);
            seen[(decision.Outcome, input.BreakGlass, decision.Exceptions.Count > 0)] = true;
            AssertSame(set, input, decision);
        }, iter: 2_000);

        Assert.All(Enum.GetValues<DecisionOutcome>(), outcome => Assert.Contains((outcome, false, false), seen.Keys));
        Assert.Contains((DecisionOutcome.Permit, true, false), seen.Keys);
        Assert.Contains(seen.Keys, key => key.Excepted && key.Outcome != DecisionOutcome.Deny);
    }

    private static void AssertSame(PolicySet set, DecisionInput input, Decision decision)
    {
        var (expected, actual) = (Canonical.Text(Oracle.Decide(set, input)), Canonical.Text(Verdict.Of(decision)));
        Assert.True(expected == actual, $"{actual}\nis not\n{expected}\nfor\n{Canonical.Text(input)}\nby\n{Canonical.Text(set)}\nsince\n{string.Join('\n', decision.Reasons)}");
    }

    [Fact]
    public void The_order_of_rules_changes_no_outcome() => Gen.Select(SomePolicies.Sets(12), SomePolicies.Inputs, Gen.Int).Sample((set, input, seed) =>
    {
        PolicyRule[] shuffled = [.. set.Rules];
        new Random(seed).Shuffle(shuffled);
        var (one, other) = (PolicyEngine.Decide(set, input), PolicyEngine.Decide(set with { Rules = shuffled }, input));
        Assert.Equal(Canonical.Text(Unordered(one)), Canonical.Text(Unordered(other)));
    }, iter: 1_000);

    [Fact]
    public void The_same_set_and_input_give_the_same_bytes() => Gen.Select(SomePolicies.Sets(12), SomePolicies.Inputs).Sample((set, input) =>
        Canonical.Text(PolicyEngine.Decide(set, input)) == Canonical.Text(PolicyEngine.Decide(set with { }, input with { })), iter: 500);

    [Fact]
    public void Nothing_is_granted_that_was_not_asked_for() => Gen.Select(SomePolicies.Sets(8), SomePolicies.Inputs).Sample((set, input) =>
    {
        var decision = PolicyEngine.Decide(set, input);
        return new[] { decision, decision.Meanwhile ?? decision }.All(one =>
            Coverage.AreWithin(one.Entitlements, input.Entitlements) && (input.Lifetime is null ? one.Lifetime == TimeSpan.Zero : one.Lifetime <= input.Lifetime));
    }, iter: 1_000);

    [Fact]
    public void Another_deny_or_approval_widens_nothing() => Gen.Select(SomePolicies.Sets(8), SomePolicies.Rules, SomePolicies.Inputs).Sample((set, rule, input) =>
    {
        if (rule.Effect is not (PolicyEffect.Deny or PolicyEffect.RequireApproval))
            return true;
        var (before, after) = (PolicyEngine.Decide(set, input), PolicyEngine.Decide(set with { Rules = [.. set.Rules, rule with { Name = "another" }] }, input));
        // An approval that covers permits by itself, when people agree.
        return rule.Effect == PolicyEffect.RequireApproval && before.Outcome == DecisionOutcome.Deny
            ? after.Outcome is DecisionOutcome.Deny or DecisionOutcome.RequireApproval
            : IsNoWider(after, before);
    }, iter: 2_000);

    [Fact]
    public void A_permit_without_limits_that_is_taken_away_widens_nothing() => Gen.Select(SomePolicies.Sets(8), SomePolicies.Inputs).Sample((set, input) =>
    {
        var before = PolicyEngine.Decide(set, input);
        var gone = set.Rules.FirstOrDefault(rule => rule is { Effect: PolicyEffect.Permit, MaxLifetime: null, OnlyVerbs: null, OnlyResources: null, TicketRequired: false, AllowControllerEnforcedEnd: true, OnlyExact: false });
        return gone is null || IsNoWider(PolicyEngine.Decide(set with { Rules = [.. set.Rules.Where(rule => rule != gone)] }, input), before);
    }, iter: 2_000);

    [Fact]
    public void The_index_leaves_out_only_what_matches_nothing() => Gen.Select(SomePolicies.Sets(80), SomePolicies.Inputs).Sample((set, input) =>
    {
        var policy = CompiledPolicy.Of(set);
        return input.Entitlements.All(entitlement =>
        {
            var question = new Question(input, entitlement, policy.Catalogue);
            var candidates = policy.Candidates(question).ToHashSet();
            return policy.Rules.All(rule => candidates.Contains(rule) || !(Matching.Matches(rule, question, Fit.Touches) || Matching.Matches(rule, question, Fit.Covers)));
        });
    }, iter: 300);

    private static bool IsNoWider(Decision after, Decision before) =>
        Coverage.AreWithin(after.Entitlements, before.Entitlements)
        && after.Lifetime <= before.Lifetime
        && (after.Outcome == DecisionOutcome.Deny || before.Approval is null
            || (after.Approval is { } approval && before.Approval.Seats.All(seats => approval.Seats.Any(more => more.Groups.SequenceEqual(seats.Groups) && more.Count >= seats.Count))))
        && (after.Outcome == DecisionOutcome.Deny || before.AllowsControllerEnforcedEnd || !after.AllowsControllerEnforcedEnd);

    // The names are in the set's order, and of many findings the first are told.
    private static Decision Unordered(Decision decision) => decision with
    {
        MatchedRules = [.. decision.MatchedRules.Order(StringComparer.Ordinal)],
        Reasons = [.. decision.Reasons.Order(StringComparer.Ordinal)],
        Findings = [],
        PolicyVersion = "",
        Meanwhile = decision.Meanwhile is { } less ? Unordered(less) : null,
    };
}
