using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace NhiGrains.Storage.Cells;

internal enum CellKind : byte
{
    /// <summary>A string key whose value is an <see cref="Envelope"/>. Its version is in there.</summary>
    Value = 1,

    /// <summary>A member of a sorted set. Its version is its score.</summary>
    Member = 2,

    /// <summary>A field of a hash with a number. Its version is the number.</summary>
    Number = 3,

    /// <summary>A field of a hash with bytes: derived data, for which no version is kept.</summary>
    Row = 4,
}

/// <summary>The smallest thing that is stored: what has one version.</summary>
internal readonly record struct Cell(CellKind Kind, string Key, string Field)
{
    /// <summary>The version of what is not there.</summary>
    public const ulong Absent = 0;

    /// <summary>Whether the ledger answers for it.</summary>
    public bool IsCovered => Kind != CellKind.Row;

    public static Cell Value(string key) => new(CellKind.Value, key, "");

    public static Cell Member(string key, string member) => new(CellKind.Member, key, member);

    public static Cell Number(string key, string field) => new(CellKind.Number, key, field);

    public static Cell Row(string key, string field) => new(CellKind.Row, key, field);

    /// <summary>A number as a version, so that every number but the least one differs from <see cref="Absent"/>.</summary>
    public static ulong VersionOf(long number) => unchecked((ulong)number ^ (1UL << 63));

    /// <summary>
    /// 128 bits that name the cell. By SHA-256, since names come from clients: nobody can make two cells share theirs.
    /// </summary>
    public UInt128 Id()
    {
        var length = 5 + Encoding.UTF8.GetMaxByteCount(Key.Length) + Encoding.UTF8.GetMaxByteCount(Field.Length);
        var text = length <= 512 ? stackalloc byte[length] : new byte[length];
        text[0] = (byte)Kind;
        var key = Encoding.UTF8.GetBytes(Key, text[5..]);
        BinaryPrimitives.WriteInt32LittleEndian(text[1..], key);
        var field = Encoding.UTF8.GetBytes(Field, text[(5 + key)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..(5 + key + field)], hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
