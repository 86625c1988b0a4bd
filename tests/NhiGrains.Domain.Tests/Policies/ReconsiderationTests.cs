using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

public class ReconsiderationTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly ApprovalRequirement Two = new([new(["security"], 2)], Hour);

    private static PolicyRule Permit { get; } = new("all", PolicyEffect.Permit, new(), AllowControllerEnforcedEnd: true);

    [Fact]
    public void What_is_permitted_is_not_touched_at_all()
    {
        var identity = With(Intend(Some.Entitlement("a")), Some.Granted("g", Hour, Some.Noon, Some.Entitlement("a")));

        var by = Reconsider(identity, Permit);

        Assert.Same(identity, by.InLine);
        Assert.Empty(by.Findings);
    }

    [Fact]
    public void Of_an_intent_what_is_permitted_stays_with_the_new_decision()
    {
        var by = Reconsider(With(Intend(Some.Entitlement("a"), Some.Entitlement("b"), Some.Entitlement("c"))), Permit, Deny("b"));

        Assert.Equal(["a", "c"], Names(by.InLine.Intent.Entitlements));
        Assert.Equal(DecisionOutcome.Permit, by.InLine.Intent.Decision?.Outcome);
        var found = Assert.Single(by.Findings);
        Assert.Equal((PolicyFindingKind.Lost, Identity.IntentSource), (found.Kind, found.Source));
        Assert.Equal(["b"], Names(found.Lost));
        Assert.Equal(["Rule 'no-b' denies it."], found.Reasons);
    }

    [Fact]
    public void Of_an_entitlement_the_verbs_that_are_permitted_stay()
    {
        var by = Reconsider(With(Intend(Some.Entitlement("a", Verb.Read, Verb.Write))), Permit with { OnlyVerbs = [Verb.Read] });

        Assert.Equal([Verb.Read], Assert.Single(by.InLine.Intent.Entitlements).Verbs);
        Assert.Equal([Verb.Write], Assert.Single(Assert.Single(by.Findings).Lost).Verbs);
    }

    [Fact]
    public void An_intent_of_which_nothing_is_permitted_is_empty_and_says_why()
    {
        var by = Reconsider(With(Intend(Some.Entitlement("a"))), Deny("a"));

        Assert.Empty(by.InLine.Intent.Entitlements);
        Assert.Equal(DecisionOutcome.Deny, by.InLine.Intent.Decision?.Outcome);
        Assert.Same(by.InLine, Reconsider(by.InLine, Deny("a")).InLine);
    }

    [Fact]
    public void A_grant_that_is_not_permitted_any_more_ends_as_a_whole()
    {
        var by = Reconsider(With(Intent.Empty, Some.Granted("g", Hour, Some.Noon, Some.Entitlement("a"), Some.Entitlement("b"))), Permit, Deny("b"));

        Assert.Equal(RevocationReason.PolicyChanged, Assert.IsType<RevokingGrant>(Assert.Single(by.InLine.Grants)).Reason);
        Assert.Equal(["a", "b"], Names(Assert.Single(by.Findings).Lost));
    }

    [Fact]
    public void A_grant_of_which_only_the_time_is_less_ends_earlier_and_never_later()
    {
        var identity = With(Intent.Empty, Some.Granted("short", TimeSpan.FromMinutes(20), Some.Noon, Some.Entitlement("a")), Some.Granted("long", Hour, Some.Noon, Some.Entitlement("a")));

        var by = Reconsider(identity, Permit with { MaxLifetime = TimeSpan.FromMinutes(20) });

        Assert.Equal([Some.Noon.AddMinutes(20), Some.Noon.AddMinutes(30)], by.InLine.Grants.Cast<ActiveGrant>().Select(grant => grant.ExpiresAt));
        Assert.Equal(("long", PolicyFindingKind.Shortened), (by.Findings.Single().Source, by.Findings.Single().Kind));
    }

    [Fact]
    public void What_people_have_agreed_to_is_not_asked_for_again()
    {
        var agreed = ActiveGrant.Begin("g", Some.Granted("x", Hour, Some.Noon, Some.Entitlement("a")).Request, Some.Permit(Hour, Some.Entitlement("a")) with { Outcome = DecisionOutcome.RequireApproval, Approval = Two }, Some.Noon);
        var notAgreed = Some.Granted("h", Hour, Some.Noon, Some.Entitlement("a"));

        var by = Reconsideration.Of(With(Intent.Empty, agreed, notAgreed), Asking(Two), Some.Noon.AddMinutes(10));

        Assert.Same(agreed, by.InLine.Grants[0]);
        Assert.IsType<RevokingGrant>(by.InLine.Grants[1]);
        var found = Assert.Single(by.Findings);
        Assert.Equal(("h", PolicyFindingKind.NeedsApproval, Two), (found.Source, found.Kind, found.Needs));
    }

    [Fact]
    public void Who_has_agreed_counts_where_they_would_have_been_asked_and_nowhere_else()
    {
        static ApprovalRequirement Of(params ApprovalSeats[] seats) => ApprovalRequirement.Of(seats, Hour);

        Assert.True(Two.IsMetBy(Two));
        Assert.True(Of(new ApprovalSeats(["security"], 1)).IsMetBy(Two));
        Assert.True(Of(new ApprovalSeats(["payments", "security"], 2)).IsMetBy(Of(new(["security"], 1), new(["payments"], 1))));
        Assert.True(Of(new(["security"], 1), new(["payments", "security"], 1)).IsMetBy(Two));
        Assert.False(Of(new ApprovalSeats(["security"], 3)).IsMetBy(Two));
        Assert.False(Of(new ApprovalSeats(["payments"], 1)).IsMetBy(Two));
        Assert.False(Of(new ApprovalSeats(["security"], 1)).IsMetBy(Of(new ApprovalSeats(["payments", "security"], 2))));
        Assert.False(Of(new(["security"], 2), new(["payments", "security"], 1)).IsMetBy(Two));
        Assert.False(Two.IsMetBy(null));
    }

    [Fact]
    public void What_others_would_have_to_agree_to_by_now_needs_them()
    {
        var agreed = ActiveGrant.Begin("g", Some.Granted("x", Hour, Some.Noon, Some.Entitlement("a")).Request, Asked(Two), Some.Noon);
        var identity = With(new([Some.Entitlement("a")], Asked(Two)), agreed);
        var three = new ApprovalRequirement([new(["security"], 3)], Hour);

        var by = Reconsideration.Of(identity, Asking(three), Some.Noon.AddMinutes(10));

        Assert.Empty(by.InLine.Intent.Entitlements);
        Assert.IsType<RevokingGrant>(by.InLine.Grants.Single());
        Assert.Equal([PolicyFindingKind.NeedsApproval, PolicyFindingKind.NeedsApproval], by.Findings.Select(found => found.Kind));
        Assert.Same(identity, Reconsideration.Of(identity, Asking(new([new(["security"], 1)], Hour)), Some.Noon.AddMinutes(10)).InLine);
    }

    [Fact]
    public void What_becomes_of_a_request_that_waits_is_told_and_left_to_its_vote()
    {
        var waits = new PendingApprovalGrant("g", new("ada", "why", [Some.Entitlement("a")], Hour, Some.Noon), Asked(Two), Some.Noon + Hour);
        var identity = With(Intent.Empty, waits);

        Assert.Same(identity, Reconsideration.Of(identity, Asking(Two), Some.Noon).InLine);
        var stricter = Reconsideration.Of(identity, Asking(new([new(["security"], 3)], Hour)), Some.Noon);
        Assert.Same(identity, stricter.InLine);
        Assert.Equal(PolicyFindingKind.RequestDecidedAnew, stricter.Findings.Single().Kind);
        var denied = Reconsider(identity, Deny("a"));
        Assert.False(denied.Findings.Single().TakesAccess);
        Assert.Equal(PolicyFindingKind.RequestDenied, denied.Findings.Single().Kind);
        Assert.Equal(PolicyFindingKind.RequestDecidedAnew, Reconsider(identity, Permit).Findings.Single().Kind);
    }

    [Fact]
    public void A_request_is_told_when_its_approvals_are_void_and_not_when_an_exception_is_only_nearer_to_its_end()
    {
        var decision = Asked(Two) with { Exceptions = ["e"] };
        var identity = With(Intent.Empty, new PendingApprovalGrant("g", new("ada", "why", [Some.Entitlement("a")], Hour, Some.Noon), decision, Some.Noon + Hour));
        Reconsidered By(Decision anew) => Reconsideration.Of(identity, (_, _, _, _, _) => anew, Some.Noon);

        Assert.Empty(By(decision with { Lifetime = Hour / 2, Reasons = ["in other words"] }).Findings);
        Assert.Equal(PolicyFindingKind.RequestDecidedAnew, Assert.Single(By(decision with { PolicyVersion = "w" }).Findings).Kind);
        Assert.Equal(PolicyFindingKind.RequestDecidedAnew, Assert.Single(By(decision with { MatchedRules = ["another"] }).Findings).Kind);
    }

    [Fact]
    public void Of_an_entitlement_all_that_is_lost_is_told()
    {
        var two = Some.Entitlement("a-1", Verb.Read, Verb.Write) with { Resources = [.. Some.Entitlement("a-1").Resources, .. Some.Entitlement("b").Resources] };

        var by = Reconsider(With(Intend(two)), Permit with { OnlyVerbs = [Verb.Read], OnlyResources = ["shop/configmaps/a-"] });

        var stays = Assert.Single(by.InLine.Intent.Entitlements);
        Assert.Equal(("READ a-1", PolicyFindingKind.Lost), (TextOf(stays), Assert.Single(by.Findings).Kind));
        Assert.Equal(["WRITE a-1 b", "READ b"], by.Findings[0].Lost.Select(TextOf));
    }

    [Fact]
    public void What_is_denied_is_not_told_as_if_people_could_agree_to_it()
    {
        var approve = Permit with { Name = "ask", Effect = PolicyEffect.RequireApproval, Match = new(ResourcePrefix: "shop/configmaps/b"), Approval = Two, OnlyVerbs = [Verb.Read] };

        var by = Reconsider(With(Intend(Some.Entitlement("a"), Some.Entitlement("b", Verb.Read, Verb.Write), Some.Entitlement("c"))), Permit, Deny("a"), approve);

        Assert.Equal([PolicyFindingKind.Lost, PolicyFindingKind.NeedsApproval], by.Findings.Select(found => found.Kind));
        Assert.Equal(["READ a", "WRITE b"], by.Findings[0].Lost.Select(TextOf));
        Assert.Null(by.Findings[0].Needs);
        Assert.Equal("READ b", TextOf(Assert.Single(by.Findings[1].Lost)));
        Assert.Equal(Canonical.Text(Two), Canonical.Text(by.Findings[1].Needs));
        Assert.Equal(["c"], Names(by.InLine.Intent.Entitlements));
    }

    private static string TextOf(Entitlement entitlement) =>
        string.Join(' ', entitlement.Verbs.Select(verb => verb.ToString().ToUpperInvariant()).Concat(entitlement.Resources.Select(resource => resource.Name)));

    [Fact]
    public void Consent_that_is_withdrawn_is_found_and_stored_and_takes_nothing()
    {
        var identity = With(Intend(Some.Entitlement("a")), Some.Granted("g", Hour, Some.Noon, Some.Entitlement("a")));

        var by = Reconsider(identity, Permit with { AllowControllerEnforcedEnd = false, OnlyExact = true });

        Assert.Equal([PolicyFindingKind.StricterTerms, PolicyFindingKind.StricterTerms], by.Findings.Select(found => found.Kind));
        Assert.All(by.Findings, found => Assert.Empty(found.Lost));
        Assert.True(by.InLine.Intent.Decision?.OnlyExact);
        Assert.False(Assert.IsType<ActiveGrant>(Assert.Single(by.InLine.Grants)).Decision.AllowsControllerEnforcedEnd);
    }

    [Fact]
    public void What_no_platform_can_decide_about_is_left_alone() =>
        Assert.Empty(Reconsideration.Of(With(Intend(Some.Entitlement("a")), Some.Granted("g", Hour, Some.Noon, Some.Entitlement("a"))), (_, _, _, _, _) => null, Some.Noon).Findings);

    [Fact]
    public void An_identity_that_is_leaving_has_nothing_to_lose()
    {
        var leaving = With(Intent.Empty, Some.Granted("g", Hour, Some.Noon, Some.Entitlement("a"))).Offboard(Some.Noon).Value;
        Assert.Same(leaving, Reconsider(leaving, Deny("a")).InLine);
    }

    private static Reconsidered Reconsider(Identity identity, params PolicyRule[] rules)
    {
        var set = new PolicySet("new", rules);
        return Reconsideration.Of(identity, (others, asked, lifetime, _, _) => PolicyEngine.Decide(
            set, new(others.Id, others.Profile.Kind, others.Profile.Environment, others.Profile.Tags, asked, lifetime)), Some.Noon.AddMinutes(10));
    }

    private static DecideAnew Asking(ApprovalRequirement requirement) =>
        (_, asked, lifetime, _, _) => Asked(requirement) with { Entitlements = asked, Lifetime = lifetime ?? TimeSpan.Zero };

    private static Decision Asked(ApprovalRequirement requirement) =>
        Some.Permit(Hour, Some.Entitlement("a")) with { Outcome = DecisionOutcome.RequireApproval, Approval = requirement, AnswerWithin = requirement.AnswerWithin };

    private static Identity With(Intent intent, params Grant[] grants) => Some.Identity with { Intent = intent, Grants = grants };

    private static Intent Intend(params Entitlement[] entitlements) => new(entitlements, Some.Permit(TimeSpan.Zero, entitlements));

    private static PolicyRule Deny(string name) => new($"no-{name}", PolicyEffect.Deny, new(ResourcePrefix: $"shop/configmaps/{name}"));

    private static IEnumerable<string?> Names(IEnumerable<Entitlement> entitlements) => entitlements.Select(entitlement => entitlement.Resources[0].Name);
}
