using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace NhiGrains.Storage.Embedded;

/// <summary>What the bytes of the log add up to.</summary>
/// <param name="Address">Up to which address, exclusively; 0: nothing is covered.</param>
/// <param name="Sum">128 bits over the sums of its blocks, the rest, and the address.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LogSum(long Address, UInt128 Sum);

/// <summary>
/// Adds up the log, from its first byte on: 64 bits for each block, so that damage can be told where it is, and 128 bits over
/// those. Like the ledger it finds damage, and is no defence against forgery.
/// </summary>
internal sealed class LogSummer
{
    public const int BlockBytes = 4096;

    private readonly XxHash128 _blocks = new();
    private readonly byte[] _rest = new byte[BlockBytes];
    private int _used;

    public long Address { get; private set; }

    /// <summary>Over the bytes behind the last whole block.</summary>
    public ulong Rest => XxHash3.HashToUInt64(_rest.AsSpan(0, _used));

    public LogSum Sum => Combine(_blocks, Rest, Address);

    public static ulong OfBlock(ReadOnlySpan<byte> block) => XxHash3.HashToUInt64(block);

    /// <summary>What a log adds up to whose blocks and rest have these sums.</summary>
    public static LogSum Of(ReadOnlySpan<ulong> blocks, ulong rest, long address)
    {
        var summer = new LogSummer();
        foreach (var block in blocks)
            summer.AppendBlock(block);
        return Combine(summer._blocks, rest, address);
    }

    /// <summary>Takes the bytes in that come next in the log.</summary>
    /// <param name="blocks">Is given the sums of the blocks that they complete.</param>
    public void Append(ReadOnlySpan<byte> bytes, List<ulong> blocks)
    {
        Address += bytes.Length;
        while (bytes.Length > 0)
        {
            var part = bytes[..Math.Min(bytes.Length, BlockBytes - _used)];
            bytes = bytes[part.Length..];
            if (part.Length < BlockBytes)
            {
                part.CopyTo(_rest.AsSpan(_used));
                _used += part.Length;
                if (_used < BlockBytes)
                    return;
                part = _rest;
                _used = 0;
            }

            blocks.Add(OfBlock(part));
            AppendBlock(blocks[^1]);
        }
    }

    private void AppendBlock(ulong sum)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, sum);
        _blocks.Append(bytes);
    }

    private static LogSum Combine(XxHash128 blocks, ulong rest, long address)
    {
        Span<byte> bytes = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, blocks.GetCurrentHashAsUInt128());
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], rest);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], address);
        return new(address, XxHash128.HashToUInt128(bytes));
    }
}
