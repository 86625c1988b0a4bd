using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;
using static NhiGrains.Domain.Tests.Policies.Asking;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>Each thing that a rule can look at: with one value it matches the plain question, with another it does not.</summary>
public class KeysTests
{
    private static readonly DecisionInput Question = Plain with
    {
        RequesterGroups = ["payments"],
        Evidence = [new(EvidenceKind.OidcToken, "ci", "repo:shop", new Dictionary<string, string>(StringComparer.Ordinal) { ["ref"] = "main" }, Plain.At, "d")],
        Risks = [new("scanner", "leak", RiskSeverity.Medium)],
    };

    private static readonly EvidenceMatch FromMain = new(EvidenceKind.OidcToken, ["ci"], "repo:shop", new Dictionary<string, string>(StringComparer.Ordinal) { ["ref"] = "main" });
    private static readonly DailyWindow Day = new([DayOfWeek.Tuesday], new(8, 0), new(18, 0), "Europe/Berlin");

    private static readonly Dictionary<string, (PolicyMatch Matching, PolicyMatch Other)> Keys = new(StringComparer.Ordinal)
    {
        ["kinds"] = (new(Kinds: [IdentityKind.ServiceAccount]), new(Kinds: [IdentityKind.Bot])),
        ["environments"] = (new(Environments: ["staging"]), new(Environments: ["production"])),
        ["platforms"] = (new(Platforms: [Some.Platform]), new(Platforms: ["k8s:other"])),
        ["standing"] = (new(Standing: false), new(Standing: true)),
        ["lifetimeAtMost"] = (new(LifetimeAtMost: Hour), new(LifetimeAtMost: Hour / 2)),
        ["lifetimeOver"] = (new() { LifetimeOver = Hour / 2 }, new() { LifetimeOver = Hour }),
        ["identities"] = (new() { Identities = ["billing"] }, new() { Identities = ["bill"] }),
        ["teams"] = (new() { Teams = ["payments"] }, new() { Teams = ["Payments"] }),
        ["requesters"] = (new() { Requesters = ["bob"], RequesterGroups = ["payments"] }, new() { Requesters = ["bob"], RequesterGroups = ["security"] }),
        ["tags"] = (new(Tags: Some.Profile.Tags), new(Tags: new Dictionary<string, string> { ["app"] = "shop" })),
        ["verbs"] = (new(Verbs: [Verb.Read, Verb.Write]), new(Verbs: [Verb.Delete])),
        ["resourceTypes"] = (new() { ResourceTypes = ["configmaps"] }, new() { ResourceTypes = ["secrets"] }),
        ["resourcePrefix"] = (new(ResourcePrefix: "shop/configmaps/"), new(ResourcePrefix: "shop/secrets/")),
        ["sensitivities"] = (new() { Sensitivities = [Sensitivity.Internal] }, new() { Sensitivities = [Sensitivity.Public] }),
        ["applications"] = (new() { Applications = ["till"] }, new() { Applications = ["pay"] }),
        ["resourceEnvironments"] = (new() { ResourceEnvironments = ["production"] }, new() { ResourceEnvironments = ["staging"] }),
        ["evidence"] = (new() { Evidence = [FromMain] }, new() { Evidence = [FromMain with { Subject = "repo:other" }] }),
        ["evidenceMissing"] = (new() { EvidenceMissing = [FromMain, new(EvidenceKind.Provenance)] }, new() { EvidenceMissing = [FromMain] }),
        ["riskAtLeast"] = (new() { RiskAtLeast = RiskSeverity.Medium, RiskTypes = ["leak"] }, new() { RiskAtLeast = RiskSeverity.Medium, RiskTypes = ["odd"] }),
        ["riskBelow"] = (new() { RiskBelow = RiskSeverity.High }, new() { RiskBelow = RiskSeverity.Medium }),
        ["during"] = (new() { During = Day }, new() { During = Day with { Zone = "Asia/Tokyo" } }),
        ["condition"] = (new() { Condition = "request.by == 'ada' && resources.all(r, r.application == 'till')" }, new() { Condition = "request.by == 'bob'" }),
    };

    public static TheoryData<string> Names => [.. Keys.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rule_looks_at(string key)
    {
        var (matching, other) = Keys[key];

        Assert.Equal(DecisionOutcome.Permit, Decide(Permit(matching)).Outcome);
        Assert.Equal(DecisionOutcome.Deny, Decide(Permit(other)).Outcome);
        Assert.Equal(DecisionOutcome.Deny, Decide(Permit(), Deny(matching)).Outcome);
        Assert.Equal(DecisionOutcome.Permit, Decide(Permit(), Deny(other)).Outcome);
        Assert.Equal(DecisionOutcome.RequireApproval, Decide(Permit(), Approve(matching)).Outcome);
        Assert.Equal(DecisionOutcome.Permit, Decide(Permit(), Approve(other)).Outcome);
        Assert.Equal(DecisionOutcome.Permit, PolicyEngine.Decide(Set(Asking.BreakGlass(matching)), Question with { BreakGlass = true }).Outcome);
        Assert.Equal(DecisionOutcome.Deny, PolicyEngine.Decide(Set(Asking.BreakGlass(other)), Question with { BreakGlass = true }).Outcome);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_rule_that_missed_by_one_thing_says_which(string key)
    {
        var finding = Assert.Single(Decide(Permit(Keys[key].Other)).Findings);

        Assert.Equal(("permit", PolicyEffect.Permit, false), (finding.Rule, finding.Effect, finding.Matched));
        Assert.StartsWith(key + ": ", Assert.Single(finding.Differences), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_is_here() => Assert.Equal(
        Matching.Checks.Select(check => check.Key).Where(key => key != "maxLifetime").Order(StringComparer.Ordinal), Keys.Keys.Order(StringComparer.Ordinal));

    private static Decision Decide(params PolicyRule[] rules) => PolicyEngine.Decide(Set(rules), Question);

    private static PolicySet Set(params PolicyRule[] rules) => new("test", rules)
    {
        Applications = [new("till", null, "production", Sensitivity.Internal), new("pay", null, null, Sensitivity.Restricted)],
        Resources = [new(null, "shop/", "till")],
    };
}
