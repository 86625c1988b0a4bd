using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Audit;

namespace NhiGrains.Grains.Identities;

/// <summary>What is stored of one identity. History is in the audit log, not here.</summary>
[GenerateSerializer]
[Alias("nhi.identity-state")]
internal sealed record IdentityState
{
    /// <summary>Null until the identity was registered.</summary>
    [Id(0)]
    public Identity? Identity { get; init; }

    /// <summary>What enforcement reported last, one entry a platform.</summary>
    [Id(1)]
    public EnforcementReport[] Platforms { get; init; } = [];

    /// <summary>What was wanted last, by platform.</summary>
    [Id(2)]
    public IReadOnlyDictionary<string, Wanted> Wanted { get; init; } = new Dictionary<string, Wanted>(StringComparer.Ordinal);

    [Id(3)]
    public AuditOutbox Outbox { get; init; } = AuditOutbox.Empty;

    /// <summary>The last commands, for their idempotency keys.</summary>
    [Id(4)]
    public DoneCommand[] Done { get; init; } = [];

    /// <summary>Grows with every stored change; orders the catalog's rows.</summary>
    [Id(5)]
    public long Revision { get; init; }

    /// <summary>
    /// Whether its owner may have departed without its being told: true from a registration or transfer on, until the directory was
    /// asked when the catalog had the row.
    /// </summary>
    [Id(6)]
    public bool OwnerUnchecked { get; init; }

    /// <summary>The signals with which what it has was decided last; null when it is to be decided by nothing else now. See <see cref="RiskReviews"/>.</summary>
    [Id(7)]
    public RiskFact[]? RisksBefore { get; init; }

    public EnforcementReport? On(string platform) => Platforms.FirstOrDefault(report => report.Platform == platform);

    /// <summary>
    /// What is known of each platform now. A report about an earlier generation says nothing of what is wanted since.
    /// </summary>
    public IReadOnlyList<EnforcementReport> Shown =>
    [
        .. Wanted.OrderBy(wanted => wanted.Key, StringComparer.Ordinal).Select(wanted => On(wanted.Key) is { } report && report.Generation >= wanted.Value.Generation
            ? report
            : Waiting(wanted.Key, wanted.Value, On(wanted.Key))),
    ];

    /// <summary>Whether enforcement still owes something on a platform.</summary>
    public bool IsUnsettled(string platform) =>
        Wanted.TryGetValue(platform, out var wanted) && (On(platform) is not { } report || report.Generation < wanted.Generation || !report.Settled);

    private static EnforcementReport Waiting(string platform, Wanted wanted, EnforcementReport? earlier) => new(
        platform,
        wanted.Ending.Length > 0 ? EnforcementStatus.Revoking : EnforcementStatus.Pending,
        wanted.Generation,
        "Not yet reported on.",
        earlier?.PrincipalNativeId,
        [],
        earlier?.ResidualUntil,
        earlier?.ObservedAt,
        RetryAt: null,
        Settled: false);

    /// <summary>
    /// When enforcement is to be asked again, by a report about what is wanted now. A report about an earlier generation says
    /// nothing of it, however long it was content to wait.
    /// </summary>
    public DateTimeOffset? RetryAt(string platform) =>
        !Wanted.TryGetValue(platform, out var wanted) || On(platform) is not { } report || report.Generation < wanted.Generation ? null
        // Whoever is retired may have left something behind because its owner said so, and the principal may be somebody else's by now.
        : Identity?.Status == IdentityStatus.Retired ? null
        // What waits for a person was once left at that.
        : report is { Status: EnforcementStatus.ManualActionRequired, RetryAt: null } ? DateTimeOffset.UnixEpoch
        : report.RetryAt;

    public IEnumerable<string> Unsettled => Wanted.Keys.Where(IsUnsettled);
}

/// <summary>What is wanted on a platform, since which generation. The generation goes to the platform with every write.</summary>
/// <param name="Digest">Of the access; see <c>DesiredState.AccessDigest</c>.</param>
/// <param name="Ending">The grants whose credentials are to end.</param>
[GenerateSerializer]
[Alias("nhi.wanted")]
internal sealed record Wanted([property: Id(0)] long Generation, [property: Id(1)] string Digest, [property: Id(2)] string[] Ending);

/// <param name="Digest">Of the command: the same key for another command is refused.</param>
[GenerateSerializer]
[Alias("nhi.done-command")]
internal sealed record DoneCommand([property: Id(0)] string Key, [property: Id(1)] string Digest, [property: Id(2)] string? GrantId);
