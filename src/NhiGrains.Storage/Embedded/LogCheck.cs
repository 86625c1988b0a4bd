using System.Globalization;

namespace NhiGrains.Storage.Embedded;

/// <summary>Decides before Garnet reads the log whether its bytes are what was written.</summary>
internal static class LogCheck
{
    /// <summary>
    /// The cover of a log that may be read: its bytes are what the head says, or at least what the sums beside it say. In the
    /// latter case it is another log than the head's (an older copy, another store's, one that was written anew), and what it
    /// lacks is for the verification of its entries to say.
    /// </summary>
    /// <exception cref="StoreRefusedException">It is damaged, or it was cut off.</exception>
    public static LogCover Open(string storeFolder, LedgerHead head)
    {
        var covered = TryCover(storeFolder, head.Log);
        if (covered is not null)
            return covered;
        var sums = LogSums.Read(storeFolder);
        if (sums is not null && Reaches(storeFolder, sums, head) && TryCover(storeFolder, sums.Total) is { } other)
            return other;
        using var log = new LogFile(storeFolder);
        throw Refusal(log, sums, head);
    }

    public static StoreRefusedException Broken(LogEnd end) =>
        Damaged($"the log cannot be read from byte {Text(end.Committed)} on", "and there are commits behind it");

    /// <summary>Sums that a power failure left behind do not speak for what the head knows to be behind them.</summary>
    private static bool Reaches(string storeFolder, LogSums sums, LedgerHead head) =>
        sums.Total.Address > 0
        && (sums.Total.Address >= head.Log.Address || LogTail.Find(storeFolder, sums.Total.Address).Used < head.Log.Address);

    /// <summary>Null: Garnet has read all that is known to be sound.</summary>
    public static StoreRefusedException? Unread(long sound, long read) =>
        read >= sound ? null : Damaged($"Garnet read {Text(read)} bytes of its log", $"and {Text(sound)} are sound");

    private static LogCover? TryCover(string storeFolder, LogSum expected)
    {
        var cover = LogCover.TryRead(storeFolder, expected.Address);
        if (cover is null || expected.Address == 0 || cover.Sum == expected)
            return cover;
        cover.Dispose();
        return null;
    }

    private static StoreRefusedException Refusal(LogFile log, LogSums? sums, LedgerHead head)
    {
        var length = log.Length();
        if (length == 0)
            return Verification.Empty(head);
        if (sums?.FirstDamage(log) is { } at)
            return Damaged(
                $"{LogFile.NameOf(at / LogFile.SegmentBytes)} is not what was written to it",
                $"within the {LogSummer.BlockBytes} bytes from {Text(at % LogFile.SegmentBytes)} on");
        var expected = Math.Max(head.Log.Address, sums?.Total.Address ?? 0);
        return length < expected
            ? Verification.CutOff(length, expected)
            : Damaged($"the first {Text(head.Log.Address)} bytes of its log are not what was written to it", "where is not known");
    }

    private static StoreRefusedException Damaged(string what, string where) =>
        new(StoreRefusal.StoreDamaged, $"The store is damaged: {what}, {where}.", Verification.Restore);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
