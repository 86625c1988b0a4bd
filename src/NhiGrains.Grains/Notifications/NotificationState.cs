using NhiGrains.Contracts.Notifications;
using NhiGrains.Domain.Audit;

namespace NhiGrains.Grains.Notifications;

/// <summary>How far a sink is in one shard of the audit log.</summary>
[GenerateSerializer]
[Alias("nhi.notification-state")]
internal sealed record NotificationState
{
    private const int LongestError = 500;

    /// <summary>The last entry that the sink has, or need not have; null before the first start.</summary>
    [Id(0)]
    public long? Cursor { get; init; }

    [Id(1)]
    public DateTimeOffset? LastSuccess { get; init; }

    [Id(2)]
    public string? LastError { get; init; }

    [Id(3)]
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Attempts in a row that failed, for whatever reason.</summary>
    [Id(4)]
    public int Failures { get; init; }

    /// <summary>How often the sink refused the entry after the cursor. A sink that is down in between says nothing of it.</summary>
    [Id(5)]
    public int Refusals { get; init; }

    [Id(6)]
    public long Skipped { get; init; }

    [Id(7)]
    public string? LastSkipped { get; init; }

    /// <summary>After an attempt to send an entry. The cursor is at the entry when nothing more is to be tried.</summary>
    public NotificationState After(AuditEntry entry, Delivery delivery, NotificationPace pace, DateTimeOffset now)
    {
        if (delivery.Outcome == DeliveryOutcome.Delivered)
            return this with { Cursor = entry.Sequence, LastSuccess = now, Failures = 0, Refusals = 0 };
        var failed = this with
        {
            Failures = Failures + 1,
            Refusals = Refusals + (delivery.Outcome == DeliveryOutcome.Refused ? 1 : 0),
            LastError = delivery.Message.Length <= LongestError ? delivery.Message : delivery.Message[..LongestError],
            LastErrorAt = now,
        };
        return failed.Refusals < pace.Refusals
            ? failed
            : failed with { Cursor = entry.Sequence, Failures = 0, Refusals = 0, Skipped = Skipped + 1, LastSkipped = IdOf(entry) };
    }

    public static string IdOf(AuditEntry entry) => $"{entry.Shard}/{entry.Sequence}";
}
