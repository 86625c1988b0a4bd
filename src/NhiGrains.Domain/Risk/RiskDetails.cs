using NhiGrains.Domain.Notifications;

namespace NhiGrains.Domain.Risk;

/// <summary>What the audit shows of a signal.</summary>
public static class RiskDetails
{
    public static Dictionary<string, string> Of(RiskSignal risk)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["risk"] = risk.Key,
            ["riskId"] = risk.Id,
            ["riskSource"] = risk.Source,
            ["riskType"] = risk.Type,
            ["severity"] = risk.Severity.ToString(),
            ["noticedAt"] = Canonical.Instant(risk.At),
            ["endsAt"] = Canonical.Instant(risk.EndsAt),
        };
        if (risk.Note is { } note)
            details["note"] = note;
        if (risk.Suspension is not { } suspension)
            return details;
        details["response"] = suspension.ToString();
        details["policy"] = suspension.PolicyVersion;
        // An identity that stops working without anybody having said so is news for everybody who is told anything.
        details[Notices.Detail] = Notices.Everybody;
        return details;
    }
}
