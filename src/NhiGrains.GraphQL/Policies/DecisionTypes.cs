using GraphQL.Types;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Policies;

internal sealed class DecisionOutcomeType() : DescribedEnum<DecisionOutcome>("DecisionOutcome", "What the policy engine answered.",
    (DecisionOutcome.Permit, "What was asked for."),
    (DecisionOutcome.PermitReduced, "Less: fewer verbs, or a shorter lifetime."),
    (DecisionOutcome.RequireApproval, "Only when people approve."),
    (DecisionOutcome.Deny, "Nothing. No rule that matches means this."));

internal sealed class BundleModeType() : DescribedEnum<BundleMode>("BundleMode", "What becomes of a grant on several platforms when one of them refuses or fails.",
    (BundleMode.AllOrNothing, "Nothing is granted, or what was applied elsewhere is taken back."),
    (BundleMode.BestEffort, "The rest is granted, and it is said what is not."));

internal sealed class PlatformFidelityType : Described<PlatformFidelity>
{
    public PlatformFidelityType()
        : base("PlatformFidelity", "How faithfully one platform says what was asked for.")
    {
        Show("platform", Of.Text, "The platform's id.", one => one.Platform);
        Fidelities.ShowOn(this, one => one.Fidelity);
    }
}

internal sealed class DecisionType : Described<Decision>
{
    public DecisionType()
        : base("Decision", "What the policy engine answered, stored with what it was asked.")
    {
        Show("outcome", Of.One<DecisionOutcomeType>(), "The answer.", decision => decision.Outcome);
        Show("entitlements", Of.Many<EntitlementType>(), "What may be granted: what was asked, or less. Empty for DENY.", decision => decision.Entitlements);
        Show("lifetimeSeconds", Of.Maybe<FloatGraphType>(), "For how long, in seconds; null for DENY and for standing access.",
            decision => decision.Lifetime > TimeSpan.Zero ? decision.Lifetime.TotalSeconds : null);
        Show("matchedRules", Of.Texts, "The names of the rules that matched, in the order of the set.", decision => decision.MatchedRules);
        Show("reasons", Of.Texts, "Why, one sentence a rule or cut, for people.", decision => decision.Reasons);
        Show("policyVersion", Of.Text, "The digest of the policy set that decided.", decision => decision.PolicyVersion);
        Show("inputDigest", Of.Text, "The digest of what was asked, about whom.", decision => decision.InputDigest);
        Show("allowsControllerEnforcedEnd", Of.Bool, "Whether policy consents to an end that only NhiGrains keeps, not the platform.",
            decision => decision.AllowsControllerEnforcedEnd);
        Show("onlyExact", Of.Bool, "Whether policy permits only what a platform can say exactly.", decision => decision.OnlyExact);
        Show("bundle", Of.One<BundleModeType>(), "What becomes of it on several platforms when one of them refuses or fails.", decision => decision.Bundle);
        Show("approval", Of.Maybe<ApprovalRequirementType>(), "For REQUIRE_APPROVAL: who has to agree; null otherwise.", decision => decision.Approval);
        Show("meanwhile", Of.Maybe<DecisionType>(), "For REQUIRE_APPROVAL: what may be granted at once, until approvers have answered; null when nothing may.", decision => decision.Meanwhile);
        Show("review", Of.Maybe<ReviewTermsType>(), "For emergency access: who reviews it, and within which time; null for any other.", decision => decision.Review);
        Show("exceptions", Of.Texts, "The names of the identity's exceptions without which it would have been stricter.", decision => decision.Exceptions);
        Show("notify", Of.Texts, "Whom policy wants told: names of notification sinks.", decision => decision.Notify);
        Show("findings", Of.Many<RuleFindingType>(), "What would have had to differ, for a decision that is not what was asked for; the nearest rules first.", decision => decision.Findings);
        Show("fidelities", Of.Many<PlatformFidelityType>(), "How faithfully each platform says it, as far as it was permitted.", decision => decision.Fidelities);
    }
}
