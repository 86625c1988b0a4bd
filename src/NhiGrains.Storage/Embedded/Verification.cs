using NhiGrains.Storage.Cells;

namespace NhiGrains.Storage.Embedded;

/// <summary>What a scan found in the store.</summary>
/// <param name="Journal">Null when there is none.</param>
/// <param name="JournalDamaged">There is one, and it cannot be read.</param>
/// <param name="Damaged">A few of the keys whose value is damaged.</param>
/// <param name="Bytes">About how many bytes are live.</param>
internal sealed record Findings(
    Ledger Ledger, BatchJournal? Journal, bool JournalDamaged, IReadOnlyList<string> Damaged, long Bytes = 0);

/// <summary>Decides whether the store holds exactly what its head says.</summary>
internal static class Verification
{
    public const string Restore =
        "Put the newest backup of the whole data folder in its place. To read what is left of this one, start with --salvage.";

    /// <summary>Null: it does. Otherwise why not.</summary>
    public static StoreRefusedException? Check(LedgerHead head, Findings found) =>
        found.Damaged.Count > 0 || found.JournalDamaged ? Damaged(found)
        : found.Journal is not { } journal ? WithoutJournal(head, found)
        : journal.StoreId != head.StoreId ? new(StoreRefusal.StoreOther, "The store belongs to another head.", Restore)
        : journal.Counter < head.Counter ? Behind(head, journal)
        : journal.Counter > head.Counter + 1 ? HeadBehind(head, journal)
        : SumDiffers(head, journal, found.Ledger) ? Differs(head, found.Ledger)
        : null;

    public static StoreRefusedException Empty(LedgerHead head) => new(
        StoreRefusal.StoreEmpty, $"The store is empty, and should hold {head.Count} entries (batch {head.Counter}).", Restore);

    public static StoreRefusedException CutOff(long length, long expected) => new(
        StoreRefusal.StoreBehind,
        $"The store's log has {length} bytes, and had {expected}: it is an older copy, or its end was cut off.",
        Restore);

    private static bool SumDiffers(LedgerHead head, BatchJournal journal, Ledger ledger)
    {
        var (sum, count) = (head.Sum, head.Count);
        // The batch that the head does not know yet was told to nobody: each of its cells may be in the old or the new version.
        if (journal.Counter == head.Counter + 1)
        {
            foreach (var step in journal.Steps)
            {
                if (ledger.VersionOf(step.Cell) != step.New)
                    continue;
                sum = Ledger.Advance(sum, step);
                count += (step.New == Cell.Absent ? 0 : 1) - (step.Old == Cell.Absent ? 0 : 1);
            }
        }

        return sum != ledger.Sum || count != ledger.Count;
    }

    // A store that was being made when the process died has told nobody anything.
    private static StoreRefusedException? WithoutJournal(LedgerHead head, Findings found) =>
        !head.Initialised && found.Ledger.Count == 0
            ? null
            : Empty(head);

    private static StoreRefusedException Damaged(Findings found) => new(
        StoreRefusal.StoreDamaged,
        found.Damaged.Count == 0
            ? "The store's journal is damaged."
            : $"The store is damaged: the checksum is wrong of {string.Join(", ", found.Damaged)}.",
        Restore);

    private static StoreRefusedException Behind(LedgerHead head, BatchJournal journal) => new(
        StoreRefusal.StoreBehind,
        $"The store is older than its head: it ends at batch {journal.Counter}, and {head.Counter} was acknowledged. " +
        "It is an older copy, or its end was cut off.",
        Restore);

    private static StoreRefusedException HeadBehind(LedgerHead head, BatchJournal journal) => new(
        StoreRefusal.HeadBehind,
        $"The head is older than its store: it says batch {head.Counter}, and the store is at {journal.Counter}.",
        Restore);

    private static StoreRefusedException Differs(LedgerHead head, Ledger ledger) => new(
        StoreRefusal.StoreDamaged,
        $"The store does not hold what was acknowledged: it has {ledger.Count} entries, and the head says {head.Count} in other versions.",
        Restore);
}
