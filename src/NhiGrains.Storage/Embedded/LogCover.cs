namespace NhiGrains.Storage.Embedded;

/// <summary>
/// The part of the log whose bytes are known to be what was written. It grows with each commit, by reading from the file what
/// the commit added; its sum goes into the head, and at the next start tells whether Garnet may read the log at all. Garnet
/// 2.2.8 trusts what it reads: a damaged length makes it read foreign memory, which ends the process on the spot.
/// </summary>
internal sealed class LogCover : IDisposable
{
    private const int ChunkBytes = 1 << 20;

    private readonly byte[] _chunk = new byte[ChunkBytes];
    private readonly LogSummer _summer = new();
    private readonly List<ulong> _blocks = [];
    private readonly string _folder;
    private readonly LogFile _log;
    private LogSums.Writer? _sums;
    private long _written;

    private LogCover(string storeFolder) => (_folder, _log) = (storeFolder, new(storeFolder));

    public LogSum Sum => _summer.Sum;

    /// <summary>Adds up a log from its beginning. Writes nothing.</summary>
    /// <returns>Null: it is shorter than <paramref name="until"/>.</returns>
    public static LogCover? TryRead(string storeFolder, long until)
    {
        var cover = new LogCover(storeFolder);
        if (cover.TryAppend(until))
            return cover;
        cover.Dispose();
        return null;
    }

    /// <summary>Writes the sums of a whole log beside it, to the disk.</summary>
    /// <exception cref="StoreLostException">It is shorter than <paramref name="until"/>.</exception>
    public static void Seal(string storeFolder, long until)
    {
        using var cover = new LogCover(storeFolder);
        cover.Advance(until);
        cover._sums?.Flush();
    }

    /// <summary>Takes in what was committed since.</summary>
    /// <exception cref="StoreLostException">The log does not have it.</exception>
    public LogSum Advance(long committed)
    {
        if (committed < _summer.Address || !TryAppend(committed))
            throw new StoreLostException($"The store's log ends before byte {Math.Max(committed, _summer.Address)}, which it had.");
        _sums ??= new(_folder);
        _sums.Write(_summer, _written, _blocks);
        _written += _blocks.Count;
        _blocks.Clear();
        return Sum;
    }

    public void Dispose()
    {
        _sums?.Dispose();
        _log.Dispose();
    }

    private bool TryAppend(long until)
    {
        while (_summer.Address < until)
        {
            var part = _chunk.AsSpan(0, (int)Math.Min(ChunkBytes, until - _summer.Address));
            if (_log.Read(_summer.Address, part) < part.Length)
                return false;
            _summer.Append(part, _blocks);
        }

        return true;
    }
}
