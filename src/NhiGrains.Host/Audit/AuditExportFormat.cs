using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;

namespace NhiGrains.Host.Audit;

/// <summary>
/// The first line of an export: what it is, and the head of every shard, taken before the entries were read. The
/// entries follow, one a line, shard by shard in the order of the heads, up to and including the head's sequence number.
/// </summary>
internal sealed record AuditExportHeader(string Format, int Version, DateTimeOffset ExportedAt, IReadOnlyList<AuditHead> Heads);

internal static class AuditExportFormat
{
    public const string Name = "nhigrains-audit";
    public const int Version = 1;
    public const string MediaType = "application/x-ndjson";

    /// <summary>The longest line that is read, in characters: a hostile file must not fill the memory. The longest entry that is made is shorter, since all that goes into one is bounded.</summary>
    public const int LongestLine = 1024 * 1024;

    /// <summary>The value of a line; null when the line is not exactly what is written for that value.</summary>
    public static T? Parse<T>(string line) where T : class
    {
        try
        {
            var value = JsonSerializer.Deserialize<T>(line, Canonical.Json);
            // The hash covers the values that we know, so anything else in the line would be an edit that nobody finds.
            return value is not null && IsWhole(value) && Canonical.Text(value) == line ? value : null;
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    // A member that is left out is null whatever its type says, and would be written as if it had never been.
    private static bool IsWhole(object value) => value is not AuditEntry entry
        || (entry is { Previous: not null, Hash: not null, Event: { Source: not null, Actor: not null, Action: not null, Why: not null, After: not null, Details: { } details } }
            && details.Values.All(detail => detail is not null));
}
