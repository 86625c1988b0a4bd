using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Policies;

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

    /// <summary>What a policy set has told that nobody would hear of, a sentence each.</summary>
    /// <param name="sinks">The names of those that are configured.</param>
    public static IReadOnlyList<string> Unheard(PolicySet set, IReadOnlyList<string> sinks) =>
        sinks.Count > 0
            ? [.. set.Rules.SelectMany(rule => (rule.Notify ?? []).Where(name => name != Everybody && !sinks.Contains(name, StringComparer.Ordinal)).Select(name =>
                $"The rule '{rule.Name}' notifies '{name}', which is no sink of the settings ({string.Join(", ", sinks)}): nobody there would hear of it."))]
        : set.RiskResponses.Count > 0 || set.Rules.Any(rule => rule.Effect == PolicyEffect.BreakGlass || rule.Notify is { Count: > 0 })
            ? ["The policy has things that are told to sinks of notifications, and none is configured: nobody would hear of them."]
        : [];

    public static bool IsFor(AuditEvent told, string sink) => SinksIn(told).Any(name => name == Everybody || name == sink);
}
