using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using NhiGrains.Contracts;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Audit;

/// <summary>Where a reader stands in the whole log: the last sequence number that it has seen of each shard.</summary>
internal sealed class AuditPositions
{
    private const byte Version = 1;
    private const int Length = 1 + (Shards.Count * sizeof(long)) + sizeof(uint);

    private readonly long[] _last;

    public AuditPositions() => _last = new long[Shards.Count];

    public AuditPositions(IEnumerable<long> last) => _last = [.. last];

    public long this[int shard]
    {
        get => _last[shard];
        set => _last[shard] = value;
    }

    public AuditPositions Copy() => new(_last);

    /// <summary>An opaque cursor.</summary>
    public string Encode()
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        for (var shard = 0; shard < Shards.Count; shard++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes[(1 + (shard * sizeof(long)))..], _last[shard]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[^sizeof(uint)..], XxHash32.HashToUInt32(bytes[..^sizeof(uint)]));
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="Transport.Errors.TransportError">BAD_CURSOR.</exception>
    public static AuditPositions Decode(string cursor)
    {
        Span<byte> bytes = stackalloc byte[Length];
        // The sum finds a cursor that was cut or mistyped; nothing that a forged one can do is worth a signature.
        if (cursor.Length != Base64Url.GetEncodedLength(Length)
            || !Base64Url.TryDecodeFromChars(cursor, bytes, out var written)
            || written != Length
            || bytes[0] != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) != XxHash32.HashToUInt32(bytes[..^sizeof(uint)]))
        {
            throw Cursors.Bad();
        }

        var positions = new AuditPositions();
        for (var shard = 0; shard < Shards.Count; shard++)
            positions[shard] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(1 + (shard * sizeof(long)))..]);
        return positions._last.Min() < 0 ? throw Cursors.Bad() : positions;
    }
}
