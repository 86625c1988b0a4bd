using NhiGrains.Domain;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Grants;

namespace NhiGrains.Contracts.Catalog;

public enum AskedFor
{
    /// <summary>A grant that waits for approvers.</summary>
    Access,

    /// <summary>A departure from policy that does.</summary>
    Exception,
}

/// <summary>Something of an identity that people are asked to answer.</summary>
/// <param name="Name">The grant's id, or the exception's name.</param>
public sealed record CatalogAskedRow(string IdentityId, AskedFor What, string Name, DateTimeOffset AskedAt);

/// <param name="Groups">Whose members are asked: any of these.</param>
/// <param name="After">A key of <see cref="CatalogAskedRows.KeyOf"/>.</param>
public sealed record CatalogAskedQuery(IReadOnlyList<string> Groups, string? After, int First);

public sealed record CatalogAskedPage(IReadOnlyList<CatalogAskedRow> Rows, bool HasMore);

public static class CatalogAskedRows
{
    /// <summary>What members of one of the groups are asked, whether or not their seats are filled already.</summary>
    public static IEnumerable<CatalogAskedRow> Of(CatalogRow row, IReadOnlyList<string> groups)
    {
        var access = row.Grants.Where(grant => grant.Status == GrantStatus.PendingApproval && Asks(grant.Asked))
            .Select(grant => new CatalogAskedRow(row.Id, AskedFor.Access, grant.Id, grant.AskedAt ?? default));
        var exceptions = row.Exceptions.Where(exception => exception.Status == ExceptionStatus.Pending && Asks(exception.Asked))
            .Select(exception => new CatalogAskedRow(row.Id, AskedFor.Exception, exception.Name, exception.RequestedAt));
        return access.Concat(exceptions);

        bool Asks(IReadOnlyList<string> asked) => asked.Intersect(groups, StringComparer.Ordinal).Any();
    }

    /// <summary>Compared ordinally: what was asked for first comes first; unique.</summary>
    public static string KeyOf(CatalogAskedRow row) => $"{Canonical.Instant(row.AskedAt)}\0{row.IdentityId}\0{(int)row.What}\0{row.Name}";
}
