using NhiGrains.Domain;

namespace NhiGrains.Contracts.Catalog;

/// <summary>A review of emergency access, in the row of its identity.</summary>
public sealed record CatalogReview(string GrantId, DateTimeOffset ReviewBy, bool Open);

public sealed record CatalogReviewRow(string IdentityId, CatalogReview Review);

/// <param name="Open">Null for all.</param>
/// <param name="After">A key of <see cref="CatalogReviewRows.KeyOf"/>.</param>
public sealed record CatalogReviewQuery(bool? Open, string? After, int First);

public sealed record CatalogReviewPage(IReadOnlyList<CatalogReviewRow> Rows, int TotalCount, bool HasMore);

public static class CatalogReviewRows
{
    /// <summary>Compared ordinally: the open ones first, and of those the overdue ones; unique.</summary>
    public static string KeyOf(CatalogReviewRow row) =>
        $"{(row.Review.Open ? 0 : 1)}\0{Canonical.Instant(row.Review.ReviewBy)}\0{row.IdentityId}\0{row.Review.GrantId}";
}
