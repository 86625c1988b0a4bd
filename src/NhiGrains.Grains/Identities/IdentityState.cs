using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Identities;
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
    public IReadOnlyList<EnforcementReport> Platforms { get; init; } = [];

    /// <summary>The generation at which what is wanted on a platform changed last, by platform.</summary>
    [Id(2)]
    public IReadOnlyDictionary<string, long> Wanted { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    [Id(3)]
    public AuditOutbox Outbox { get; init; } = AuditOutbox.Empty;

    /// <summary>The last commands, for their idempotency keys.</summary>
    [Id(4)]
    public IReadOnlyList<DoneCommand> Done { get; init; } = [];

    public EnforcementReport? On(string platform) => Platforms.FirstOrDefault(report => report.Platform == platform);

    /// <summary>Whether enforcement still owes something on a platform.</summary>
    public bool IsUnsettled(string platform) =>
        Wanted.TryGetValue(platform, out var wanted) && (On(platform) is not { } report || report.Generation < wanted || report.RetryAt is not null);
}

/// <param name="Digest">Of the command: the same key for another command is refused.</param>
[GenerateSerializer]
[Alias("nhi.done-command")]
internal sealed record DoneCommand([property: Id(0)] string Key, [property: Id(1)] string Digest, [property: Id(2)] string? GrantId);
