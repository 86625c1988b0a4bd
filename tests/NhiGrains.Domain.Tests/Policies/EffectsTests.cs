using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;
using static NhiGrains.Domain.Tests.Policies.Asking;

namespace NhiGrains.Domain.Tests.Policies;

public class EffectsTests
{
    private static readonly ExceptionTerms Terms = new(24 * Hour, TwoOfSecurity);
    private static readonly ExceptionFact Exception = new("migration", ["deny", "approve"], Plain.Entitlements, Plain.At + (Hour / 4));

    private static DecisionInput Excepted => Plain with { Exceptions = [Exception] };

    private static DecisionInput Emergency => Plain with { BreakGlass = true };

    [Fact]
    public void An_approval_that_covers_permits_and_one_that_touches_only_does_not()
    {
        Assert.Equal(DecisionOutcome.RequireApproval, Plain.Outcome(Approve()));
        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Approve(new(Verbs: [Verb.Write]))));
        Assert.Equal(DecisionOutcome.RequireApproval, Plain.Outcome(Permit(), Approve(new(Verbs: [Verb.Write]))));
    }

    [Fact]
    public void Several_approvals_are_wanted_together_also_of_several_entitlements()
    {
        var owner = new ApprovalRequirement([new([ApprovalSeats.OwnerTeam], 1)], Hour);
        var rules = new[] { Approve(new(Verbs: [Verb.Read])), Approve(new(Verbs: [Verb.Write]), "owner") with { Approval = owner }, Permit() };
        var apart = Plain with { Entitlements = [Some.Entitlement("a", Verb.Read), Some.Entitlement("a", Verb.Write)] };

        foreach (var decision in new[] { Plain.Decide(rules), apart.Decide(rules) })
        {
            Assert.Equal(Canonical.Text(TwoOfSecurity.With(owner)), Canonical.Text(decision.Approval));
            Assert.Equal(Hour, decision.AnswerWithin);
        }
    }

    [Fact]
    public void Until_people_agree_there_is_what_all_approvals_leave()
    {
        var reading = Approve(name: "reading") with { Meanwhile = new([Verb.Read], Hour / 2) };
        var listing = Approve(name: "listing") with { Meanwhile = new([Verb.Read, Verb.List]) };

        var meanwhile = Plain.Decide(reading, listing).Meanwhile;

        Assert.Equal(DecisionOutcome.PermitReduced, meanwhile?.Outcome);
        Assert.Equal([Verb.Read], meanwhile?.Entitlements[0].Verbs);
        Assert.Equal((Hour / 2, null), (meanwhile?.Lifetime, meanwhile?.Approval));
        Assert.Null(Plain.Decide(reading, Approve()).Meanwhile);
        Assert.Null((Plain with { Lifetime = null }).Decide(reading).Meanwhile);
        Assert.Null((Plain with { Entitlements = [.. Plain.Entitlements, Some.Entitlement("b", Verb.Delete)] }).Decide(reading).Meanwhile);
    }

    [Fact]
    public void Emergency_access_is_permitted_by_rules_for_it_alone()
    {
        Assert.Equal(DecisionOutcome.Deny, Emergency.Outcome(Permit(), Approve()));
        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Asking.BreakGlass()));
        Assert.Equal(DecisionOutcome.Permit, Emergency.Outcome(Asking.BreakGlass(), Approve()));
        Assert.Equal(Canonical.Text(Reviewed), Canonical.Text(Emergency.Decide(Asking.BreakGlass(), Permit()).Review));
        Assert.Equal(["glass"], Emergency.Decide(Asking.BreakGlass(), Permit(), Approve()).MatchedRules);
    }

    [Fact]
    public void Emergency_access_passes_only_a_deny_that_says_so()
    {
        Assert.Equal(DecisionOutcome.Deny, Emergency.Outcome(Asking.BreakGlass(), Deny()));
        Assert.Equal(DecisionOutcome.Permit, Emergency.Outcome(Asking.BreakGlass(), Deny() with { ExceptBreakGlass = true }));
        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Permit(), Deny() with { ExceptBreakGlass = true }));
    }

    [Fact]
    public void An_exception_lifts_a_deny_and_the_access_ends_with_it()
    {
        var decision = Excepted.Decide(Permit(), Deny() with { Exceptions = Terms });

        Assert.Equal((DecisionOutcome.PermitReduced, Hour / 4), (decision.Outcome, decision.Lifetime));
        Assert.Equal(["migration"], decision.Exceptions);
        Assert.Contains("The exception 'migration' lifts a rule that stood against it.", decision.Reasons);
    }

    [Fact]
    public void An_approval_that_an_exception_lifts_still_permits_and_asks_nobody()
    {
        var decision = Excepted.Decide(Approve() with { Exceptions = Terms });

        Assert.Equal((DecisionOutcome.PermitReduced, (ApprovalRequirement?)null), (decision.Outcome, decision.Approval));
    }

    [Fact]
    public void An_exception_lifts_nothing_else()
    {
        var deny = Deny() with { Exceptions = Terms };

        Assert.Equal(DecisionOutcome.Deny, Excepted.Outcome(Permit(), Deny()));
        Assert.Equal(DecisionOutcome.Deny, Excepted.Outcome(Permit(), deny with { Name = "another" }));
        Assert.Equal(DecisionOutcome.Deny, (Excepted with { Lifetime = null }).Outcome(Permit(), deny));
        Assert.Equal(DecisionOutcome.Deny, (Excepted with { At = Exception.EndsAt }).Outcome(Permit(), deny));
        Assert.Equal(DecisionOutcome.Deny, (Excepted with { Entitlements = [Some.Entitlement("b")] }).Outcome(Permit(), deny));
        Assert.Equal(DecisionOutcome.Deny, Excepted.Outcome(deny));
    }

    [Fact]
    public void Who_is_to_be_told_is_told_of_every_rule_that_took_part()
    {
        PolicyRule[] rules = [Permit() with { Notify = ["b", "a"] }, Approve() with { Notify = ["c"] }, Deny(new(Verbs: [Verb.Delete])) with { Notify = ["d"] }];

        Assert.Equal(["a", "b", "c"], Plain.Decide(rules).Notify);
    }

    [Fact]
    public void What_the_catalogue_does_not_know_is_of_the_most_sensitive_class_that_is_named()
    {
        var internals = Permit(new() { Sensitivities = [Sensitivity.Public, Sensitivity.Internal] });

        Assert.Equal(DecisionOutcome.Permit, Plain.Outcome(internals));
        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(internals, Deny(new() { Sensitivities = [Sensitivity.Confidential] })));
        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Permit(), Deny(new() { Applications = ["till"] })));
        Assert.Equal(DecisionOutcome.Deny, Plain.Outcome(Permit(new() { Applications = ["till"] })));
    }

    [Fact]
    public void Nothing_is_asked_for_and_nothing_is_permitted() =>
        Assert.Equal(DecisionOutcome.Deny, (Plain with { Entitlements = [] }).Outcome(Permit()));

    [Fact]
    public void Many_denies_are_three_findings()
    {
        var findings = Plain.Decide([.. Enumerable.Range(0, 9).Select(index => Deny(new(Environments: ["staging"]), $"d{index}"))]).Findings;

        Assert.Equal(["d0", "d1", "d2"], findings.Select(finding => finding.Rule));
        Assert.All(findings, finding => Assert.True(finding is { Matched: true, Differences: ["environments: staging"] }));
    }
}
