using NhiGrains.Domain.Audit;
using Orleans.Concurrency;

namespace NhiGrains.Contracts.Audit;

/// <summary>One shard of the audit log; the key is its number.</summary>
[Alias("nhi.audit")]
public interface IAuditShardGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Appends events of one source, in the order of their numbers, and returns when they are durable. An event that was
    /// appended before is recognised by its number and not appended again.
    /// </summary>
    [AlwaysInterleave] // Appends of many sources share one group commit; the chain itself is made in one place.
    [Alias("append")]
    Task Append(AuditBatch batch);

    /// <summary>Entries after a sequence number, in order.</summary>
    [AlwaysInterleave]
    [Alias("read")]
    Task<AuditPage> Read(long after, int max);

    /// <summary>
    /// The same, but waits for an entry when there is none yet, for as long as <see cref="AuditWaits.Longest"/>; then the page
    /// is empty. A reader that goes on from the last sequence number it saw has neither a gap nor a duplicate.
    /// </summary>
    [AlwaysInterleave]
    [Alias("read-next")]
    Task<AuditPage> ReadNext(long after, int max);

    [AlwaysInterleave]
    [Alias("head")]
    Task<AuditHead> Head();
}

public sealed record AuditBatch(string Source, IReadOnlyList<AuditEvent> Events);

public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, AuditHead Head);

public static class AuditWaits
{
    /// <summary>Well below Orleans' response time-out of 30 s.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
}
