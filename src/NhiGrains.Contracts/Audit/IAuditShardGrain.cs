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

    [AlwaysInterleave]
    [Alias("head")]
    Task<AuditHead> Head();
}

public sealed record AuditBatch(string Source, IReadOnlyList<AuditEvent> Events);

public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, AuditHead Head);
