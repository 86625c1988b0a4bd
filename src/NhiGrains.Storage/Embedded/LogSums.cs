using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NhiGrains.Storage.Embedded;

/// <summary>
/// The sums of the log's blocks, in a file beside the log: it moves with the store, and tells where the log is damaged. It
/// decides nothing that the head can decide, so it is not waited for: a power failure may leave it older than the log.
/// </summary>
/// <param name="Total">What they add up to.</param>
/// <param name="Blocks">Of all whole blocks below the total's address.</param>
/// <param name="Rest">Of what is behind the last whole block.</param>
internal sealed record LogSums(LogSum Total, ulong[] Blocks, ulong Rest)
{
    private const int Header = 64;

    private static ReadOnlySpan<byte> Magic => "NHISUMS1"u8;

    private static string PathIn(string storeFolder) => Path.Combine(storeFolder, "log.sums");

    /// <summary>Null: there are none, or they do not add up.</summary>
    public static LogSums? Read(string storeFolder)
    {
        if (!File.Exists(PathIn(storeFolder)))
            return null;
        var bytes = File.ReadAllBytes(PathIn(storeFolder));
        if (bytes.Length < Header || !bytes.AsSpan().StartsWith(Magic))
            return null;
        var total = new LogSum(
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)), BinaryPrimitives.ReadUInt128LittleEndian(bytes.AsSpan(16)));
        var rest = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32));
        var count = total.Address / LogSummer.BlockBytes;
        if (count < 0 || count > (bytes.Length - Header) / sizeof(ulong))
            return null;
        var blocks = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(Header, (int)count * sizeof(ulong))).ToArray();
        return LogSummer.Of(blocks, rest, total.Address) == total ? new(total, blocks, rest) : null;
    }

    /// <summary>The address of the first block that differs from what was written; null when there is none.</summary>
    public long? FirstDamage(LogFile log)
    {
        var until = Math.Min(log.Length(), Total.Address);
        var block = new byte[LogSummer.BlockBytes];
        for (var at = 0L; at < until; at += block.Length)
        {
            if (IsDamaged(at, block.AsSpan(0, log.Read(at, block))))
                return at;
        }

        return null;
    }

    /// <summary>Whether the block at the address is not what was written. What is not covered completely is not judged.</summary>
    public bool IsDamaged(long address, ReadOnlySpan<byte> bytes)
    {
        var covered = Math.Min(LogSummer.BlockBytes, Total.Address - address);
        if (covered <= 0 || bytes.Length < covered)
            return false;
        var written = covered == LogSummer.BlockBytes ? Blocks[address / LogSummer.BlockBytes] : Rest;
        return LogSummer.OfBlock(bytes[..(int)covered]) != written;
    }

    /// <summary>Writes them as the log grows.</summary>
    internal sealed class Writer(string storeFolder) : IDisposable
    {
        private readonly byte[] _header = new byte[Header];
        private readonly SafeFileHandle _file =
            File.OpenHandle(PathIn(storeFolder), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

        /// <param name="first">The number of the first of <paramref name="blocks"/>; the file has those before it.</param>
        public void Write(LogSummer summer, long first, List<ulong> blocks)
        {
            if (blocks.Count > 0)
                RandomAccess.Write(_file, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(blocks)), Header + first * sizeof(ulong));
            var total = summer.Sum;
            Magic.CopyTo(_header);
            BinaryPrimitives.WriteInt64LittleEndian(_header.AsSpan(8), total.Address);
            BinaryPrimitives.WriteUInt128LittleEndian(_header.AsSpan(16), total.Sum);
            BinaryPrimitives.WriteUInt64LittleEndian(_header.AsSpan(32), summer.Rest);
            RandomAccess.Write(_file, _header, 0);
        }

        /// <summary>Waits until it is on the disk.</summary>
        public void Flush() => RandomAccess.FlushToDisk(_file);

        public void Dispose() => _file.Dispose();
    }
}
