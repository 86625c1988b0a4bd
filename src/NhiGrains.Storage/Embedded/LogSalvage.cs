namespace NhiGrains.Storage.Embedded;

/// <summary>
/// Makes a copy of a damaged log one that Garnet can read: each entry that is not what was written is covered by a commit record
/// as long as itself. Where the damage hides how long an entry is, all up to a commit behind it goes as well; the rest stays.
/// </summary>
internal sealed class LogSalvage
{
    private readonly LogFile _log;
    private readonly LogSums? _sums;

    private LogSalvage(LogFile log, LogSums? sums) => (_log, _sums) = (log, sums);

    /// <param name="sums">Null: where the damage is is not known, and only what does not read as an entry goes.</param>
    /// <returns>How many bytes were covered.</returns>
    public static long Mend(string storeFolder, LogSums? sums)
    {
        using var log = new LogFile(storeFolder);
        var salvage = new LogSalvage(log, sums);
        DropCommits(storeFolder);
        var length = log.Length();
        var covered = 0L;
        for (var page = 0L; page < length; page += LogFile.PageBytes)
            covered += salvage.MendPage(page, log.ReadPage(page, length));
        return covered;
    }

    /// <summary>
    /// Garnet begins to look for the last commit where one of its notes of earlier commits ends. That place may be amid what is
    /// left out now; without a note it begins with the first entry.
    /// </summary>
    private static void DropCommits(string storeFolder)
    {
        var notes = Path.Combine(storeFolder, "AOF", "log-commits");
        if (Directory.Exists(notes))
            Directory.Delete(notes, recursive: true);
    }

    private long MendPage(long page, byte[] bytes)
    {
        var damaged = DamagedBlocks(page, bytes);
        var covered = 0L;
        var at = page == 0 ? LogEntry.First : 0;
        while (at < bytes.Length)
        {
            if (TrySound(page, bytes, damaged, at, out var next))
            {
                at = next;
                continue;
            }

            if (!IsDamaged(damaged, at, bytes.Length) && !bytes.AsSpan(at).ContainsAnyExcept((byte)0))
                break;
            next = Resume(page, bytes, damaged, at);
            LeaveOut(page, bytes, at, next);
            covered += next - at;
            at = next;
        }

        if (covered > 0)
            Write(page, bytes);
        return covered;
    }

    private static void LeaveOut(long page, byte[] bytes, int from, int until)
    {
        var isEnd = until == bytes.Length && (bytes.Length < LogFile.PageBytes || until - from < LogEntry.CommitBytes);
        if (isEnd)
            bytes.AsSpan(from).Clear();
        else
            LogEntry.Cover(bytes.AsSpan(from, until - from), page + from);
    }

    private static bool TrySound(long page, byte[] bytes, bool[] damaged, int at, out int next) =>
        LogEntry.TryRead(bytes, at, out next, out var isCommit)
        && !IsDamaged(damaged, at, next)
        && (!isCommit || LogEntry.IsCommit(bytes, at, page));

    /// <summary>
    /// Where to go on behind an entry that is damaged, far enough that a commit record covers what is left out. The damage is
    /// mostly in a value: then the lengths on the way lead to a sound entry, and on to a commit. Otherwise one of them is wrong.
    /// </summary>
    private static int Resume(long page, byte[] bytes, bool[] damaged, int from)
    {
        var at = from;
        while (LogEntry.TryRead(bytes, at, out at, out _))
        {
            if (at - from < LogEntry.CommitBytes || !TrySound(page, bytes, damaged, at, out _))
                continue;
            if (LeadsToCommit(page, bytes, at))
                return at;
            break;
        }

        for (at = from + LogEntry.CommitBytes; at < bytes.Length; at += 4)
        {
            if (LogEntry.IsCommit(bytes, at, page) && TrySound(page, bytes, damaged, at, out _))
                return at;
        }

        return bytes.Length;
    }

    private static bool LeadsToCommit(long page, byte[] bytes, int at)
    {
        for (var isCommit = false; LogEntry.TryRead(bytes, at, out var next, out isCommit); at = next)
        {
            if (isCommit)
                return LogEntry.IsCommit(bytes, at, page);
        }

        return false;
    }

    private bool[] DamagedBlocks(long page, byte[] bytes)
    {
        var damaged = new bool[bytes.Length / LogSummer.BlockBytes + 1];
        for (var block = 0; block * LogSummer.BlockBytes < bytes.Length; block++)
        {
            var at = block * LogSummer.BlockBytes;
            var part = bytes.AsSpan(at, Math.Min(LogSummer.BlockBytes, bytes.Length - at));
            damaged[block] = _sums?.IsDamaged(page + at, part) == true;
        }

        return damaged;
    }

    private static bool IsDamaged(bool[] damaged, int from, int until) =>
        damaged.AsSpan(from / LogSummer.BlockBytes, (until - 1) / LogSummer.BlockBytes - from / LogSummer.BlockBytes + 1).Contains(true);

    private void Write(long page, byte[] bytes)
    {
        using var file = File.OpenHandle(_log.PathOf(page / LogFile.SegmentBytes), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, bytes, page % LogFile.SegmentBytes);
    }
}
