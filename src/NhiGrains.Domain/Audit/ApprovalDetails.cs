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

    private const string AskedGroups = "askedGroups";
    private const string AskedNoMore = "askedNoMore";

    public static string ActionOf(PendingApprovalGrant? before, PendingApprovalGrant after) =>
        before is null ? Pending
        : before.Ballot?.Digest != after.Ballot?.Digest ? before.Narrowed == after.Narrowed ? PlanChanged : Narrowed
        : Given(before, after) is null ? "grant.approval-withdrawn"
        : "grant.approval-given";

    /// <summary>The groups that an entry asks for an answer; empty when it asks nobody.</summary>
    public static IReadOnlyList<string> Asked(AuditEvent change) => GroupsIn(change, AskedGroups);

    /// <summary>The groups that are asked, and those that were until then: whoever has it before them has to look again.</summary>
    public static IEnumerable<string> Concerned(AuditEvent change) => GroupsIn(change, AskedGroups).Concat(GroupsIn(change, AskedNoMore));

    /// <param name="before">Null for a new vote.</param>
    /// <param name="after">Null for a vote that is over.</param>
    internal static void AddAsked(Dictionary<string, string> details, Ballot? before, Ballot? after, string ownerTeam)
    {
        var asked = after?.GroupsAsked(ownerTeam) ?? [];
        if (after is not null)
            details[AskedGroups] = string.Join('\n', asked);
        var noMore = string.Join('\n', (before?.GroupsAsked(ownerTeam) ?? []).Except(asked, StringComparer.Ordinal));
        AddIf(details, AskedNoMore, noMore);
    }

    public static Dictionary<string, string> AddTo(Dictionary<string, string> details, Grant? before, Grant after, string ownerTeam)
    {
        if (after.MeanwhileOf is { } request)
            details["meanwhileOf"] = request;
        AddAsked(details, (before as PendingApprovalGrant)?.Ballot, (after as PendingApprovalGrant)?.Ballot, ownerTeam);
        switch (after)
        {
            case PendingApprovalGrant { Ballot: { } ballot } pending:
                AddVote(details, before as PendingApprovalGrant, pending, ballot);
                break;
            case ActiveGrant { PlanDigest: { } digest } active when before is PendingApprovalGrant:
                AddAgreed(details, digest, active.Approvals);
                break;
            case IntentGrant { PlanDigest: { } digest } agreed:
                AddAgreed(details, digest, agreed.Approvals);
                break;
            case DeniedGrant { Rejection: { } rejection }:
                details["answeredBy"] = rejection.By;
                AddIf(details, "onBehalfOf", rejection.OnBehalfOf);
                AddIf(details, "comment", rejection.Comment);
                break;
        }

        return details;
    }

    private static void AddVote(Dictionary<string, string> details, PendingApprovalGrant? before, PendingApprovalGrant after, Ballot ballot)
    {
        details["planDigest"] = ballot.Digest;
        details["answerBy"] = Canonical.Instant(ballot.AnswerBy);
        if (Given(before, after) is { } given)
            details["approval"] = TextOf([given]);
        VoidedApproval[] voided = [.. ballot.Voided.Except(before?.Ballot?.Voided ?? [])];
        if (voided.Length > 0)
            details["voided"] = AuditDetails.Bounded(Canonical.Text(voided), MaxApprovals);
    }

    private static void AddAgreed(Dictionary<string, string> details, string digest, IReadOnlyList<Approval> approvals) =>
        (details["planDigest"], details["approvals"]) = (digest, TextOf(approvals));

    private static string[] GroupsIn(AuditEvent change, string detail) => change.Details.TryGetValue(detail, out var groups) ? groups.Split('\n') : [];

    private static Approval? Given(PendingApprovalGrant? before, PendingApprovalGrant after) =>
        after.Ballot?.Approvals.LastOrDefault(approval => before?.Ballot?.Approvals.Contains(approval) != true);

    private static string TextOf(IReadOnlyList<Approval> approvals) => AuditDetails.Bounded(Canonical.Text(approvals), MaxApprovals);

    private static void AddIf(Dictionary<string, string> details, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            details[name] = value;
    }
}
