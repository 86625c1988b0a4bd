using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <param name="Record">By which decision.</param>
internal sealed record JudgedRequest(Grant Grant, DecisionRecord Record)
{
    /// <summary>Why it cannot be granted at the moment; the grant is as it was then.</summary>
    public Refusal? Refused { get; init; }
}

/// <summary>A request that waits, decided anew with the policy, the identity and the platforms as they are now: pure.</summary>
internal static class Reconsiderations
{
    public static Refusal NoApprovers { get; } = new(
        "NO_APPROVERS", "Policy asks for an approval and names nobody who could give it.", "Have the policy name who has to agree.", "entitlements");

    public static Refusal PlanChanged(string digest) => new(
        "PLAN_CHANGED", $"The plan has changed since it was approved or seen: its digest is {digest} now, and earlier approvals are void.",
        "Read it again, and decide anew.", "planDigest");

    public static Refusal? CheckActive(Identity identity) => identity.Status == IdentityStatus.Active
        ? null
        : new("WRONG_STATUS", $"The identity is {identity.Status} and cannot be granted access.", "Look at its status first.", "id");

    /// <summary>The request with its vote.</summary>
    public static Result<PendingApprovalGrant> Open(Identity identity, PendingApprovalGrant pending, CommandContext context)
    {
        if (RequirementOf(pending.Decision) is not { } requirement)
            return NoApprovers;
        string[] excluded = pending.Request.Subject is { } subject ? [pending.Request.RequestedBy, subject] : [pending.Request.RequestedBy];
        return pending with { Ballot = new(requirement, ApprovalPlans.DigestOf(identity, pending, context), excluded, pending.AnswerBy) };
    }

    /// <summary>
    /// The same instance when everything is as it was; the request with a new vote when something is not; or what became of it when
    /// policy does not ask for an approval any more.
    /// </summary>
    public static Result<JudgedRequest> Of(Identity identity, PendingApprovalGrant pending, CommandContext context)
    {
        var decided = Judge(identity, pending, context);
        if (decided.Refusal is { } refusal)
            return refusal;
        var (record, impossible) = decided.Value;
        return impossible is not null ? new JudgedRequest(pending, record) { Refused = impossible } : With(identity, pending, record, VoidReason.PlanChanged, context);
    }

    /// <summary>Decides as if the request came now, from whoever made it.</summary>
    public static Result<(DecisionRecord Record, Refusal? Impossible)> Judge(Identity identity, PendingApprovalGrant pending, CommandContext context) =>
        CommandRules.JudgeOrKeep(identity, Asked.Of(pending), context with { Actor = pending.Request.RequestedBy });

    /// <summary>The request as another decision has it.</summary>
    public static Result<JudgedRequest> With(Identity identity, PendingApprovalGrant pending, DecisionRecord record, VoidReason why, CommandContext context)
    {
        var grant = With(identity, pending, record.Decision, why, context);
        return grant.Refusal is { } refusal ? refusal : new JudgedRequest(grant.Value, record);
    }

    private static Result<Grant> With(Identity identity, PendingApprovalGrant pending, Decision decision, VoidReason why, CommandContext context)
    {
        if (decision.Outcome == DecisionOutcome.Deny)
            return pending.Deny(decision);
        if (decision.Outcome != DecisionOutcome.RequireApproval)
            return pending.Permit(decision, context.Now);
        if (RequirementOf(decision) is not { } requirement || pending.Ballot is not { } ballot)
            return NoApprovers;
        var next = pending with { Decision = decision };
        var digest = ApprovalPlans.DigestOf(identity, next, context);
        return digest == ballot.Digest ? pending : next with { Ballot = ballot.Reopen(requirement, digest, why, context.Now) };
    }

    private static ApprovalRequirement? RequirementOf(Decision decision) =>
        decision.Approval is { Seats.Count: > 0 } requirement && requirement.Seats.All(seats => seats.Count > 0 && seats.Groups.Count > 0) ? requirement : null;
}
