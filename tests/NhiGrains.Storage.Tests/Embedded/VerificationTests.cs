using NhiGrains.Storage.Cells;
using NhiGrains.Storage.Embedded;

namespace NhiGrains.Storage.Tests.Embedded;

/// <summary>Which difference between head and store is a crash, and which is a loss.</summary>
public sealed class VerificationTests
{
    private static readonly UInt128 Id = 77;

    // The head knows three cells in version 5. The batch that it does not know changes the first, removes the second, adds a fourth.
    private static readonly Cell[] Cells = [.. Enumerable.Range(0, 4).Select(index => Cell.Value($"cell-{index}"))];
    private static readonly CellStep[] Steps = [new(Cells[0].Id(), 5, 6), new(Cells[1].Id(), 5, 0), new(Cells[3].Id(), 0, 6)];

    [Fact]
    public void Each_part_of_an_unacknowledged_group_may_be_there_or_not()
    {
        for (var applied = 0; applied < 8; applied++)
            Assert.Null(Check(StoreWith(applied), journal: 6));
    }

    [Fact]
    public void Of_an_acknowledged_group_every_part_must_be_there()
    {
        for (var applied = 0; applied < 7; applied++)
            Assert.Equal(StoreRefusal.StoreDamaged, Check(StoreWith(applied), journal: 6, head: HeadAfter())?.Code);
        Assert.Null(Check(StoreWith(7), journal: 6, head: HeadAfter()));
    }

    [Theory]
    [InlineData(0, 4)] // An older version than both.
    [InlineData(0, 7)] // A newer one.
    [InlineData(0, 0)] // Gone.
    [InlineData(2, 0)] // A cell that the group does not touch is gone,
    [InlineData(2, 6)] // or in another version.
    [InlineData(3, 5)] // The new cell in a version that it never had.
    public void Any_other_version_is_a_loss(int cell, ulong version)
    {
        for (var applied = 0; applied < 8; applied++)
        {
            var store = StoreWith(applied);
            store.Apply(new(Cells[cell].Id(), store.VersionOf(Cells[cell].Id()), version));
            Assert.Equal(StoreRefusal.StoreDamaged, Check(store, journal: 6)?.Code);
        }
    }

    [Fact]
    public void A_journal_that_is_behind_or_ahead_or_of_another_store_is_refused()
    {
        Assert.Equal(StoreRefusal.StoreBehind, Check(StoreWith(0), journal: 4)?.Code);
        Assert.Equal(StoreRefusal.HeadBehind, Check(StoreWith(7), journal: 7)?.Code);
        Assert.Equal(StoreRefusal.StoreOther, Check(StoreWith(0), journal: 5, id: 78)?.Code);
        Assert.Equal(StoreRefusal.StoreEmpty, Verification.Check(Head(), new(new(), null, false, []))?.Code);
    }

    [Fact]
    public void A_store_that_was_never_finished_may_be_empty_and_nothing_else()
    {
        var unfinished = new LedgerHead(Id, Initialised: false, 0, 0, 0);
        Assert.Null(Verification.Check(unfinished, new(new(), null, false, [])));
        Assert.Null(Verification.Check(unfinished, new(new(), new(Id, 0, []), false, [])));
        Assert.NotNull(Verification.Check(unfinished, new(StoreWith(0), null, false, [])));
        Assert.NotNull(Verification.Check(unfinished, new(StoreWith(0), new(Id, 0, []), false, [])));
    }

    [Fact]
    public void A_head_that_was_torn_in_any_byte_is_not_read()
    {
        var whole = new byte[LedgerHead.Size];
        Head().Write(whole);
        Assert.Equal(Head(), LedgerHead.Read(whole));
        for (var at = 0; at < whole.Length; at++)
        {
            whole[at] ^= 0x40;
            Assert.Null(LedgerHead.Read(whole));
            whole[at] ^= 0x40;
        }
    }

    [Fact]
    public void A_journal_that_was_torn_in_any_byte_is_not_read()
    {
        var whole = new BatchJournal(Id, 6, Steps).ToBytes();
        var read = BatchJournal.Read(whole);
        Assert.Equal(Steps, read?.Steps);
        Assert.Equal((Id, 6UL), (read?.StoreId, read?.Counter));
        for (var at = 0; at < whole.Length; at++)
        {
            whole[at] ^= 0x40;
            Assert.Null(BatchJournal.Read(whole));
            whole[at] ^= 0x40;
        }
    }

    [Fact]
    public void Cells_whose_names_run_together_are_different_cells()
    {
        Assert.NotEqual(Cell.Member("ab", "c").Id(), Cell.Member("a", "bc").Id());
        Assert.NotEqual(Cell.Member("a", "b").Id(), Cell.Number("a", "b").Id());
        Assert.NotEqual(Cell.Value("a").Id(), Cell.Member("a", "").Id());
    }

    [Fact]
    public void An_envelope_opens_for_its_own_key_unchanged_only()
    {
        var whole = Envelope.Wrap("key", 9, "payload"u8);
        Assert.True(Envelope.TryOpen("key", whole, out var stored));
        Assert.Equal(9UL, stored.Version);
        Assert.Equal("payload"u8.ToArray(), stored.Payload.ToArray());
        Assert.False(Envelope.TryOpen("kez", whole, out _));
        for (var length = 0; length < whole.Length; length++)
            Assert.False(Envelope.TryOpen("key", whole.AsMemory(0, length), out _));
        for (var at = 0; at < whole.Length; at++)
        {
            whole[at] ^= 1;
            Assert.False(Envelope.TryOpen("key", whole, out _));
            whole[at] ^= 1;
        }
    }

    private static LedgerHead Head() => new(Id, Initialised: true, 5, 3, StoreWith(0).Sum);

    private static LedgerHead HeadAfter() => new(Id, Initialised: true, 6, 3, StoreWith(7).Sum);

    /// <param name="applied">Which of the steps, as bits.</param>
    private static Ledger StoreWith(int applied)
    {
        var ledger = new Ledger();
        foreach (var cell in Cells[..3])
            ledger.Find(cell, 5);
        foreach (var (step, index) in Steps.Select((step, index) => (step, index)))
        {
            if ((applied & (1 << index)) != 0)
                ledger.Apply(step);
        }

        return ledger;
    }

    private static StoreRefusedException? Check(Ledger store, ulong journal, LedgerHead? head = null, int id = 77) =>
        Verification.Check(head ?? Head(), new(store, new((UInt128)id, journal, Steps), false, []));
}
