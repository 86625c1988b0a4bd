using System.Text.Json.Serialization;

namespace NhiGrains.Domain.Risk;

/// <summary>How bad it is; in this order.</summary>
public enum RiskSeverity
{
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>Somebody has noticed something about an identity that makes it less trustworthy for a while.</summary>
/// <param name="Id">As its source calls it. The same id, type and source is the same signal, however often it is told.</param>
/// <param name="Source">Who noticed it, 1 to <see cref="RiskRules.MaxSource"/> characters.</param>
/// <param name="Type">What, for example <c>secret-leaked</c>: 1 to <see cref="RiskRules.MaxType"/> lower-case letters, digits, '.', '_' and '-'.</param>
/// <param name="At">When it was noticed.</param>
/// <param name="EndsAt">From when on it counts no more.</param>
/// <param name="Note">For people; at most <see cref="RiskRules.MaxNote"/> characters, and never a secret.</param>
public sealed record RiskSignal(string Id, string Source, string Type, RiskSeverity Severity, DateTimeOffset At, DateTimeOffset EndsAt, string? Note = null)
{
    /// <summary>Why the identity was suspended for it; null when it was not.</summary>
    public RiskVerdict? Suspension { get; init; }

    /// <summary>
    /// When somebody said that it counts no more; null when nobody has. It is kept until its end all the same: a source that tells
    /// it once more is not to bring it back.
    /// </summary>
    public DateTimeOffset? ClearedAt { get; init; }

    /// <summary>Its name within the identity: short, and the same for the same signal.</summary>
    [JsonIgnore]
    public string Key => "r-" + Canonical.Digest(new { Source, Type, Id })[..16];

    [JsonIgnore]
    public bool IsCleared => ClearedAt is not null;
}
