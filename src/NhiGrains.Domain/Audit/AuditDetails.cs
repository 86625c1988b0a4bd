using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Notifications;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Audit;

/// <summary>
/// What an entry shows of an identity or a grant: enough to see what was granted, to whom and why, when the state is long gone.
/// Every text has a longest length, so that an entry can always be exported and verified.
/// </summary>
public static class AuditDetails
{
    /// <summary>Of a list of entitlements as text. Several hundred resources fit; the digest stands for the rest.</summary>
    public const int MaxEntitlements = 32_000;

    /// <summary>Of what policy says: its reasons, and the names of its rules.</summary>
    public const int MaxExplanation = 8_000;

    /// <summary>The key of a decision as <see cref="DecisionRecord.Write"/> writes it.</summary>
    public const string Record = "decided";

    /// <summary>The same of all of an intent, of which <see cref="Record"/> is about what is left.</summary>
    public const string WholeRecord = "decidedWhole";

    /// <param name="before">Null for a registration.</param>
    /// <param name="record">What was decided for this change; null when it needed no decision.</param>
    /// <param name="whole">What was decided of all of it before; null when that is the same.</param>
    public static Dictionary<string, string> Of(Identity? before, Identity after, DecisionRecord? record = null, DecisionRecord? whole = null)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal) { ["status"] = after.Status.ToString() };
        if (before?.Profile.Owner != after.Profile.Owner)
            (details["owner"], details["team"]) = after.Profile.Owner;
        if (before is null && after.RegisteredUnder is { } policy)
            details["policy"] = policy;
        if (after.Orphaned is { } orphaned && before?.Orphaned != orphaned)
            (details["departed"], details["handoverBy"]) = (orphaned.Person, Canonical.Instant(orphaned.Deadline));
        if ((before?.Intent ?? Intent.Empty) == after.Intent)
            return details;
        details["entitlements"] = TextOf(after.Intent.Entitlements);
        if (after.Intent.Decision is { } decision)
            Explain(details, decision);
        Keep(details, record, whole);
        return details;
    }

    /// <summary>Of a change that policy has denied.</summary>
    public static Dictionary<string, string> OfDenial(DecisionRecord? record, string? grantId)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        if (record is not null)
            Explain(details, record.Decision);
        if (grantId is not null)
            details["grant"] = grantId;
        Keep(details, record);
        return details;
    }

    /// <param name="before">Null for a new one. What was decided is told when it was decided, and not again until it is decided anew.</param>
    /// <param name="record">What was decided for this change; null when it needed no decision.</param>
    public static Dictionary<string, string> Of(Grant? before, Grant after, DecisionRecord? record = null)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant"] = after.Id,
            ["status"] = after.Status.ToString(),
            ["requestedBy"] = after.Request.RequestedBy,
            ["reason"] = after.Request.Reason,
        };
        if (before?.Decision != after.Decision)
        {
            details["entitlements"] = TextOf(after.Decision.Entitlements);
            if (after.Decision.Outcome != DecisionOutcome.Permit)
                details["asked"] = TextOf(after.Request.Entitlements);
        }

        Explain(details, after.Decision);
        // Each piece once, when it is new.
        var shown = after.Request.Evidence.Where(one => before?.Request.Evidence.Any(known => known.Digest == one.Digest) != true).ToArray();
        if (shown.Length > 0)
            details["evidence"] = Bounded(string.Join("; ", shown.Select(one => $"{one.Kind} {one.Trust} {one.Subject} {one.Digest}")), MaxExplanation);
        if (after is ActiveGrant active)
            details["expiresAt"] = Canonical.Instant(active.ExpiresAt);
        if (after is RevokingGrant revoking)
            details["revocation"] = revoking.Failure is { } failure ? Bounded($"{revoking.Reason}: {failure}", MaxExplanation) : revoking.Reason.ToString();
        if (after is RevokedGrant { ResidualUntil: { } residual })
            details["residualUntil"] = Canonical.Instant(residual);
        Keep(details, record);
        return details;
    }

    private static void Keep(Dictionary<string, string> details, DecisionRecord? record, DecisionRecord? whole = null)
    {
        if (record is not null)
            details[Record] = record.Write();
        if (whole is not null)
            details[WholeRecord] = whole.Write();
        string[] told = [.. new[] { record, whole }.SelectMany(one => one?.Decision.Notify ?? []).Distinct(StringComparer.Ordinal)];
        if (told.Length > 0)
            details[Notices.Detail] = Bounded(string.Join(',', told), MaxExplanation);
    }

    private static void Explain(Dictionary<string, string> details, Decision decision)
    {
        details["decision"] = decision.Outcome.ToString();
        details["reasons"] = Bounded(string.Join(' ', decision.Reasons), MaxExplanation);
        details["rules"] = Bounded(string.Join(", ", decision.MatchedRules), MaxExplanation);
        if (decision.Fidelities.Count > 0)
            details["fidelity"] = Bounded(string.Join(", ", decision.Fidelities.Select(one => $"{one.Platform} {one.Fidelity.GetType().Name}")), MaxExplanation);
        if (decision.Exceptions.Count > 0)
            details["exceptions"] = Bounded(string.Join(", ", decision.Exceptions), MaxExplanation);
        details["policy"] = decision.PolicyVersion;
        details["input"] = decision.InputDigest;
    }

    private static string TextOf(IReadOnlyList<Entitlement> entitlements) => Bounded(Canonical.Text(entitlements), MaxEntitlements);

    /// <summary>The text, or its beginning with the digest of the whole, by which whoever has that can show that it is the one.</summary>
    public static string Bounded(string text, int longest) => text.Length <= longest
        ? text
        : $"{text.AsSpan(0, longest)}... (cut: it has {text.Length} characters, SHA-256 {Canonical.DigestOfText(text)})";
}
