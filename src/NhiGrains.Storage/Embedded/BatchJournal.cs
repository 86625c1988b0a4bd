using System.Buffers.Binary;
using System.IO.Hashing;

namespace NhiGrains.Storage.Embedded;

/// <summary>
/// The last batch as the store itself tells it: written before the batch's cells, in the same pipeline. When the process died
/// before the head was written, it says which cells may be in their old or their new version, and that no other may.
/// </summary>
internal sealed record BatchJournal(UInt128 StoreId, ulong Counter, IReadOnlyList<CellStep> Steps)
{
    private const int Header = 24;
    private const int Step = 32;

    public byte[] ToBytes()
    {
        var bytes = new byte[Header + Steps.Count * Step + sizeof(ulong)];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, StoreId);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Counter);
        for (var index = 0; index < Steps.Count; index++)
        {
            var at = bytes.AsSpan(Header + index * Step, Step);
            BinaryPrimitives.WriteUInt128LittleEndian(at, Steps[index].Cell);
            BinaryPrimitives.WriteUInt64LittleEndian(at[16..], Steps[index].Old);
            BinaryPrimitives.WriteUInt64LittleEndian(at[24..], Steps[index].New);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length - 8), XxHash3.HashToUInt64(bytes.AsSpan(0, bytes.Length - 8)));
        return bytes;
    }

    /// <summary>Null: damaged.</summary>
    public static BatchJournal? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Header + 8 || (bytes.Length - Header - 8) % Step != 0)
            return null;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..]) != XxHash3.HashToUInt64(bytes[..^8]))
            return null;
        var steps = new CellStep[(bytes.Length - Header - 8) / Step];
        for (var index = 0; index < steps.Length; index++)
        {
            var at = bytes.Slice(Header + index * Step, Step);
            steps[index] = new(
                BinaryPrimitives.ReadUInt128LittleEndian(at),
                BinaryPrimitives.ReadUInt64LittleEndian(at[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(at[24..]));
        }

        return new(BinaryPrimitives.ReadUInt128LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), steps);
    }
}
