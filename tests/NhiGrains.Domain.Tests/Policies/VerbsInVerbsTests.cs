using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Policies;
using static NhiGrains.Domain.Tests.Policies.Asking;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>What is asked for as one verb, and is another one as well.</summary>
public class VerbsInVerbsTests
{
    private static readonly ResourceSelector Secret = new("secretmanager-secret", "", ResourceMatch.Exact, "key");
    private static readonly ResourceSelector Eviction = new("pods/eviction", "shop", ResourceMatch.Exact, "web-0");
    private static readonly ResourceSelector Sequence = new("sequence", "shop/public", ResourceMatch.Exact, "numbers");
    private static readonly ResourceSelector Topic = new("pubsub-topic", "", ResourceMatch.Exact, "news");

    private static DecisionInput For(Verb verb, params ResourceSelector[] resources) =>
        Plain with { Entitlements = [Plain.Entitlements[0] with { Verbs = [verb], Resources = resources }] };

    public static readonly TheoryData<ResourceSelector, Verb, Verb> Passed = new()
    {
        { Secret, Verb.UseCredential, Verb.Read },
        { Secret, Verb.Read, Verb.UseCredential },
        { Eviction, Verb.Invoke, Verb.Delete },
        { Sequence, Verb.Invoke, Verb.Write },
        { Sequence, Verb.Write, Verb.Invoke },
    };

    [Theory]
    [MemberData(nameof(Passed))]
    public void A_deny_or_an_approval_of_one_strikes_the_other(ResourceSelector resource, Verb asked, Verb named)
    {
        Assert.Equal(DecisionOutcome.Deny, For(asked, resource).Outcome(Permit(), Deny(new(Verbs: [named]))));
        Assert.Equal(DecisionOutcome.RequireApproval, For(asked, resource).Outcome(Permit(), Approve(new(Verbs: [named]))));
        Assert.Equal(DecisionOutcome.Permit, For(asked, resource).Outcome(Permit(), Deny(new(Verbs: [Verb.List]))));
        Assert.Equal(DecisionOutcome.Permit, For(asked, Topic).Outcome(Permit(), Deny(new(Verbs: [named]))));
    }

    [Fact]
    public void A_deny_of_deleting_pods_strikes_their_eviction()
    {
        var deny = Deny(new(Verbs: [Verb.Delete]) { ResourceTypes = ["pods"] });

        Assert.Equal(DecisionOutcome.Deny, For(Verb.Invoke, Eviction).Outcome(Permit(), deny));
        Assert.Equal(DecisionOutcome.Permit, For(Verb.Invoke, Eviction with { Type = "jobs" }).Outcome(Permit(), deny));
    }

    [Fact]
    public void It_is_one_resource_that_a_rule_names_and_that_the_verb_is_more_of()
    {
        var topics = Deny(new(Verbs: [Verb.Read]) { ResourceTypes = ["pubsub-topic"] });

        Assert.Equal(DecisionOutcome.Permit, For(Verb.UseCredential, Secret, Topic).Outcome(Permit(), topics));
        Assert.Equal(DecisionOutcome.Deny, For(Verb.UseCredential, Secret, Topic).Outcome(Permit(), Deny(new(Verbs: [Verb.Read]) { ResourceTypes = ["secretmanager-secret"] })));
        Assert.Equal(DecisionOutcome.Deny, For(Verb.Read, Secret, Topic).Outcome(Permit(), topics));
    }

    [Fact]
    public void A_permit_names_all_that_the_verb_is()
    {
        Assert.Equal(DecisionOutcome.Deny, For(Verb.Read, Secret).Outcome(Permit(new(Verbs: [Verb.List, Verb.Read]))));
        Assert.Equal(DecisionOutcome.Permit, For(Verb.Read, Secret).Outcome(Permit(new(Verbs: [Verb.Read, Verb.UseCredential]))));
        Assert.Equal(DecisionOutcome.Permit, For(Verb.Read, Topic).Outcome(Permit(new(Verbs: [Verb.List, Verb.Read]))));
        Assert.Equal(DecisionOutcome.Permit, For(Verb.UseCredential, Secret).Outcome(Permit(new(Verbs: [Verb.UseCredential]))));
        Assert.Equal(DecisionOutcome.Deny, For(Verb.UseCredential, Secret).Outcome(Permit(new(Verbs: [Verb.Read]))));
        Assert.Equal(DecisionOutcome.Deny, For(Verb.Invoke, Eviction).Outcome(Permit(new(Verbs: [Verb.Invoke]))));
        Assert.Equal(DecisionOutcome.Permit, For(Verb.Invoke, Eviction).Outcome(Permit(new(Verbs: [Verb.Invoke, Verb.Delete]))));
    }

    [Fact]
    public void Who_is_told_no_for_what_a_verb_is_beside_itself_is_told_so()
    {
        var denied = For(Verb.UseCredential, Secret).Decide(Permit(), Deny(new(Verbs: [Verb.Read])));
        var missed = For(Verb.Read, Secret).Decide(Permit(new(Verbs: [Verb.List, Verb.Read])));

        Assert.Equal(["verbs: read (read of secretmanager-secret is use-credential as well)"], Assert.Single(denied.Findings).Differences);
        Assert.Equal(["verbs: list, read (read of secretmanager-secret is use-credential as well)"], Assert.Single(missed.Findings).Differences);
        Assert.Equal(["verbs: list"], Assert.Single(For(Verb.List, Secret).Decide(Permit(), Deny(new(Verbs: [Verb.List]))).Findings).Differences);
    }

    [Fact]
    public void Limits_leave_what_is_named_with_all_that_it_is()
    {
        var asked = For(Verb.Read, Secret) with { Entitlements = [Plain.Entitlements[0] with { Verbs = [Verb.List, Verb.Read], Resources = [Secret] }] };

        var cut = asked.Decide(Permit() with { OnlyVerbs = [Verb.List, Verb.Read] });
        var early = asked.Decide(Permit(), Approve() with { Meanwhile = new([Verb.List, Verb.Read]) });

        Assert.Equal([Verb.List], Assert.Single(cut.Entitlements).Verbs);
        Assert.Equal(["Rule 'permit' permits it.", "Cut: Read (read of secretmanager-secret is use-credential as well)."], cut.Reasons);
        Assert.Equal([Verb.List], Assert.Single(early.Meanwhile?.Entitlements ?? []).Verbs);
        Assert.Equal([Verb.List, Verb.Read], Assert.Single(asked.Decide(Permit() with { OnlyVerbs = [Verb.List, Verb.Read, Verb.UseCredential] }).Entitlements).Verbs);
    }
}
