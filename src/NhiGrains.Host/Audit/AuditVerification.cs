using NhiGrains.Contracts;
using NhiGrains.Domain.Audit;

namespace NhiGrains.Host.Audit;

/// <param name="Problems">What is wrong, in words; empty when everything holds.</param>
/// <param name="Entries">How many entries were looked at.</param>
internal sealed record AuditVerdict(IReadOnlyList<string> Problems, long Entries, AuditExportHeader? Header);

/// <summary>
/// Verifies an export with no server, reading it once and keeping one entry in memory. What an export cannot show by
/// itself, namely that all of it, heads and all, was made anew, shows against the heads of an earlier export.
/// </summary>
internal sealed class AuditVerification
{
    private readonly BoundedLines _lines;
    private readonly IReadOnlyDictionary<int, AuditHead> _earlier;
    private readonly List<string> _problems = [];
    private AuditEntry? _next;
    private long _entries;

    private AuditVerification(TextReader reader, IEnumerable<AuditHead> earlier) =>
        (_lines, _earlier) = (new(reader, AuditExportFormat.LongestLine), earlier.ToDictionary(head => head.Shard));

    /// <param name="earlier">Heads that were seen before, of an export that was kept elsewhere; none to leave that out.</param>
    public static AuditVerdict Verify(TextReader reader, IEnumerable<AuditHead> earlier) => new AuditVerification(reader, earlier).Run();

    /// <summary>The first line of an export.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static AuditExportHeader ReadHeader(TextReader reader) =>
        ReadHeader(new BoundedLines(reader, AuditExportFormat.LongestLine));

    private AuditVerdict Run()
    {
        AuditExportHeader? header = null;
        try
        {
            header = ReadHeader(_lines);
            Advance();
            foreach (var head in header.Heads)
                VerifyShard(head);
            if (_next is not null)
                _problems.Add($"line {_lines.Number}: an entry of shard {_next.Shard} is out of its place");
        }
        catch (InvalidDataException fault)
        {
            _problems.Add(fault.Message);
        }

        return new(_problems, _entries, header);
    }

    /// <summary>The same, and the entries follow.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static AuditExportHeader ReadHeader(BoundedLines lines)
    {
        var line = lines.Read() ?? throw new InvalidDataException("the file is empty");
        if (AuditExportFormat.Parse<AuditExportHeader>(line) is not { Format: AuditExportFormat.Name, Heads: not null } header)
            throw new InvalidDataException("line 1 is not the header of an audit export");
        if (header.Version != AuditExportFormat.Version)
            throw new InvalidDataException($"this reads version {AuditExportFormat.Version} of the format, not {header.Version}");
        if (!header.Heads.Select(head => head?.Shard).SequenceEqual(Enumerable.Range(0, Shards.Count).Cast<int?>()))
            throw new InvalidDataException($"line 1 does not name the heads of the shards 0 to {Shards.Count - 1}");
        return header;
    }

    private void VerifyShard(AuditHead head)
    {
        if (_earlier.TryGetValue(head.Shard, out var earlier) && earlier.Sequence > head.Sequence)
            _problems.Add($"shard {head.Shard}: ends with entry {head.Sequence}, but an earlier export had {earlier.Sequence}");
        if (AuditChain.Verify(head.Shard, EntriesOf(head.Shard), head) is { } problem)
            _problems.Add(problem);
        // The rest of a shard that is broken already tells nothing new, and the other shards are still to be looked at.
        while (_next?.Shard == head.Shard)
            Advance();
    }

    private IEnumerable<AuditEntry> EntriesOf(int shard)
    {
        while (_next is { } entry && entry.Shard == shard)
        {
            if (_earlier.TryGetValue(shard, out var earlier) && earlier.Sequence == entry.Sequence && earlier.Hash != entry.Hash)
                _problems.Add($"shard {shard}: entry {entry.Sequence} is not the one that an earlier export had");
            Advance();
            yield return entry;
        }
    }

    private void Advance()
    {
        if (_lines.Read() is not { } line)
        {
            _next = null;
            return;
        }

        _next = AuditExportFormat.Parse<AuditEntry>(line)
            ?? throw new InvalidDataException($"line {_lines.Number} is not an entry as it was exported");
        _entries++;
    }
}
