using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Audit;
using NhiGrains.Grains.Identities;

namespace NhiGrains.Grains.Enforcement;

/// <summary>What is known of one identity on one platform.</summary>
[GenerateSerializer]
[Alias("nhi.enforcement-state")]
internal sealed record EnforcementState
{
    [Id(0)]
    public EnforcementStatus Status { get; init; } = EnforcementStatus.Pending;

    /// <summary>The generation of the desired state that this is about; zero before the first attempt.</summary>
    [Id(1)]
    public long Generation { get; init; }

    [Id(2)]
    public string Message { get; init; } = "";

    [Id(3)]
    public string? PrincipalNativeId { get; init; }

    /// <summary>What the last complete attempt left on the platform; drift is measured against it.</summary>
    [Id(4)]
    public NativeObject[] Applied { get; init; } = [];

    [Id(5)]
    public DriftItem[] Drift { get; init; } = [];

    /// <summary>Differences that a person has settled without changing the platform.</summary>
    [Id(6)]
    public AcceptedDrift[] Accepted { get; init; } = [];

    /// <summary>In a row. While it is not zero, nobody knows what is on the platform, and nothing is called drift.</summary>
    [Id(7)]
    public int FailedAttempts { get; init; }

    /// <summary>When to come back: after a failed attempt, when the acceptance of a difference ends, or to see whether a person has done their part.</summary>
    [Id(8)]
    public DateTimeOffset? RetryAt { get; init; }

    [Id(9)]
    public DateTimeOffset? ObservedAt { get; init; }

    [Id(10)]
    public DateTimeOffset? ResidualUntil { get; init; }

    /// <summary>Grants that were read back as gone at this generation.</summary>
    [Id(11)]
    public string[] Gone { get; init; } = [];

    [Id(12)]
    public AuditOutbox Outbox { get; init; } = AuditOutbox.Empty;

    /// <summary>Grants for which a credential was handed out, and that are not yet known to be gone.</summary>
    [Id(13)]
    public string[] WithCredentials { get; init; } = [];

    /// <summary>The last resolutions of differences, for their idempotency keys.</summary>
    [Id(14)]
    public DoneCommand[] Resolved { get; init; } = [];

    /// <summary>The platform said no to the last attempt, and trying again without a change does not help.</summary>
    [Id(15)]
    public bool Refused { get; init; }

    /// <summary>Of what was observed last, by an attempt or look that is known to be whole.</summary>
    [Id(16)]
    public string? ObservedDigest { get; init; }

    /// <summary>The principal is no longer wanted: what a person had accepted before that has to be decided anew.</summary>
    [Id(17)]
    public bool Leaving { get; init; }

    /// <summary>Differences that nobody has accepted, beyond those that are kept in <see cref="Drift"/>.</summary>
    [Id(18)]
    public int MoreDrift { get; init; }

    /// <summary>
    /// By which generation each object of ours was seen to be written, by <see cref="Debris.KeyOf"/>: one that is there with an earlier
    /// one was written late.
    /// </summary>
    [Id(19)]
    public IReadOnlyDictionary<string, long> Written { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>How often in a row what waits for a person was found as it was; zero when nothing does.</summary>
    [Id(20)]
    public int Waits { get; init; }

    /// <summary>At this generation, everything that is wanted was read back.</summary>
    [Id(21)]
    public bool There { get; init; }

    /// <summary>By grant, what the connector needs to end what was handed out for it; of those in <see cref="WithCredentials"/>.</summary>
    [Id(22)]
    public IReadOnlyDictionary<string, string> Handles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The entitlements that may be on the platform; see <see cref="Enforcement.Given"/>.</summary>
    [Id(23)]
    public string[] Given { get; init; } = [];

    /// <summary>Somebody else keeps the principal from going: from time to time it is tried whether they still do.</summary>
    public bool IsKept => Leaving && Status == EnforcementStatus.ManualActionRequired;

    /// <summary>It is not as it was left, or not on the principal that had it; or since the last look, what had been added is gone.</summary>
    public bool MayBeNews(Observation observation) =>
        observation.PrincipalNativeId != PrincipalNativeId || Comparison.Compare(Applied, observation).Count > 0 || ((Drift.Length > 0 || IsKept) && observation.ObservedAt > ObservedAt);

    /// <summary>The last attempt was complete: nothing is owed at this generation.</summary>
    public bool IsSettled => Generation > 0 && FailedAttempts == 0;

    /// <summary>When a person has accepted every difference that is left.</summary>
    public EnforcementState WithAllAccepted() =>
        this with { Status = EnforcementStatus.Effective, Message = $"Applied; {Drift.Length} differences are accepted." };

    public EnforcementReport ReportOn(string platform) =>
        new(platform, Status, Generation, Message, PrincipalNativeId, Gone, ResidualUntil, ObservedAt, RetryAt, IsSettled, Refused, ObservedDigest, There);
}

/// <param name="DriftId">Exactly this difference; when it changes it is reported again.</param>
/// <param name="Until">Null: until it changes.</param>
[GenerateSerializer]
[Alias("nhi.accepted-drift")]
internal sealed record AcceptedDrift(
    [property: Id(0)] string DriftId,
    [property: Id(1)] string Actor,
    [property: Id(2)] string Reason,
    [property: Id(3)] DateTimeOffset? Until);
