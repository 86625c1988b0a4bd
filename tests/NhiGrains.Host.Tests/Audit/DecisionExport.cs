using NhiGrains.Contracts;
using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Audit;

namespace NhiGrains.Host.Tests.Audit;

/// <summary>A small export with a policy set and decisions by it: one of each outcome, and one that a platform refused.</summary>
internal static class DecisionExport
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static PolicySet Set { get; } = new("main",
    [
        new("read", PolicyEffect.Permit, new(Environments: ["staging"], Verbs: [Verb.Read, Verb.Write]) { Condition = "resources.all(r, r.environment == 'staging')" }, MaxLifetime: Hour, AllowControllerEnforcedEnd: true),
        new("ask", PolicyEffect.RequireApproval, new(Environments: ["staging"]))
        {
            Approval = new([new(["security"], 1)], Hour), Meanwhile = new([Verb.Read]), Match = new(Environments: ["staging"], Verbs: [Verb.Write, Verb.Delete]),
        },
        new("never", PolicyEffect.Deny, new() { Sensitivities = [Sensitivity.Restricted] }),
        new("exact", PolicyEffect.Permit, new(Environments: ["production"], Tags: new Dictionary<string, string> { ["app"] = "till" }), OnlyExact: true),
    ])
    {
        Resources = [new(null, "shop/configmaps/", Environment: "staging", Sensitivity: Sensitivity.Internal), new(null, "shop/secrets/", Sensitivity: Sensitivity.Restricted)],
    };

    /// <summary>Of the set, and one of the time before any was in force.</summary>
    public static IReadOnlyList<DecisionRecord> Decisions { get; } =
    [
        Decided(Set, "staging", "configmaps", Verb.Read), Decided(Set, "staging", "configmaps", Verb.Write), Decided(Set, "staging", "secrets", Verb.Read),
        Decided(Set, "staging", "configmaps", Verb.List), Decided(Set, "production", "configmaps", Verb.Read), Decided(PolicySet.Empty, "staging", "configmaps", Verb.Read),
    ];

    /// <param name="set">The text of the set, as a release wrote it.</param>
    /// <param name="version">Under which it is known.</param>
    public static string Text(string set, string version, IEnumerable<string> records)
    {
        var head = AuditHead.Genesis(0);
        var entries = new List<AuditEntry>();
        Tell("policy-set.content", new() { ["version"] = version, ["part"] = "1/1", ["text"] = set });
        foreach (var record in records)
            Tell("grant.requested", new() { [AuditDetails.Record] = record });
        AuditHead[] heads = [head, .. Enumerable.Range(1, Shards.Count - 1).Select(AuditHead.Genesis)];
        return string.Concat(entries.Select(Canonical.Text).Prepend(Canonical.Text(new AuditExportHeader(AuditExportFormat.Name, AuditExportFormat.Version, ExportText.Noon, heads))).Select(line => line + "\n"));

        void Tell(string action, Dictionary<string, string> details)
        {
            entries.Add(AuditChain.Append(head, new("identity/billing", entries.Count + 1, ExportText.Noon, "ada", action, "a test", null, "after", details)));
            head = AuditChain.HeadAfter(entries[^1]);
        }
    }

    private static DecisionRecord Decided(PolicySet set, string environment, string type, Verb verb)
    {
        var input = new DecisionInput(
            "billing", IdentityKind.ServiceAccount, environment, new Dictionary<string, string> { ["app"] = "till" },
            [new("k8s:test", [Verb.Read, verb], [new(type, "shop", ResourceMatch.Exact, "prices")], Conditions.None)], 2 * Hour) { At = ExportText.Noon, Requester = "ada" };
        input = input with { Entitlements = [EntitlementRules.Normalize(input.Entitlements[0]).Value] };
        var decision = PolicyEngine.Decide(set, input);
        PlatformFidelity[] told = decision.Outcome == DecisionOutcome.Deny ? [] : [new("k8s:test", new Fidelity.ControllerEnforced(["it ends with a lag"], TimeSpan.FromSeconds(5)))];
        return new(input, Settlement.OrDenied(decision, told).Decision);
    }
}
