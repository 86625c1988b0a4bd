using System.Net.Mime;
using System.Text;
using System.Text.Json;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;

namespace NhiGrains.Host.Notifications;

/// <summary>An entry of the audit log as a CloudEvent 1.0 in the JSON format. The same entry is the same text, whenever it is sent.</summary>
internal static class LoudEvent
{
    public const string MediaType = "application/cloudevents+json";

    private const string TypePrefix = "io.nhigrains.";

    /// <summary>Of the event and of the message: who gets it twice knows it by this.</summary>
    public static string IdOf(AuditEntry entry) => $"{entry.Shard}/{entry.Sequence}";

    public static byte[] Of(AuditEntry entry) => JsonSerializer.SerializeToUtf8Bytes(
        new Form(
            "1.0",
            IdOf(entry),
            ReferenceOf(entry.Event.Source),
            TypePrefix + entry.Event.Action,
            Canonical.Instant(entry.Event.At),
            AuditSources.IdentityIn(entry.Event.Source),
            MediaTypeNames.Application.Json,
            entry.Event),
        Canonical.Json);

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
