using System.Text.Json.Serialization;
using NhiGrains.Domain;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Risk;
using Orleans.Concurrency;

namespace NhiGrains.Contracts.Catalog;

/// <summary>Rows for search, filter, sort and count; the key is the shard's number. Derived data.</summary>
[Alias("nhi.catalog")]
public interface ICatalogShardGrain : IGrainWithIntegerKey
{
    /// <summary>Stores a row unless a newer one is there; durable when it returns.</summary>
    [AlwaysInterleave] // Rows that arrive together are written together.
    [Alias("put")]
    Task Put(CatalogRow row);

    /// <summary>The rows that match, in the order asked, after the given key.</summary>
    [AlwaysInterleave]
    [Alias("query")]
    Task<CatalogPage> Query(CatalogQuery query);

    /// <summary>The grants that match, in the order of identity and grant, after the given key.</summary>
    [AlwaysInterleave]
    [Alias("grants")]
    Task<CatalogGrantPage> QueryGrants(CatalogGrantQuery query);

    /// <summary>What waits for members of one of the groups, requests for access and exceptions alike: the oldest first, after the given key.</summary>
    [AlwaysInterleave]
    [Alias("asked")]
    Task<CatalogAskedPage> QueryAsked(CatalogAskedQuery query);

    /// <summary>Reviews of emergency access: those that are open first, of those the ones that were due first; after the given key.</summary>
    [AlwaysInterleave]
    [Alias("reviews")]
    Task<CatalogReviewPage> QueryReviews(CatalogReviewQuery query);

    /// <summary>Exceptions from policy, the oldest first, after the given key.</summary>
    [AlwaysInterleave]
    [Alias("exceptions")]
    Task<CatalogExceptionPage> QueryExceptions(CatalogExceptionQuery query);

    /// <summary>The identities that are bound to a principal of the platform, those that are retired left out.</summary>
    [AlwaysInterleave]
    [Alias("bound")]
    Task<IReadOnlyList<CatalogBinding>> BoundOn(string platform);

    /// <summary>The identities that have to be in the due index, and until when at the latest.</summary>
    [AlwaysInterleave]
    [Alias("owed")]
    Task<IReadOnlyList<CatalogDue>> Owed();
}

/// <param name="Sequence">The identity's sequence: a row replaces only an older one, by this and then by <paramref name="AsOf"/>.</param>
/// <param name="Windows">When conditions of what it holds begin or end to be true, and when its risk signals are over.</param>
/// <param name="AsOf">When the row was made; null in a row of an earlier version.</param>
/// <param name="Orphaned">Set while its owner has departed and nobody has taken it over.</param>
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
    IReadOnlyList<CatalogGrant> Grants,
    IReadOnlyList<DateTimeOffset>? Windows = null,
    DateTimeOffset? AsOf = null,
    Orphaned? Orphaned = null)
{
    /// <summary>The worst of its risk signals; null when there is none.</summary>
    public RiskSeverity? Risk { get; init; }

    /// <summary>Reviews of emergency access.</summary>
    public IReadOnlyList<CatalogReview> Reviews { get; init; } = [];

    /// <summary>Departures from policy.</summary>
    public IReadOnlyList<CatalogException> Exceptions { get; init; } = [];

    /// <summary>How many reviews are open, due or not.</summary>
    [JsonIgnore]
    public int Unreviewed => Reviews.Count(review => review.Open);
}

/// <param name="Settled">Whether enforcement owes nothing there.</param>
/// <param name="ObservedDigest">Of what was seen there last and judged (<see cref="Observation.OwnDigest"/>); null when that is not known.</param>
public sealed record CatalogPlatform(string Platform, string Principal, EnforcementStatus Status, bool Settled = true, string? ObservedDigest = null);

/// <summary>What a sweep has to know of an identity on a platform.</summary>
public sealed record CatalogBinding(string IdentityId, CatalogPlatform On);

/// <param name="By">When the identity's time is up; the end of time when it only must not be forgotten.</param>
public sealed record CatalogDue(string Id, DateTimeOffset By);

/// <param name="ExpiresAt">Null when it gives nothing any more.</param>
public sealed record CatalogGrant(string Id, GrantStatus Status, DateTimeOffset? ExpiresAt, IReadOnlyList<string> Platforms)
{
    /// <summary>While it waits for approvers: since when; null otherwise.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>While it waits for approvers: the groups whose members are asked, whether or not their seats are filled already.</summary>
    public IReadOnlyList<string> Asked { get; init; } = [];
}

/// <summary>A null member matches everything.</summary>
/// <param name="Differs">Whether some platform has differences that are known and not settled.</param>
public sealed record CatalogFilter(
    IdentityKind? Kind = null,
    IdentityStatus? Status = null,
    string? Environment = null,
    string? OwnerTeam = null,
    string? Platform = null,
    EnforcementStatus? Enforcement = null,
    GrantStatus? Grant = null,
    string? IdContains = null,
    string? Principal = null,
    bool? Differs = null,
    string? OwnerPerson = null,
    bool? Orphaned = null)
{
    /// <summary>With a risk signal of this severity, or a worse one.</summary>
    public RiskSeverity? RiskAtLeast { get; init; }

    /// <summary>Whether emergency access of it is still to be reviewed.</summary>
    public bool? Unreviewed { get; init; }
}

/// <param name="After">A key of <see cref="CatalogOrders.KeyOf(CatalogOrder, CatalogRow)"/> in the same order.</param>
public sealed record CatalogQuery(CatalogFilter Filter, CatalogOrder Order, bool Descending, string? After, int First);

public sealed record CatalogPage(IReadOnlyList<CatalogRow> Rows, int TotalCount, bool HasMore);

/// <summary>A null member matches everything.</summary>
public sealed record CatalogGrantFilter(string? IdentityId = null, GrantStatus? Status = null, string? Platform = null);

/// <param name="After">A key of <see cref="CatalogOrders.KeyOf(CatalogGrantRow)"/>.</param>
public sealed record CatalogGrantQuery(CatalogGrantFilter Filter, string? After, int First);

public sealed record CatalogGrantRow(string IdentityId, CatalogGrant Grant);

public sealed record CatalogGrantPage(IReadOnlyList<CatalogGrantRow> Rows, int TotalCount, bool HasMore);

public enum CatalogOrder
{
    Id,
    Environment,
    OwnerTeam,

    /// <summary>The earliest end of an active grant; identities without one come last.</summary>
    NextExpiry,
}

/// <summary>Sort keys, compared ordinally; unique, so that pages of several shards can be merged and continued.</summary>
public static class CatalogOrders
{
    public static string KeyOf(CatalogOrder order, CatalogRow row) => order switch
    {
        CatalogOrder.Environment => $"{row.Environment}\0{row.Id}",
        CatalogOrder.OwnerTeam => $"{row.OwnerTeam}\0{row.Id}",
        CatalogOrder.NextExpiry => $"{NextExpiry(row)}\0{row.Id}",
        _ => row.Id,
    };

    public static string KeyOf(CatalogGrantRow row) => $"{row.IdentityId}\0{row.Grant.Id}";

    // A tilde sorts after every digit.
    private static string NextExpiry(CatalogRow row) =>
        row.Grants.Where(grant => grant.Status == GrantStatus.Active).Min(grant => grant.ExpiresAt) is { } end ? Canonical.Instant(end) : "~";
}
