using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Contracts.Catalog;

/// <summary>Rows for search, filter, sort and count; the key is the shard's number. Derived data.</summary>
[Alias("nhi.catalog")]
public interface ICatalogShardGrain : IGrainWithIntegerKey
{
    /// <summary>Stores a row unless a newer one is there.</summary>
    [Alias("put")]
    Task Put(CatalogRow row);

    /// <summary>The rows that match, in the order asked, after the given key.</summary>
    [Alias("query")]
    Task<CatalogPage> Query(CatalogQuery query);
}

/// <param name="Sequence">The identity's sequence: a row replaces only an older one.</param>
public sealed record CatalogRow(
    string Id,
    long Sequence,
    IdentityKind Kind,
    IdentityStatus Status,
    string OwnerPerson,
    string OwnerTeam,
    string Environment,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyList<CatalogPlatform> Platforms,
    IReadOnlyList<CatalogGrant> Grants);

public sealed record CatalogPlatform(string Platform, string Principal, EnforcementStatus Status);

public sealed record CatalogGrant(string Id, GrantStatus Status, DateTimeOffset? ExpiresAt);

/// <summary>A null member matches everything.</summary>
public sealed record CatalogFilter(
    IdentityKind? Kind = null,
    IdentityStatus? Status = null,
    string? Environment = null,
    string? OwnerTeam = null,
    string? Platform = null,
    EnforcementStatus? Enforcement = null,
    GrantStatus? Grant = null,
    string? IdContains = null,
    string? Principal = null);

public sealed record CatalogQuery(CatalogFilter Filter, bool Descending, string? After, int First);

public sealed record CatalogPage(IReadOnlyList<CatalogRow> Rows, int TotalCount, bool HasMore);
