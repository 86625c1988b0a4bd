namespace NhiGrains.Storage.Embedded;

/// <summary>Where the readable part of a log ends.</summary>
/// <param name="Committed">The end of the last commit that is reached entry by entry.</param>
/// <param name="Used">The end of the last byte that is not zero.</param>
/// <param name="IsBroken">There is a whole commit behind <paramref name="Committed"/>: the log is damaged, not cut off.</param>
internal readonly record struct LogEnd(long Committed, long Used, bool IsBroken);

/// <summary>
/// Cuts from the end of the append-only file what no commit covers, before Garnet reads it. What is not committed was not
/// acknowledged, so nothing is lost by it; but Garnet 2.2.8, when a kill -9 leaves exactly the first bytes of a commit record on
/// disk, takes the zeros behind them for its address, and recovers nothing at all (seen in 1 of about 90 kills).
/// </summary>
internal static class LogTail
{
    private const int Sector = 512;

    /// <summary>Returns how many bytes were cut. A log that is broken is left as it is.</summary>
    /// <param name="from">The end of a commit up to which the log is known to be whole; 0: nothing is known.</param>
    public static long Mend(string storeFolder, long from = 0)
    {
        var end = Find(storeFolder, from);
        if (end.Used == end.Committed || end.IsBroken)
            return 0;
        Cut(storeFolder, end.Committed);
        return end.Used - end.Committed;
    }

    public static LogEnd Find(string storeFolder, long from = 0)
    {
        using var file = new LogFile(storeFolder);
        var length = file.Length();
        return UsedAfter(file, Walk(file, from, length), length);
    }

    /// <summary>Where the last commit ends that is reached entry by entry.</summary>
    private static long Walk(LogFile file, long from, long length)
    {
        var end = from;
        var at = from == 0 ? LogEntry.First : (int)(from % LogFile.PageBytes);
        for (var page = PageOf(from); page < length; page += LogFile.PageBytes, at = 0)
        {
            var bytes = file.ReadPage(page, length);
            while (LogEntry.TryRead(bytes, at, out var next, out var isCommit))
            {
                if (isCommit && !LogEntry.IsCommit(bytes, at, page))
                    return end;
                at = next;
                if (isCommit)
                    end = page + at;
            }

            // Zeros to the end of a page are its padding; anything else is where the readable part ends.
            if (bytes.Length < LogFile.PageBytes || bytes.AsSpan(Math.Min(at, bytes.Length)).ContainsAnyExcept((byte)0))
                return end;
        }

        return end;
    }

    private static LogEnd UsedAfter(LogFile file, long end, long length)
    {
        var (used, isBroken) = (end, false);
        for (var page = PageOf(end); page < length; page += LogFile.PageBytes)
        {
            var bytes = file.ReadPage(page, length);
            var from = (int)Math.Max(0, end - page);
            var last = from < bytes.Length ? bytes.AsSpan(from).LastIndexOfAnyExcept((byte)0) : -1;
            if (last >= 0)
                used = page + from + last + 1;
            for (var at = from; at < bytes.Length && !isBroken; at += 4)
                isBroken = LogEntry.IsCommit(bytes, at, page);
        }

        return new(end, used, isBroken);
    }

    private static void Cut(string storeFolder, long end)
    {
        using var log = new LogFile(storeFolder);
        var index = end / LogFile.SegmentBytes;
        for (var after = index + 1; File.Exists(log.PathOf(after)); after++)
            File.Delete(log.PathOf(after));
        if (!File.Exists(log.PathOf(index)))
            return;
        var within = end % LogFile.SegmentBytes;
        using var file = new FileStream(log.PathOf(index), FileMode.Open, FileAccess.ReadWrite);
        file.SetLength(within);
        file.SetLength((within + Sector - 1) / Sector * Sector);
        file.Flush(flushToDisk: true);
    }

    private static long PageOf(long address) => address / LogFile.PageBytes * LogFile.PageBytes;
}
