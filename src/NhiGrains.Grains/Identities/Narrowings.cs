using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>An approver leaves less of a request than it asked for: pure.</summary>
internal static class Narrowings
{
    /// <summary>The narrower plan, with none of the approvals of the wider one; the same instance when it is no narrower.</summary>
    public static Result<JudgedRequest> Of(
        Identity identity, JudgedRequest now, PendingApprovalGrant pending, Ballot ballot, Voter voter, string seen, Narrower narrower, Electorate electorate, CommandContext context)
    {
        if (ballot.MayAnswer(voter, electorate).Refusal is { } refusal)
            return refusal;
        if (seen != ballot.Digest)
            return Reconsiderations.PlanChanged(ballot.Digest);
        if (pending.Request.IsStanding && narrower.Lifetime is not null)
            return NoLifetime;
        // As it is at this moment: with an exception the lifetime gets shorter while it waits.
        var whole = now.Record.Decision;
        var asked = Asked(whole, narrower, voter.Name);
        if (asked.Refusal is { } malformed)
            return malformed;
        var narrowed = asked.Value;
        if (IsSame(whole, narrowed))
            return now;
        if (!Coverage.AreWithin(narrowed.Entitlements, whole.Entitlements) || narrowed.Lifetime > whole.Lifetime)
            return NotSubset;
        var smaller = pending with { Narrowed = narrowed };
        var decided = Reconsiderations.Judge(identity, smaller, context);
        if (decided.Refusal is { } refused)
            return refused;
        // An approver agrees to what they have written down and to nothing else.
        var (record, impossible) = decided.Value;
        return impossible is not null || record.Decision.Outcome == DecisionOutcome.Deny || !IsSame(record.Decision, narrowed)
            ? new JudgedRequest(pending, record) { Refused = impossible ?? NotPermitted(record.Decision) }
            : Reconsiderations.With(identity, smaller, record, VoidReason.Narrowed, context);
    }

    private static Result<NarrowedRequest> Asked(Decision whole, Narrower narrower, string by)
    {
        var normal = (narrower.Entitlements ?? whole.Entitlements).Select(EntitlementRules.Normalize).ToArray();
        return normal.Select(result => result.Refusal).FirstOrDefault(refusal => refusal is not null) is { } malformed
            ? malformed
            : new NarrowedRequest([.. normal.Select(result => result.Value)], narrower.Lifetime ?? whole.Lifetime, by);
    }

    private static bool IsSame(Decision decision, NarrowedRequest narrowed) =>
        decision.Lifetime == narrowed.Lifetime && EntitlementRules.AreSame(decision.Entitlements, narrowed.Entitlements);

    private static Refusal NoLifetime { get; } = new(
        "STANDING_HAS_NO_LIFETIME", "Standing access has no lifetime that could be shortened.",
        "Leave fewer entitlements, or reject it and have it requested for a while with 'requestAccess'.", "narrowTo");

    private static Refusal NotSubset { get; } = new(
        "NARROWED_NOT_SUBSET", "An approver may leave less of a request, and never more or something else.",
        "Name entitlements that lie within those of the plan, and a lifetime that is not longer.", "narrowTo");

    private static Refusal NotPermitted(Decision decision) => new(
        "NARROWED_NOT_PERMITTED", $"Policy does not permit exactly this part of it: {string.Join(' ', decision.Reasons)}", "Narrow it otherwise, or approve all of it.", "narrowTo");
}
