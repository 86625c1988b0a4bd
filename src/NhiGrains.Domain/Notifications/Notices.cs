using NhiGrains.Domain.Audit;

namespace NhiGrains.Domain.Notifications;

/// <summary>
/// What is loud: an audit event that names sinks is sent to them as well. So nothing can be told that is not in the audit, and what
/// was stored is told, however long that takes.
/// </summary>
public static class Notices
{
    /// <summary>The detail of an audit event that names the sinks, with commas between.</summary>
    public const string Detail = "notify";

    /// <summary>In place of names: every sink that there is.</summary>
    public const string Everybody = "*";

    /// <summary>The names as they were given, <see cref="Everybody"/> among them; empty for an event that is not loud.</summary>
    public static IReadOnlyList<string> SinksIn(AuditEvent told) => told.Details.TryGetValue(Detail, out var names)
        ? names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [];

    public static bool IsFor(AuditEvent told, string sink) => SinksIn(told).Any(name => name == Everybody || name == sink);
}
