using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>Standing access as a whole: set at once, or once people have approved it. What the identity has stays until then: pure.</summary>
internal static class IntentCommands
{
    public static Result<Outcome> Set(Identity identity, IdentityCommand.SetIntent intent, CommandContext context)
    {
        if (intent.Entitlements.Count == 0)
            return Told(identity, Intent.Empty with { SetBy = context.Actor }, intent, null, context);
        var decided = CommandRules.JudgeOrKeep(identity, new(intent.Entitlements, Lifetime: null), context);
        if (decided.Refusal is { } refusal)
            return refusal;
        var (record, impossible) = decided.Value;
        var decision = record.Decision;
        return decision.Outcome switch
        {
            DecisionOutcome.Deny => Denied(identity, intent, record, impossible),
            DecisionOutcome.RequireApproval => Ask(identity, intent, record, context),
            _ => Told(identity, new(decision.Entitlements, decision) { SetBy = context.Actor }, intent, record, context),
        };
    }

    // Whoever declares the same again and again wants nothing new: neither what people have agreed to nor what waits for them is asked anew.
    private static Result<Outcome> Ask(Identity identity, IdentityCommand.SetIntent intent, DecisionRecord record, CommandContext context)
    {
        var decision = record.Decision;
        if (identity.Intent is var agreed && Reconsideration.IsAgreed(decision, agreed.Decision) && EntitlementRules.AreSame(agreed.Entitlements, decision.Entitlements))
            return Told(identity, agreed, intent, record, context);
        var asked = new AccessRequest(context.Actor, intent.Reason, intent.Entitlements, TimeSpan.Zero, context.Now) { IsStanding = true, Subject = context.Subject };
        if (identity.WaitingIntent() is { } waiting && IsSame(waiting.Request, asked))
            return new Outcome(identity, "grant.requested", intent.Reason, waiting.Id);
        return ApprovalRules.Ask(identity.WithoutWaitingIntent(context.Actor, context.Now), (PendingApprovalGrant)Grant.From(context.NewGrantId, asked, decision), record, context);
    }

    private static Outcome Denied(Identity identity, IdentityCommand.SetIntent intent, DecisionRecord record, Refusal? impossible) => new(identity, "identity.intent-denied", intent.Reason)
    {
        Record = record,
        Refused = impossible ?? new("DENIED_BY_POLICY", string.Join(' ', record.Decision.Reasons), "Ask for less, or change the policy.", "entitlements"),
    };

    private static Result<Outcome> Told(Identity identity, Intent next, IdentityCommand.SetIntent intent, DecisionRecord? record, CommandContext context)
    {
        var set = identity.SetIntent(next, context.Now, context.Actor);
        return set.Refusal is { } refusal ? refusal : new Outcome(set.Value, "identity.intent-set", intent.Reason) { Record = record };
    }

    private static bool IsSame(AccessRequest one, AccessRequest other) =>
        (one.RequestedBy, one.Subject) == (other.RequestedBy, other.Subject) && EntitlementRules.AreSame(one.Entitlements, other.Entitlements);
}
