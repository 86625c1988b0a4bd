using NhiGrains.Domain.Audit;

namespace NhiGrains.Domain.Tests.Audit;

/// <summary>Promise 9.</summary>
public class AuditChainTests
{
    private static readonly AuditEntry[] Log = Build(5);
    private static readonly AuditHead Head = AuditChain.HeadAfter(Log[^1]);

    private static AuditEntry[] Build(int count)
    {
        var head = AuditHead.Genesis(3);
        return [.. Enumerable.Range(1, count).Select(number =>
        {
            var entry = AuditChain.Append(head, Event(number));
            head = AuditChain.HeadAfter(entry);
            return entry;
        })];
    }

    private static AuditEvent Event(int number) => new(
        "identity/billing", number, Some.Noon, "ada", "grant.activated", "rule r", null, "digest",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["grant"] = "g" });

    [Fact]
    public void A_complete_log_verifies() => Assert.Null(AuditChain.Verify(3, Log, Head));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_missing_entry_is_found(int index) =>
        Assert.NotNull(AuditChain.Verify(3, Log.Where((_, i) => i != index), Head));

    [Fact]
    public void A_log_that_was_cut_off_is_found() => Assert.NotNull(AuditChain.Verify(3, Log[..^1], Head));

    [Fact]
    public void An_edited_entry_is_found()
    {
        AuditEntry[] edited = [.. Log];
        edited[1] = edited[1] with { Event = edited[1].Event with { Actor = "eve" } };
        Assert.Contains("entry 2 was edited", AuditChain.Verify(3, edited, Head), StringComparison.Ordinal);
    }

    [Fact]
    public void Reordered_entries_are_found() =>
        Assert.NotNull(AuditChain.Verify(3, [Log[0], Log[2], Log[1], Log[3], Log[4]], Head));

    [Fact]
    public void An_edited_entry_with_a_new_hash_breaks_the_chain_after_it()
    {
        AuditEntry[] edited = [.. Log];
        edited[1] = AuditChain.Append(AuditChain.HeadAfter(Log[0]), Event(2) with { Actor = "eve" });
        Assert.Contains("entry 3 does not follow", AuditChain.Verify(3, edited, Head), StringComparison.Ordinal);
    }
}
