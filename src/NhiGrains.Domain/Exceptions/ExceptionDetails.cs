using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Audit;

namespace NhiGrains.Domain.Exceptions;

/// <summary>What the audit shows of an exception.</summary>
public static class ExceptionDetails
{
    public const string Requested = "exception.requested";
    public const string PlanChanged = "exception.plan-changed";

    /// <param name="before">Null for a new one.</param>
    public static string ActionOf(PolicyException? before, PolicyException after) => (before?.Status, after.Status) switch
    {
        (null, _) => Requested,
        (ExceptionStatus.Pending, ExceptionStatus.Pending) => before?.Ballot.Digest != after.Ballot.Digest ? PlanChanged
            : Given(before, after) is null ? "exception.approval-withdrawn"
            : "exception.approved",
        (_, ExceptionStatus.InForce) => before?.Status == ExceptionStatus.InForce ? "exception.reviewed" : "exception.in-force",
        (_, ExceptionStatus.Ended) => "exception.ended",
        (_, ExceptionStatus.Denied) => "exception.denied",
        _ => "exception.unanswered",
    };

    public static Dictionary<string, string> Of(PolicyException? before, PolicyException after, string ownerTeam)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["exception"] = after.Name,
            ["exceptionStatus"] = after.Status.ToString(),
            ["requestedBy"] = after.RequestedBy,
            ["planDigest"] = after.Ballot.Digest,
        };
        if (before is null)
        {
            details["rules"] = AuditDetails.Bounded(string.Join(", ", after.Rules), AuditDetails.MaxExplanation);
            details["entitlements"] = AuditDetails.Bounded(Canonical.Text(after.Entitlements), AuditDetails.MaxEntitlements);
            details["lifetime"] = after.Lifetime.ToString("c");
        }

        if (before?.Ballot.Digest != after.Ballot.Digest)
            details["justification"] = after.Justification;
        ApprovalDetails.AddAsked(details, WaitingOn(before), WaitingOn(after), ownerTeam);
        if (after.Status == ExceptionStatus.Pending)
            details["answerBy"] = Canonical.Instant(after.Ballot.AnswerBy);

        AddVote(details, before, after);
        if (after is { Status: ExceptionStatus.InForce, EndsAt: { } end })
            details["endsAt"] = Canonical.Instant(end);
        if (after.Ended is { } ended)
            (details["why"], details["endedBy"]) = (ended.Why, ended.By);
        if (after.Ended?.OnBehalfOf is { } other)
            details["onBehalfOf"] = other;
        if (after.Reviews.Count > 0 && !ReferenceEquals(before?.Reviews, after.Reviews))
            details["note"] = after.Reviews[^1].Note;
        return details;
    }

    private static void AddVote(Dictionary<string, string> details, PolicyException? before, PolicyException after)
    {
        if (Given(before, after) is { } given)
            details["approval"] = AuditDetails.Bounded(Canonical.Text(given), ApprovalDetails.MaxApprovals);
        if (after.Status == ExceptionStatus.InForce && before?.Status == ExceptionStatus.Pending)
            details["approvals"] = AuditDetails.Bounded(Canonical.Text(after.Approvals), ApprovalDetails.MaxApprovals);
        VoidedApproval[] voided = [.. after.Ballot.Voided.Except(before?.Ballot.Voided ?? [])];
        if (voided.Length > 0)
            details["voided"] = AuditDetails.Bounded(Canonical.Text(voided), ApprovalDetails.MaxApprovals);
    }

    private static Ballot? WaitingOn(PolicyException? exception) => exception?.Status == ExceptionStatus.Pending ? exception.Ballot : null;

    private static Approval? Given(PolicyException? before, PolicyException after) =>
        after.Ballot.Approvals.LastOrDefault(approval => before?.Ballot.Approvals.Contains(approval) != true);
}
