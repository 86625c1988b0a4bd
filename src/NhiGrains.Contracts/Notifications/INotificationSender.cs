using NhiGrains.Domain.Audit;

namespace NhiGrains.Contracts.Notifications;

/// <summary>Brings what is loud to systems outside; one for each process.</summary>
public interface INotificationSender
{
    /// <summary>The names of the sinks that this process knows, in the order in which to list them.</summary>
    IReadOnlyList<string> Sinks { get; }

    /// <summary>
    /// Tries once, and returns within ten seconds. Whether the sink has it is known only when it is <see cref="DeliveryOutcome.Delivered"/>: otherwise
    /// it may have it all the same, and is sent it again under the same id. Expected faults are outcomes and no exceptions.
    /// </summary>
    Task<Delivery> SendAsync(string sink, AuditEntry entry);
}

public enum DeliveryOutcome
{
    /// <summary>The sink said that it has it.</summary>
    Delivered,

    /// <summary>The sink did not take anything, whatever it was sent: it is down, full, moved, or does not accept who sends.</summary>
    Unavailable,

    /// <summary>The sink will not have this one event; another may pass.</summary>
    Refused,
}

/// <param name="Message">What happened, in one sentence for people, without secrets and without what the sink said.</param>
/// <param name="RetryAfter">How long the sink asked to be left alone.</param>
public sealed record Delivery(DeliveryOutcome Outcome, string Message, TimeSpan? RetryAfter = null)
{
    public static Delivery Done { get; } = new(DeliveryOutcome.Delivered, "");
}
