using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Notifications;

namespace NhiGrains.Domain.BreakGlass;

/// <summary>What the audit shows of emergency access. It is always loud.</summary>
public static class BreakGlassDetails
{
    public const string Opened = "break-glass.review-opened";
    public const string Unreviewed = "break-glass.unreviewed";
    public const string Reviewed = "break-glass.reviewed";
    public const string Used = "break-glass.used";

    /// <param name="before">Null for a review that was just opened.</param>
    public static string ActionOf(BreakGlassReview? before, BreakGlassReview after) =>
        before is null ? Opened : before.IsOpen && !after.IsOpen ? Reviewed : before.Excluded.Count != after.Excluded.Count ? Used : Unreviewed;

    public static Dictionary<string, string> Of(BreakGlassReview? before, BreakGlassReview after)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant"] = after.GrantId,
            ["usedBy"] = after.UsedBy,
            ["reason"] = after.Reason,
            ["reviewBy"] = Canonical.Instant(after.ReviewBy),
            ["reviewers"] = AuditDetails.Bounded(string.Join(", and of ", after.EachGroups.Select(groups => string.Join(", ", groups))), AuditDetails.MaxExplanation),
        };
        if (after.Closed is { } closed)
            (details["finding"], details["justified"]) = (closed.Finding, closed.Justified ? "yes" : "no");
        // Who held a credential before it began is told of once, with it.
        if (before is null && after.Excluded.Except([after.UsedBy], StringComparer.Ordinal).ToArray() is { Length: > 0 } others)
            details["cannotReview"] = AuditDetails.Bounded(string.Join(", ", others), AuditDetails.MaxExplanation);
        if (before is not null && ActionOf(before, after) == Used)
            details["handedTo"] = string.Join(", ", after.Excluded.Except(before.Excluded, StringComparer.Ordinal));
        if (ActionOf(before, after) == Unreviewed || after.Closed is { Justified: false })
            details[Notices.Detail] = Notices.Everybody;
        return details;
    }

    /// <summary>Adds to what is told of a grant that emergency access has begun, to everybody; and which earlier ones nobody has looked at.</summary>
    /// <param name="before">Null for a new one.</param>
    public static Dictionary<string, string> AddTo(Dictionary<string, string> details, Grant? before, Grant after, Identity identity, DateTimeOffset now)
    {
        if (after.Request.BreakGlass)
            details["breakGlass"] = "yes";
        if (after is not ActiveGrant { Request.BreakGlass: true } || before is ActiveGrant)
            return details;
        details[Notices.Detail] = Notices.Everybody;
        string[] overdue = [.. BreakGlassRules.Overdue(identity, now).Select(review => review.GrantId)];
        if (overdue.Length > 0)
            details["unreviewed"] = AuditDetails.Bounded($"{overdue.Length} earlier: {string.Join(", ", overdue)}", AuditDetails.MaxExplanation);
        return details;
    }
}
