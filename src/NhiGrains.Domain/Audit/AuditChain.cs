namespace NhiGrains.Domain.Audit;

/// <summary>The head of a shard's chain: what the next entry follows, and what an export ends with.</summary>
public sealed record AuditHead(int Shard, long Sequence, string Hash)
{
    public static AuditHead Genesis(int shard) => new(shard, 0, Canonical.DigestOfText($"nhigrains audit shard {shard}"));
}

public static class AuditChain
{
    public static AuditEntry Append(AuditHead head, AuditEvent change)
    {
        var unsigned = new AuditEntry(head.Shard, head.Sequence + 1, change, head.Hash, Hash: "");
        return unsigned with { Hash = Canonical.Digest(unsigned) };
    }

    public static AuditHead HeadAfter(AuditEntry entry) => new(entry.Shard, entry.Sequence, entry.Hash);

    /// <summary>
    /// Checks the entries of one shard, in the order given, against the head that they should end with. Finds a missing,
    /// edited, reordered and cut-off entry (promise 9), and needs no server.
    /// </summary>
    /// <returns>The first thing that is wrong, in words; null when everything holds.</returns>
    public static string? Verify(int shard, IEnumerable<AuditEntry> entries, AuditHead expectedHead)
    {
        var head = AuditHead.Genesis(shard);
        foreach (var entry in entries)
        {
            if (entry.Shard != shard || entry.Sequence != head.Sequence + 1)
                return $"shard {shard}: entry {head.Sequence + 1} is missing or out of order (found {entry.Shard}/{entry.Sequence})";
            if (entry.Previous != head.Hash)
                return $"shard {shard}: entry {entry.Sequence} does not follow entry {head.Sequence}";
            if (Canonical.Digest(entry with { Hash = "" }) != entry.Hash)
                return $"shard {shard}: entry {entry.Sequence} was edited";
            head = HeadAfter(entry);
        }

        return head == expectedHead ? null : $"shard {shard}: ends with entry {head.Sequence}, but entry {expectedHead.Sequence} was the last one";
    }
}
