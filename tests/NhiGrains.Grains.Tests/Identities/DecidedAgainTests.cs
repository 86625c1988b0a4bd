using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Tests.Identities;

/// <summary>What an identity has is decided again as it was asked for, and by policy even where a platform is gone.</summary>
public class DecidedAgainTests
{
    private const string Gone = "mem:gone";

    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);
    private static readonly Entitlement Read = new(Gone, [Verb.Read], [new("configmaps", "shop", ResourceMatch.Exact, "a")], Conditions.None);
    private static readonly Decision Held = new(DecisionOutcome.Permit, [Read], TimeSpan.Zero, [], [], "v", "d", AllowsControllerEnforcedEnd: true);

    [Fact]
    public void A_renewal_shows_the_evidence_that_still_counts_and_what_is_brought_with_it()
    {
        VerifiedEvidence ended = new(EvidenceKind.OidcToken, "ci", "job", Nothing, Noon + TimeSpan.FromMinutes(5), "1"), counts = ended with { ExpiresAt = Noon + Hour, Digest = "2" };
        var request = new AccessRequest("ada", "why", [Read], Hour, Noon) { Evidence = [ended, counts], Ticket = "T-1" };
        var active = ActiveGrant.Begin("g", request, Held with { Lifetime = Hour }, Noon);

        var renew = new IdentityCommand.RenewGrant("g", Hour, "why");
        var again = Asked.Renewed(active, renew, Noon + TimeSpan.FromMinutes(10));
        var shown = Asked.Renewed(active, renew with { Evidence = [ended with { Digest = "3" }] }, Noon + TimeSpan.FromMinutes(10));

        Assert.Equal(["2"], again.Evidence.Select(one => one.Digest));
        Assert.Equal(["3", "2"], shown.Evidence.Select(one => one.Digest));
        Assert.Equal("T-1", again.Ticket);
        Assert.Equal(2, Asked.Again([Read], Hour, request).Evidence.Count);
    }

    [Fact]
    public void A_set_takes_what_it_denies_also_where_the_platform_is_not_configured_any_more()
    {
        var identity = With(new([Read], Held) { SetBy = "ada" });

        var denied = RolloutRules.Of(identity, Context(new PolicyRule("no", PolicyEffect.Deny, new())));
        var permitted = RolloutRules.Of(identity, Context(new PolicyRule("yes", PolicyEffect.Permit, new())));

        Assert.Empty(denied.By.InLine.Intent.Entitlements);
        Assert.Equal(PolicyFindingKind.Lost, Assert.Single(denied.By.Findings).Kind);
        Assert.NotEmpty(denied.Records);
        Assert.Same(identity, permitted.By.InLine);
    }

    [Fact]
    public void A_part_that_is_denied_takes_no_other_with_it_where_nobody_can_say_what_the_platform_can_do()
    {
        var (denied, other) = (Read with { Resources = [Read.Resources[0] with { Name = "b" }] }, Read with { Resources = [Read.Resources[0] with { Name = "c" }] });
        var identity = With(new([Read, denied, other], Held with { Entitlements = [Read, denied, other] }) { SetBy = "ada" });

        var by = RolloutRules.Of(identity, Context(
            new PolicyRule("yes", PolicyEffect.Permit, new()), new PolicyRule("no-b", PolicyEffect.Deny, new(ResourcePrefix: "shop/configmaps/b")))).By;

        Assert.Equal(["a", "c"], by.InLine.Intent.Entitlements.Select(entitlement => entitlement.Resources[0].Name));
        Assert.Equal(by.InLine.Intent.Entitlements, by.InLine.Intent.Decision?.Entitlements);
        Assert.Equal(["b"], Assert.Single(by.Findings).Lost.Select(entitlement => entitlement.Resources[0].Name));
    }

    [Fact]
    public void What_people_have_to_agree_to_by_now_needs_them_also_where_the_platform_is_not_configured_any_more()
    {
        var two = new ApprovalRequirement([new(["security"], 2)], Hour);
        var ask = Context(new PolicyRule("ask", PolicyEffect.RequireApproval, new(Standing: true)) { Approval = two });

        var by = RolloutRules.Of(With(new([Read], Held) { SetBy = "ada" }), ask).By;
        var agreed = With(new([Read], Held with { Outcome = DecisionOutcome.RequireApproval, Approval = two }) { SetBy = "ada" });

        Assert.Empty(by.InLine.Intent.Entitlements);
        Assert.Equal(PolicyFindingKind.NeedsApproval, Assert.Single(by.Findings).Kind);
        Assert.Same(agreed, RolloutRules.Of(agreed, ask).By.InLine);
    }

    [Fact]
    public void An_intent_is_decided_again_as_that_of_who_set_it()
    {
        var rule = new PolicyRule("ada-may", PolicyEffect.Permit, new() { Requesters = ["ada"] });

        Assert.Empty(RolloutRules.Of(With(new([Read], Held) { SetBy = "ada" }), Context(rule)).By.Findings);
        Assert.NotEmpty(RolloutRules.Of(With(new([Read], Held) { SetBy = "eve" }), Context(rule)).By.Findings);
    }

    [Fact]
    public void A_grant_is_decided_again_as_that_of_who_renewed_it_last()
    {
        var rule = new PolicyRule("bob-may", PolicyEffect.Permit, new() { Requesters = ["bob"] }, 2 * Hour);
        var active = ActiveGrant.Begin("g", new("ada", "why", [Read], Hour, Noon), Held with { Lifetime = Hour }, Noon);
        var longer = Held with { Lifetime = 2 * Hour };

        Assert.NotEmpty(Findings(active));
        Assert.Empty(Findings(active.Renew(longer, [], "bob", Noon)));
        Assert.NotEmpty(Findings(active.Renew(longer, [], "bob", Noon).Renew(longer, [], "ada", Noon + Hour)));
        // What moves nothing leaves it as it was had.
        Assert.NotEmpty(Findings(active.Renew(Held with { Lifetime = Hour / 2 }, [], "bob", Noon)));

        IReadOnlyList<PolicyFinding> Findings(ActiveGrant grant) => RolloutRules.Of(With(Intent.Empty) with { Grants = [grant] }, Context(rule)).By.Findings;
    }

    private static Identity With(Intent intent) => Identity.Register(
        "billing", new(IdentityKind.ServiceAccount, new("own", "team"), "staging", Nothing, [new(Gone, "shop/billing")])).Value with { Intent = intent };

    private static CommandContext Context(params PolicyRule[] rules) =>
        new("billing", "system", "g", new PolicyVersion(new PolicySet("set", rules), "", Noon, ""), new PlatformRegistry([]), Noon);
}
