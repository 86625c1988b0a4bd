using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Policies;

/// <summary>A plain question and plain rules, of which a test changes what it is about.</summary>
internal static class Asking
{
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static readonly ApprovalRequirement TwoOfSecurity = new([new(["security"], 2)], 4 * Hour);

    public static readonly ReviewTerms Reviewed = new(["security"], 24 * Hour);

    public static DecisionInput Plain { get; } = new(
        "billing", IdentityKind.ServiceAccount, "staging", Some.Profile.Tags, [Some.Entitlement("a", Verb.Read, Verb.Write)], Hour)
    {
        At = Some.Noon,
        Owner = Some.Profile.Owner,
        Requester = "ada",
    };

    public static DecisionInput For(params ResourceSelector[] resources) => Plain with { Entitlements = [Plain.Entitlements[0] with { Resources = resources }] };

    public static PolicyRule Permit(PolicyMatch? match = null, string name = "permit") => new(name, PolicyEffect.Permit, match ?? new());

    public static PolicyRule Deny(PolicyMatch? match = null, string name = "deny") => new(name, PolicyEffect.Deny, match ?? new());

    public static PolicyRule Approve(PolicyMatch? match = null, string name = "approve") =>
        new(name, PolicyEffect.RequireApproval, match ?? new()) { Approval = TwoOfSecurity };

    public static PolicyRule BreakGlass(PolicyMatch? match = null, string name = "glass") =>
        new(name, PolicyEffect.BreakGlass, match ?? new(), MaxLifetime: Hour) { Review = Reviewed };

    public static Decision Decide(this DecisionInput input, params PolicyRule[] rules) => PolicyEngine.Decide(new PolicySet("test", rules), input);

    public static DecisionOutcome Outcome(this DecisionInput input, params PolicyRule[] rules) => input.Decide(rules).Outcome;
}
