using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace NhiGrains.Storage.Embedded;

/// <summary>
/// Reads Garnet's append-only file: segments of one size that hold one row of addresses. It may be read beside a running
/// Garnet up to the last commit: those bytes are written again as the same bytes only.
/// </summary>
internal sealed class LogFile(string storeFolder) : IDisposable
{
    public const int PageBytes = GarnetInstance.LogPageMegabytes << 20;
    public const long SegmentBytes = (long)GarnetInstance.LogSegmentMegabytes << 20;

    private SafeFileHandle? _segment;
    private long _index = -1;

    /// <summary>The bytes of all segments from the first on, as far as none is missing.</summary>
    public long Length()
    {
        var length = 0L;
        for (var index = 0L; new FileInfo(PathOf(index)) is { Exists: true } segment; index++)
            length = index * SegmentBytes + segment.Length;
        return length;
    }

    /// <summary>Returns how many bytes there are from the address on; what is behind them is zero.</summary>
    public int Read(long address, Span<byte> to)
    {
        var read = 0;
        while (read < to.Length && TryOpen((address + read) / SegmentBytes) is { } segment)
        {
            var within = (address + read) % SegmentBytes;
            var part = to.Slice(read, (int)Math.Min(to.Length - read, SegmentBytes - within));
            if (RandomAccess.Read(segment, part, within) is not (var more and > 0))
                break;
            read += more;
        }

        to[read..].Clear();
        return read;
    }

    /// <summary>A page, or what there is of it.</summary>
    public byte[] ReadPage(long page, long length)
    {
        var bytes = new byte[Math.Min(PageBytes, length - page)];
        Read(page, bytes);
        return bytes;
    }

    public string PathOf(long index) => Path.Combine(storeFolder, NameOf(index));

    /// <summary>For messages: the file that an address is in, below the store's folder.</summary>
    public static string NameOf(long index) => Path.Combine("AOF", string.Create(CultureInfo.InvariantCulture, $"aof.log.{index}"));

    public void Dispose() => _segment?.Dispose();

    private SafeFileHandle? TryOpen(long index)
    {
        if (index == _index)
            return _segment;
        _segment?.Dispose();
        (_segment, _index) = (null, -1);
        if (File.Exists(PathOf(index)))
            (_segment, _index) = (File.OpenHandle(PathOf(index), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), index);
        return _segment;
    }
}
