using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using NhiGrains.Storage.Cells;

namespace NhiGrains.Storage.Embedded;

/// <summary>A covered cell in a batch: its version before and after.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CellStep(UInt128 Cell, ulong Old, ulong New);

/// <summary>
/// Which cells there are, in which version: what the store must hold. It answers conditions without asking the store, and its
/// sum tells at start whether the store holds exactly that. The sum finds loss, damage, and old copies. It is no defence
/// against somebody who can write the data folder: they could write the head as well.
/// </summary>
internal sealed class Ledger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, ulong> _versions = [];
    private readonly Dictionary<int, SortedSet<long>> _segments = [];

    public UInt128 Sum { get; private set; }

    public int Count => _versions.Count;

    /// <summary>What a cell adds to the sum: 128 bits of its name and version; nothing when it is absent.</summary>
    public static UInt128 Element(UInt128 cell, ulong version)
    {
        if (version == Cell.Absent)
            return UInt128.Zero;
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, cell);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], version);
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    public static UInt128 Advance(UInt128 sum, CellStep step) =>
        unchecked(sum - Element(step.Cell, step.Old) + Element(step.Cell, step.New));

    /// <summary><see cref="Cell.Absent"/> when there is none.</summary>
    public ulong VersionOf(UInt128 cell)
    {
        lock (_gate)
            return _versions.GetValueOrDefault(cell);
    }

    public void Apply(CellStep step)
    {
        lock (_gate)
        {
            Sum = Advance(Sum, step);
            if (step.New == Cell.Absent)
                _versions.Remove(step.Cell);
            else
                _versions[step.Cell] = step.New;
        }
    }

    /// <summary>Takes in what a scan found; a scan may find a cell twice.</summary>
    public void Find(Cell cell, ulong version)
    {
        var id = cell.Id();
        if (VersionOf(id) != Cell.Absent)
            return;
        Apply(new(id, Cell.Absent, version));
        Note(cell);
    }

    /// <summary>Keeps the numbers of audit segments, which nothing in the embedded store lists.</summary>
    public void Note(Cell cell)
    {
        if (cell.Kind != CellKind.Value || !Keys.TryParseSegment(cell.Key, out var shard, out var firstSequence))
            return;
        lock (_gate)
        {
            if (!_segments.TryGetValue(shard, out var known))
                _segments[shard] = known = [];
            known.Add(firstSequence);
        }
    }

    public IReadOnlyList<long> Segments(int shard)
    {
        lock (_gate)
            return _segments.TryGetValue(shard, out var known) ? [.. known] : [];
    }
}
