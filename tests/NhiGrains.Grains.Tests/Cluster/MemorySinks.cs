using System.Collections.Concurrent;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Domain.Audit;
using NhiGrains.Grains.Notifications;

namespace NhiGrains.Grains.Tests.Cluster;

/// <summary>Two sinks in memory that answer as a test says, and remember what they took.</summary>
public sealed class MemorySinks : INotificationSender
{
    public const string First = "pager";
    public const string Second = "siem";

    private readonly ConcurrentQueue<(string Sink, AuditEntry Entry)> _taken = new();

    /// <summary>Attempts are made quickly, and three refusals are enough.</summary>
    public static NotificationPace Pace { get; } = new() { First = TimeSpan.FromMilliseconds(20), Longest = TimeSpan.FromMilliseconds(100), Refusals = 3 };

    public IReadOnlyList<string> Sinks { get; } = [First, Second];

    /// <summary>What a sink says; delivered without one.</summary>
    public Func<string, AuditEntry, Delivery>? Answer { get; set; }

    public IReadOnlyList<AuditEntry> Taken(string sink) => [.. _taken.Where(one => one.Sink == sink).Select(one => one.Entry)];

    public Task<Delivery> SendAsync(string sink, AuditEntry entry)
    {
        var delivery = Answer?.Invoke(sink, entry) ?? Delivery.Done;
        if (delivery.Outcome == DeliveryOutcome.Delivered)
            _taken.Enqueue((sink, entry));
        return Task.FromResult(delivery);
    }
}
