using System.Buffers.Binary;
using System.IO.Hashing;

namespace NhiGrains.Storage.Embedded;

/// <summary>What the store must hold, kept beside it.</summary>
/// <param name="StoreId">Random; the store has the same.</param>
/// <param name="Initialised">False while the store is being made, before anything was acknowledged.</param>
/// <param name="Counter">The number of the last batch that is in the store completely.</param>
/// <param name="Count">How many cells there are.</param>
/// <param name="Sum">The sum over all cells of <see cref="Ledger.Element"/>, modulo 2^128.</param>
internal sealed record LedgerHead(UInt128 StoreId, bool Initialised, ulong Counter, long Count, UInt128 Sum)
{
    public const int Size = 104;

    private const int SumAt = Size - sizeof(ulong);

    /// <summary>What the log adds up to, up to the end of a commit that has everything of this head. Covers nothing by default.</summary>
    public LogSum Log { get; init; }

    /// <summary>Counts the writings of the head, so that the newest is known.</summary>
    public ulong Written { get; init; }

    // The last byte is the version of the format.
    private static ReadOnlySpan<byte> Magic => "NHIHEAD2"u8;

    public void Write(Span<byte> to)
    {
        Magic.CopyTo(to);
        BinaryPrimitives.WriteUInt128LittleEndian(to[8..], StoreId);
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], Counter);
        BinaryPrimitives.WriteInt64LittleEndian(to[32..], Count);
        BinaryPrimitives.WriteUInt128LittleEndian(to[40..], Sum);
        BinaryPrimitives.WriteInt64LittleEndian(to[56..], Initialised ? 1 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(to[64..], Log.Address);
        BinaryPrimitives.WriteUInt128LittleEndian(to[72..], Log.Sum);
        BinaryPrimitives.WriteUInt64LittleEndian(to[88..], Written);
        BinaryPrimitives.WriteUInt64LittleEndian(to[SumAt..], XxHash3.HashToUInt64(to[..SumAt]));
    }

    /// <summary>Null: torn, damaged, or never written.</summary>
    public static LedgerHead? Read(ReadOnlySpan<byte> from)
    {
        if (from.Length < Size || !from.StartsWith(Magic))
            return null;
        if (BinaryPrimitives.ReadUInt64LittleEndian(from[SumAt..]) != XxHash3.HashToUInt64(from[..SumAt]))
            return null;
        return new(
            BinaryPrimitives.ReadUInt128LittleEndian(from[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[56..]) != 0,
            BinaryPrimitives.ReadUInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[32..]),
            BinaryPrimitives.ReadUInt128LittleEndian(from[40..]))
        {
            Log = new(BinaryPrimitives.ReadInt64LittleEndian(from[64..]), BinaryPrimitives.ReadUInt128LittleEndian(from[72..])),
            Written = BinaryPrimitives.ReadUInt64LittleEndian(from[88..]),
        };
    }
}
