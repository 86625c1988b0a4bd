namespace NhiGrains.Sandbox.Faults;

/// <summary>How a sandbox misbehaves. Rates are parts of all requests, from 0 to 1; the default is none.</summary>
/// <param name="Throttled">Refused, with the platform's own words for 'slow down'.</param>
/// <param name="ServerError">Refused with the platform's own words for a failure inside, and half the time with HTML and no words at all.</param>
/// <param name="TimeoutAfterSuccess">Carried out, and the connection dropped in place of an answer.</param>
/// <param name="Latency">Before each answer.</param>
/// <param name="VisibleAfter">How long a write stays unseen by readers and by the authorizer.</param>
/// <param name="PageSize">The most that a list has on a page; null: what the platform gives. Some pages are empty and still have a next one.</param>
public sealed record FaultPlan(
    double Throttled = 0,
    double ServerError = 0,
    double TimeoutAfterSuccess = 0,
    TimeSpan Latency = default,
    TimeSpan VisibleAfter = default,
    int? PageSize = null)
{
    public static FaultPlan None { get; } = new();
}

/// <summary>What the dice say about one request.</summary>
public enum SandboxFault
{
    None,
    Throttled,
    ServerError,

    /// <summary>A page of some proxy in place of the platform's answer.</summary>
    Html,
    TimeoutAfterSuccess,
}
