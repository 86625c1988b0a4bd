using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Host.Tests.Policies;

/// <summary>What a file says is what the rule holds, and what cannot be meant is refused at its place.</summary>
public class PolicyRuleReaderTests
{
    private const string Everything = """
        - name: deploy
          effect: require-approval
          match:
            identities: [builder]
            teams: [payments]
            requesters: [ada]
            requesterGroups: [release]
            resourceTypes: [deployments]
            sensitivities: [confidential]
            resourceEnvironments: [production]
            lifetimeOver: 1h
            evidence: [{kind: oidc-token, trusts: [ci], subject: repo, claims: {ref: main}}]
            evidenceMissing: [{kind: provenance}]
            riskAtLeast: low
            riskBelow: high
            riskTypes: [leak]
            during: {days: [monday, friday], from: "08:30", to: "17:00", zone: Europe/Berlin}
            condition: identity.tags["app"] == "orders"
          onlyResources: [orders/]
          ticketRequired: true
          notify: [pager]
          answerWithin: 4h
          approvers: [{groups: [security], count: 2}, {groups: [owner-team]}]
          meanwhile: {onlyVerbs: [read], maxLifetime: 30m}
          exceptions: {maxLifetime: 7d, approvers: [{groups: [security]}]}
        """;

    [Fact]
    public void Every_key_is_read()
    {
        var rule = Assert.Single(PolicyText.Valid(Everything).Rules);
        var expected = new PolicyRule("deploy", PolicyEffect.RequireApproval, new()
        {
            Identities = ["builder"],
            Teams = ["payments"],
            Requesters = ["ada"],
            RequesterGroups = ["release"],
            ResourceTypes = ["deployments"],
            Sensitivities = [Sensitivity.Confidential],
            ResourceEnvironments = ["production"],
            LifetimeOver = TimeSpan.FromHours(1),
            Evidence = [new(EvidenceKind.OidcToken, ["ci"], "repo", new Dictionary<string, string>(StringComparer.Ordinal) { ["ref"] = "main" })],
            EvidenceMissing = [new(EvidenceKind.Provenance)],
            RiskAtLeast = RiskSeverity.Low,
            RiskBelow = RiskSeverity.High,
            RiskTypes = ["leak"],
            During = new([DayOfWeek.Monday, DayOfWeek.Friday], new(8, 30), new(17, 0), "Europe/Berlin"),
            Condition = "identity.tags[\"app\"] == \"orders\"",
        })
        {
            OnlyResources = ["orders/"],
            TicketRequired = true,
            Notify = ["pager"],
            Approval = new([new([ApprovalSeats.OwnerTeam], 1), new(["security"], 2)], TimeSpan.FromHours(4)),
            Meanwhile = new([Verb.Read], TimeSpan.FromMinutes(30)),
            Exceptions = new(TimeSpan.FromDays(7), new([new(["security"], 1)], TimeSpan.FromDays(1))),
        };
        Assert.Equal(Canonical.Text(expected), Canonical.Text(rule));
    }

    [Theory]
    [InlineData("effect: require-approval", "effect: permit", "'approvers' is for rules that require approval.")]
    [InlineData("effect: require-approval", "effect: deny", "'ticketRequired' limits a permit; a rule that denies has none.")]
    [InlineData("  answerWithin: 4h\n  approvers: [{groups: [security], count: 2}, {groups: [owner-team]}]\n", "", "4:3: A rule needs the key 'approvers'.")]
    [InlineData("effect: require-approval", "effect: break-glass", "4:3: A rule needs the key 'review'.")]
    [InlineData("count: 2", "count: 0", "26:43: 'count' is a number from 1 to 20, not '0'.")]
    [InlineData("count: 2", "count: 20", "At most 20 people can be asked to agree.")]
    [InlineData("from: \"08:30\"", "from: 8 o'clock", "'8 o'clock' is no time of day;")]
    [InlineData("Europe/Berlin", "Europe/Nowhere", "'Europe/Nowhere' is no time zone")]
    [InlineData("riskAtLeast: low\n    riskBelow: high", "standing: false", "'riskTypes' says which signals")]
    [InlineData("maxLifetime: 7d, ", "", "Exceptions needs the key 'maxLifetime'.")]
    public void What_cannot_be_meant_is_refused(string part, string edit, string expected) =>
        Refused(Everything.Replace(part, edit, StringComparison.Ordinal), expected);

    [Theory]
    [InlineData("identity.tag[\"app\"] == \"orders\"", "21:16: The condition, line 1, column 1:")]
    [InlineData("identity.kind == 'bot' && 1 + request.lifetime == 2", "The condition, line 1, column 29:")]
    [InlineData("identity.kind", "The condition, line 1, column 9:")]
    [InlineData("identity.kind ==", "The condition, line 1, column ")]
    public void A_condition_that_is_wrong_is_refused_at_its_place(string condition, string expected) =>
        Refused(Everything.Replace("identity.tags[\"app\"] == \"orders\"", condition, StringComparison.Ordinal), expected);

    [Fact]
    public void A_condition_that_could_cost_too_much_is_refused()
    {
        const string loop = "resources.all(a, resources.all(b, resources.all(c, resources.all(d, a.name == d.name))))";
        Refused(Everything.Replace("identity.tags[\"app\"] == \"orders\"", loop, StringComparison.Ordinal), "which is above the limit");
    }

    private static void Refused(string rule, string expected)
    {
        var result = PolicyText.Load(PolicyText.WithRules(rule));
        Assert.Null(result.Set);
        Assert.Contains(expected, string.Join('\n', result.Problems), StringComparison.Ordinal);
    }
}
