namespace NhiGrains.Contracts.Storage;

/// <summary>
/// The append-only segments of an audit shard. A segment is one group commit: one or more entries, named by the
/// sequence number of its first entry. Segments are never changed and never removed.
/// </summary>
public interface IAuditSegments
{
    /// <summary>
    /// Stores a segment unless one with that first sequence number exists. False: another activation of the shard
    /// wrote it, so the caller's idea of the head is stale; deactivate and reload. Durable when it returns true.
    /// </summary>
    Task<bool> TryAppendAsync(int shard, long firstSequence, ReadOnlyMemory<byte> segment, CancellationToken cancellation = default);

    /// <summary>The first sequence numbers of all segments of a shard, ascending.</summary>
    Task<IReadOnlyList<long>> ListAsync(int shard, CancellationToken cancellation = default);

    /// <summary>Reads segments by their first sequence number, in the order asked. Throws if one is missing.</summary>
    Task<IReadOnlyList<byte[]>> ReadAsync(int shard, IReadOnlyList<long> firstSequences, CancellationToken cancellation = default);

    /// <summary>
    /// The high-water marks of the sources (source id to its last appended number) together with the audit sequence
    /// number that they cover. What was appended after that number is found by reading the segments.
    /// </summary>
    Task<(IReadOnlyDictionary<string, long> Marks, long CoveredSequence)> LoadMarksAsync(int shard, CancellationToken cancellation = default);

    /// <summary>Stores changed marks and the sequence number that they cover, in one step.</summary>
    Task SaveMarksAsync(
        int shard,
        IReadOnlyDictionary<string, long> changed,
        long coveredSequence,
        CancellationToken cancellation = default);
}
