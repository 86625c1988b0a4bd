using NhiGrains.Cel;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Domain.Policies;

/// <summary>What a rule looks at. A null member matches everything; a list matches when it holds the value.</summary>
public sealed record PolicyMatch(
    IReadOnlyList<IdentityKind>? Kinds = null,
    IReadOnlyList<string>? Environments = null,
    IReadOnlyDictionary<string, string>? Tags = null,
    IReadOnlyList<Verb>? Verbs = null,
    IReadOnlyList<string>? Platforms = null,
    string? ResourcePrefix = null,
    TimeSpan? LifetimeAtMost = null,
    bool? Standing = null)
{
    /// <summary>Ids of identities.</summary>
    public IReadOnlyList<string>? Identities { get; init; }

    /// <summary>Teams of their owners.</summary>
    public IReadOnlyList<string>? Teams { get; init; }

    /// <summary>Who asks: by name.</summary>
    public IReadOnlyList<string>? Requesters { get; init; }

    /// <summary>Who asks: a member of one of these groups. With <see cref="Requesters"/>: either of the two.</summary>
    public IReadOnlyList<string>? RequesterGroups { get; init; }

    public IReadOnlyList<string>? ResourceTypes { get; init; }

    public IReadOnlyList<Sensitivity>? Sensitivities { get; init; }

    /// <summary>Applications of the catalogue that resources belong to.</summary>
    public IReadOnlyList<string>? Applications { get; init; }

    /// <summary>The environment of a resource, by the catalogue; that of the identity is <see cref="Environments"/>.</summary>
    public IReadOnlyList<string>? ResourceEnvironments { get; init; }

    /// <summary>More than this was asked for; standing access always is.</summary>
    public TimeSpan? LifetimeOver { get; init; }

    /// <summary>All of these were brought.</summary>
    public IReadOnlyList<EvidenceMatch>? Evidence { get; init; }

    /// <summary>One of these at least was not brought.</summary>
    public IReadOnlyList<EvidenceMatch>? EvidenceMissing { get; init; }

    /// <summary>A signal of this severity or above is alive, of one of the <see cref="RiskTypes"/>.</summary>
    public RiskSeverity? RiskAtLeast { get; init; }

    /// <summary>No signal of this severity or above is alive, of any of the <see cref="RiskTypes"/>.</summary>
    public RiskSeverity? RiskBelow { get; init; }

    /// <summary>Null for all types.</summary>
    public IReadOnlyList<string>? RiskTypes { get; init; }

    public DailyWindow? During { get; init; }

    /// <summary>An expression in CEL that is true or false; see <see cref="ConditionAttributes"/> for what it may use.</summary>
    public string? Condition { get; init; }
}

/// <summary>A piece of evidence of one kind. A null member is not looked at.</summary>
/// <param name="Trusts">Who vouches for it, by the names of the configuration.</param>
/// <param name="Claims">All of these, each exactly.</param>
public sealed record EvidenceMatch(
    EvidenceKind Kind, IReadOnlyList<string>? Trusts = null, string? Subject = null, IReadOnlyDictionary<string, string>? Claims = null)
{
    public bool IsMetBy(VerifiedEvidence evidence) =>
        evidence.Kind == Kind
        && Trusts?.Contains(evidence.Trust, StringComparer.Ordinal) != false
        && (Subject is null || Subject == evidence.Subject)
        && Claims?.All(claim => evidence.Claims.TryGetValue(claim.Key, out var value) && value == claim.Value) != false;

    public override string ToString() =>
        Spellings.Of(Kind) + string.Concat((Claims ?? new Dictionary<string, string>()).OrderBy(claim => claim.Key, StringComparer.Ordinal).Select(claim => $" {claim.Key}={claim.Value}"));
}

/// <summary>A time of day on some days of the week, in a time zone.</summary>
/// <param name="Days">Null for every day. A window over midnight belongs to the day on which it begins.</param>
/// <param name="To">Exclusive. Not after <paramref name="From"/>: on the next day.</param>
/// <param name="Zone">A name of the IANA database.</param>
public sealed record DailyWindow(IReadOnlyList<DayOfWeek>? Days, TimeOnly From, TimeOnly To, string Zone = "UTC")
{
    /// <summary>Null when the time zone is not known here.</summary>
    public bool? Holds(DateTimeOffset at)
    {
        if (!CelTimeZones.TryFind(Zone, out var zone))
            return null;
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        return From < To
            ? From <= time && time < To && IsOn(local.DayOfWeek)
            : (time >= From && IsOn(local.DayOfWeek)) || (time < To && IsOn((DayOfWeek)(((int)local.DayOfWeek + 6) % 7)));
    }

    private bool IsOn(DayOfWeek day) => Days?.Contains(day) ?? true;

    public override string ToString() => $"{(Days is null ? "daily" : string.Join(", ", Days))} {From:HH:mm} to {To:HH:mm} {Zone}";
}
