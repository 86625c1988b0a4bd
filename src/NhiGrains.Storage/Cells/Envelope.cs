using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace NhiGrains.Storage.Cells;

/// <summary>What a stored value says of itself, and its bytes.</summary>
internal readonly record struct Stored(ulong Version, ReadOnlyMemory<byte> Payload);

/// <summary>
/// The frame of a stored value: a format byte, the version (8 bytes, little-endian), a checksum over key, version and payload
/// (8 bytes), the payload. The checksum finds damage, and a value under another's key; it is no defence against forgery.
/// </summary>
internal static class Envelope
{
    public const int VersionOffset = 1;
    public const int VersionLength = sizeof(ulong);

    private const byte Format = 1;
    private const int ChecksumOffset = VersionOffset + VersionLength;
    private const int Length = ChecksumOffset + sizeof(ulong);

    public static byte[] Wrap(string key, ulong version, ReadOnlySpan<byte> payload)
    {
        var value = new byte[Length + payload.Length];
        value[0] = Format;
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(VersionOffset), version);
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(ChecksumOffset), Checksum(key, version, payload));
        payload.CopyTo(value.AsSpan(Length));
        return value;
    }

    /// <summary>False: the value is damaged, or is another key's.</summary>
    public static bool TryOpen(string key, ReadOnlyMemory<byte> value, out Stored stored)
    {
        stored = default;
        if (value.Length < Length || value.Span[0] != Format)
            return false;
        var version = BinaryPrimitives.ReadUInt64LittleEndian(value.Span[VersionOffset..]);
        stored = new(version, value[Length..]);
        return version != Cell.Absent
            && BinaryPrimitives.ReadUInt64LittleEndian(value.Span[ChecksumOffset..]) == Checksum(key, version, stored.Payload.Span);
    }

    /// <exception cref="StoreLostException">It is damaged.</exception>
    public static Stored Open(string key, ReadOnlyMemory<byte> value) => TryOpen(key, value, out var stored)
        ? stored
        : throw new StoreLostException($"The stored value of '{key}' is damaged.");

    private static ulong Checksum(string key, ulong version, ReadOnlySpan<byte> payload)
    {
        // The two hashes are chained by the seed, so that key and payload need not be copied together.
        var length = Encoding.UTF8.GetMaxByteCount(key.Length);
        var text = length <= 512 ? stackalloc byte[length] : new byte[length];
        var seed = XxHash3.HashToUInt64(text[..Encoding.UTF8.GetBytes(key, text)], unchecked((long)version));
        return XxHash3.HashToUInt64(payload, unchecked((long)seed));
    }
}
