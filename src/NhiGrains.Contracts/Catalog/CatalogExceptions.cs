using NhiGrains.Domain;
using NhiGrains.Domain.Exceptions;

namespace NhiGrains.Contracts.Catalog;

/// <summary>A departure from policy, in the row of its identity.</summary>
public sealed record CatalogException(string Name, ExceptionStatus Status, DateTimeOffset RequestedAt)
{
    /// <summary>While it waits for approvers: the groups whose members are asked, whether or not their seats are filled already.</summary>
    public IReadOnlyList<string> Asked { get; init; } = [];
}

public sealed record CatalogExceptionRow(string IdentityId, CatalogException Exception);

/// <param name="Status">Null for all.</param>
/// <param name="After">A key of <see cref="CatalogExceptionRows.KeyOf"/>.</param>
public sealed record CatalogExceptionQuery(ExceptionStatus? Status, string? After, int First);

public sealed record CatalogExceptionPage(IReadOnlyList<CatalogExceptionRow> Rows, int TotalCount, bool HasMore);

public static class CatalogExceptionRows
{
    /// <summary>Compared ordinally: the oldest first; unique.</summary>
    public static string KeyOf(CatalogExceptionRow row) => $"{Canonical.Instant(row.Exception.RequestedAt)}\0{row.IdentityId}\0{row.Exception.Name}";
}
