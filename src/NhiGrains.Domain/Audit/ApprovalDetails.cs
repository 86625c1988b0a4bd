using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Grants;

namespace NhiGrains.Domain.Audit;

/// <summary>What an entry shows of a vote: who agreed to exactly what, in which seat, in whose place, and what does not count any more.</summary>
public static class ApprovalDetails
{
    public const string Pending = "grant.pending-approval";
    public const string PlanChanged = "grant.plan-changed";
    public const string Narrowed = "grant.narrowed";

    /// <summary>Of a list of approvals as text; the digest stands for the rest.</summary>
    public const int MaxApprovals = 16_000;

    public static string ActionOf(PendingApprovalGrant? before, PendingApprovalGrant after) =>
        before is null ? Pending
        : before.Ballot?.Digest != after.Ballot?.Digest ? before.Narrowed == after.Narrowed ? PlanChanged : Narrowed
        : Given(before, after) is null ? "grant.approval-withdrawn"
        : "grant.approval-given";

    /// <summary>The groups that an entry asks for an answer; empty when it asks nobody.</summary>
    public static IReadOnlyList<string> Asked(AuditEvent change) =>
        change.Details.TryGetValue("askedGroups", out var groups) ? groups.Split('\n') : [];

    public static Dictionary<string, string> AddTo(Dictionary<string, string> details, Grant? before, Grant after, string ownerTeam)
    {
        if (after.MeanwhileOf is { } request)
            details["meanwhileOf"] = request;
        switch (after)
        {
            case PendingApprovalGrant { Ballot: { } ballot } pending:
                AddVote(details, before as PendingApprovalGrant, pending, ballot, ownerTeam);
                break;
            case ActiveGrant { PlanDigest: { } digest } active when before is PendingApprovalGrant:
                details["planDigest"] = digest;
                details["approvals"] = TextOf(active.Approvals);
                break;
            case IntentGrant { PlanDigest: { } digest } agreed:
                details["planDigest"] = digest;
                details["approvals"] = TextOf(agreed.Approvals);
                break;
            case DeniedGrant { Rejection: { } rejection }:
                details["answeredBy"] = rejection.By;
                AddIf(details, "onBehalfOf", rejection.OnBehalfOf);
                AddIf(details, "comment", rejection.Comment);
                break;
        }

        return details;
    }

    private static void AddVote(Dictionary<string, string> details, PendingApprovalGrant? before, PendingApprovalGrant after, Ballot ballot, string ownerTeam)
    {
        details["planDigest"] = ballot.Digest;
        details["answerBy"] = Canonical.Instant(ballot.AnswerBy);
        details["askedGroups"] = string.Join('\n', ballot.GroupsAsked(ownerTeam));
        if (Given(before, after) is { } given)
            details["approval"] = TextOf([given]);
        VoidedApproval[] voided = [.. ballot.Voided.Except(before?.Ballot?.Voided ?? [])];
        if (voided.Length > 0)
            details["voided"] = AuditDetails.Bounded(Canonical.Text(voided), MaxApprovals);
    }

    private static Approval? Given(PendingApprovalGrant? before, PendingApprovalGrant after) =>
        after.Ballot?.Approvals.LastOrDefault(approval => before?.Ballot?.Approvals.Contains(approval) != true);

    private static string TextOf(IReadOnlyList<Approval> approvals) => AuditDetails.Bounded(Canonical.Text(approvals), MaxApprovals);

    private static void AddIf(Dictionary<string, string> details, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            details[name] = value;
    }
}
