using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Storage;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Grains.Catalog;

/// <summary>What the catalog's rows say of the due index: which entries it has to have.</summary>
internal static class Dues
{
    // The index keeps whole milliseconds.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);

    /// <summary>Null: nothing of it ever changes by itself.</summary>
    public static CatalogDue? Of(CatalogRow row)
    {
        // What was still to come when the row was made, even if its time is over now: nobody may have been there then.
        var ends = row.Grants.Where(grant => grant.Status == GrantStatus.Active).Select(grant => grant.ExpiresAt)
            .Concat((row.Windows ?? []).Where(at => !(at <= row.AsOf)).Select(at => (DateTimeOffset?)at))
            .Append(row.Status == IdentityStatus.Active ? row.Orphaned?.Deadline : null);
        if (ends.Min() is { } by)
            return new(row.Id, by);
        var isOwed = row.Status == IdentityStatus.Offboarding || row.Grants.Any(grant => grant.Status is GrantStatus.PendingApproval or GrantStatus.Revoking)
            || (row.Status != IdentityStatus.Retired && row.Platforms.Any(platform => !platform.Settled));
        return isOwed ? new(row.Id, DateTimeOffset.MaxValue) : null;
    }

    /// <summary>Those that the index does not have, or has too late.</summary>
    public static IEnumerable<string> Missing(IEnumerable<CatalogDue> owed, IEnumerable<DueEntry> index)
    {
        var entries = index.ToDictionary(entry => entry.IdentityId, entry => entry.DueAt, StringComparer.Ordinal);
        return owed.Where(due => !entries.TryGetValue(due.Id, out var at) || at - Rounding > due.By).Select(due => due.Id);
    }
}
