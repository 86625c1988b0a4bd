using NhiGrains.Contracts.Catalog;
using NhiGrains.Domain.Identities;
using NhiGrains.Grains.Catalog;

namespace NhiGrains.Grains.Tests.Expiry;

public class OrphanDueTests
{
    private static readonly DateTimeOffset Deadline = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Otherwise one whose entry was lost would go on without an owner for ever.</summary>
    [Theory]
    [InlineData(IdentityStatus.Active, true, true)]
    [InlineData(IdentityStatus.Suspended, true, false)]
    [InlineData(IdentityStatus.Retired, true, false)]
    [InlineData(IdentityStatus.Active, false, false)]
    public void An_orphan_that_works_has_to_be_in_the_due_index_until_its_deadline(IdentityStatus status, bool isOrphan, bool isDue)
    {
        var row = new CatalogRow("billing", 1, IdentityKind.Bot, status, "ada", "payments", "staging", new Dictionary<string, string>(StringComparer.Ordinal), [], [])
        {
            Orphaned = isOrphan ? new("ada", Deadline.AddDays(-14), Deadline) : null,
        };

        Assert.Equal(isDue ? new CatalogDue("billing", Deadline) : null, Dues.Of(row));
    }
}
