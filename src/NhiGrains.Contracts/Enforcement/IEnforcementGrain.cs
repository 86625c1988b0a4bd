using NhiGrains.Domain;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using Orleans.Concurrency;

namespace NhiGrains.Contracts.Enforcement;

/// <summary>
/// Makes one platform match for one identity. The key is <c>platform|identity</c>, so that one failing platform never blocks
/// the others.
/// </summary>
[Alias("nhi.enforcement")]
public interface IEnforcementGrain : IGrainWithStringKey
{
    /// <summary>The desired state may have changed, or a retry is due: brings the platform to it, and reports to the identity.</summary>
    [OneWay]
    [Alias("converge")]
    Task Converge();

    /// <summary>Reads back and compares, without writing to the platform.</summary>
    [Alias("refresh")]
    Task<EnforcementView> Refresh();

    /// <summary>The same with an observation that a sweep has already made.</summary>
    [Alias("observed")]
    Task<EnforcementView> Observed(Observation observation);

    [Alias("get")]
    Task<EnforcementView> Get();

    /// <summary>Settles differences as a person says, once per idempotency key: a repeated one gets what is known now.</summary>
    [Alias("resolve")]
    Task<ResolveAnswer> ResolveDrift(DriftResolution resolution);

    /// <summary>Hands out a credential for a grant that is active; the secret is only in this answer.</summary>
    [Alias("credential")]
    Task<CredentialAnswer> IssueCredential(CredentialOrder order);
}

public static class EnforcementKeys
{
    public static string Of(string platform, string identityId) => $"{platform}|{identityId}";

    public static (string Platform, string IdentityId) Parse(string key) =>
        key.Split('|') is [var platform, var identityId] ? (platform, identityId) : throw new ArgumentException($"'{key}' is no key of an enforcement.", nameof(key));
}

/// <param name="Grant">The id of an active grant of the identity.</param>
public sealed record CredentialOrder(string Actor, string Grant);

/// <param name="Secret">Null with a refusal.</param>
public sealed record CredentialAnswer(Refusal? Refusal, string? Secret, DateTimeOffset? ExpiresAt, DateTimeOffset? ResidualUntil)
{
    public override string ToString() => Refusal?.ToString() ?? "a credential";
}

public enum DriftAction
{
    /// <summary>Puts the platform right: ours is written again, what is Extra is removed.</summary>
    Revert,

    /// <summary>
    /// Accepts what is Extra and not ours as it is: exactly this object is not reported again until it changes. What is ours
    /// cannot be adopted, since enforcement would write it again: the intent has to change instead.
    /// </summary>
    Adopt,

    /// <summary>Stops reporting exactly this difference until an instant.</summary>
    Ignore,
}

/// <param name="DriftIds">Which differences; empty for all.</param>
/// <param name="IdempotencyKey">1 to 128 characters; remembered for the last resolutions, so that a repeated one settles nothing that came later.</param>
public sealed record DriftResolution(
    string Actor, string Reason, DriftAction Action, IReadOnlyList<string> DriftIds, DateTimeOffset? IgnoreUntil, string IdempotencyKey)
{
    /// <summary>For <see cref="DriftAction.Adopt"/>, in place of the ids: everything that is not ours, when it has this digest.</summary>
    public string? OfDigest { get; init; }
}

public sealed record ResolveAnswer(Refusal? Refusal, EnforcementView? View);

/// <param name="Id">The digest of the difference: the same difference has the same id.</param>
public sealed record DriftItem(string Id, string IdentityId, string Platform, Difference Difference, DateTimeOffset DetectedAt, DateTimeOffset? IgnoredUntil);

public sealed record EnforcementView(
    string IdentityId,
    string Platform,
    EnforcementStatus Status,
    long DesiredGeneration,
    long AppliedGeneration,
    string Message,
    DateTimeOffset? ObservedAt,
    IReadOnlyList<DriftItem> Drift,
    int FailedAttempts,
    DateTimeOffset? RetryAt);
