using GraphQL.Types;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Entitlements;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Policies;

internal sealed class DecisionOutcomeType() : DescribedEnum<DecisionOutcome>("DecisionOutcome", "What the policy engine answered.",
    (DecisionOutcome.Permit, "What was asked for."),
    (DecisionOutcome.PermitReduced, "Less: fewer verbs, or a shorter lifetime."),
    (DecisionOutcome.RequireApproval, "Only when people approve."),
    (DecisionOutcome.Deny, "Nothing. No rule that matches means this."));

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
    }
}
