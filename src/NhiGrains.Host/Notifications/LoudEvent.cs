using System.Net.Mime;
using System.Text;
using System.Text.Json;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Host.Webhooks;

namespace NhiGrains.Host.Notifications;

/// <summary>
/// An entry of the audit log as a CloudEvent 1.0 in the JSON format: what fits into an event, and nothing that is for those who audit.
/// The same entry is the same text, whenever it is sent.
/// </summary>
internal static class LoudEvent
{
    public const string MediaType = "application/cloudevents+json";

    /// <summary>Of one text, in characters, when there is room for it.</summary>
    public const int LongestText = 2_000;

    private const string TypePrefix = "io.nhigrains.";

    /// <summary>Of the event and of the message: who gets it twice knows it by this.</summary>
    public static string IdOf(AuditEntry entry) => $"{entry.Shard}/{entry.Sequence}";

    /// <summary>At most <see cref="SignedMessages.LongestBody"/> bytes: a sink that takes no more would refuse it, and nobody be told.</summary>
    public static byte[] Of(AuditEntry entry)
    {
        var longest = LongestText;
        byte[] body;
        while ((body = Write(entry, longest)).Length > SignedMessages.LongestBody && longest > 0)
            longest /= 2;
        return body;
    }

    private static byte[] Write(AuditEntry entry, int longest) => JsonSerializer.SerializeToUtf8Bytes(
        new Form(
            "1.0",
            IdOf(entry),
            ReferenceOf(entry.Event.Source),
            TypePrefix + entry.Event.Action,
            Canonical.Instant(entry.Event.At),
            AuditSources.IdentityIn(entry.Event.Source),
            MediaTypeNames.Application.Json,
            Short(entry.Event, longest)),
        Canonical.Json);

    // What was decided from is the whole of what the requester showed and asked for, and the log has it.
    private static AuditEvent Short(AuditEvent whole, int longest) => whole with
    {
        Why = AuditDetails.Bounded(whole.Why, longest),
        Details = whole.Details
            .Where(detail => detail.Key is not (AuditDetails.Record or AuditDetails.WholeRecord))
            .ToDictionary(detail => detail.Key, detail => AuditDetails.Bounded(detail.Value, longest), StringComparer.Ordinal),
    };

    // A source is a URI reference (RFC 3986), in which the bar between a platform and an identity has no place.
    private static string ReferenceOf(string source)
    {
        var reference = new StringBuilder(source.Length);
        foreach (var rune in source.EnumerateRunes())
        {
            if (rune.IsAscii && (Rune.IsLetterOrDigit(rune) || "-._~:/@!$&'()*+,;=".Contains((char)rune.Value, StringComparison.Ordinal)))
                reference.Append((char)rune.Value);
            else
                reference.Append(Uri.EscapeDataString(rune.ToString()));
        }

        return reference.ToString();
    }

    private sealed record Form(string Specversion, string Id, string Source, string Type, string Time, string? Subject, string Datacontenttype, AuditEvent Data);
}
