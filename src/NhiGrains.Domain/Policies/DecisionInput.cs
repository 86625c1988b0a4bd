using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Evidence;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Risk;

namespace NhiGrains.Domain.Policies;

/// <summary>
/// Everything that a decision depends on besides the policy set: the same set and the same input give the same decision, byte for
/// byte. It is kept in the audit, so that any decision can be made again.
/// </summary>
/// <param name="Lifetime">Null for standing access.</param>
public sealed record DecisionInput(
    string IdentityId,
    IdentityKind Kind,
    string Environment,
    IReadOnlyDictionary<string, string> Tags,
    IReadOnlyList<Entitlement> Entitlements,
    TimeSpan? Lifetime)
{
    /// <summary>As the release reads policy sets that decides, or has decided.</summary>
    public PolicyReading Reading { get; init; } = PolicyReading.Second;

    /// <summary>When it is decided.</summary>
    public DateTimeOffset At { get; init; } = DateTimeOffset.UnixEpoch;

    public Owner Owner { get; init; } = new("", "");

    /// <summary>Who asks, as the audit names them.</summary>
    public string Requester { get; init; } = "";

    /// <summary>Which of the groups that the policy set looks for (<see cref="CompiledPolicy.RequesterGroups"/>) the requester is in, sorted.</summary>
    public IReadOnlyList<string> RequesterGroups { get; init; } = [];

    /// <summary>The number of a ticket; null when none was given.</summary>
    public string? Ticket { get; init; }

    /// <summary>What the requester brought and was verified, as far as it still counts.</summary>
    public IReadOnlyList<VerifiedEvidence> Evidence { get; init; } = [];

    /// <summary>The signals that are alive.</summary>
    public IReadOnlyList<RiskFact> Risks { get; init; } = [];

    /// <summary>Emergency access is asked for: only rules for that permit it.</summary>
    public bool BreakGlass { get; init; }

    /// <summary>The identity's exceptions that are in force.</summary>
    public IReadOnlyList<ExceptionFact> Exceptions { get; init; } = [];
}

/// <summary>What a rule sees of a risk signal.</summary>
public sealed record RiskFact(string Source, string Type, RiskSeverity Severity)
{
    public static RiskFact Of(RiskSignal signal) => new(signal.Source, signal.Type, signal.Severity);
}

/// <summary>What a decision needs to know of an exception.</summary>
/// <param name="Rules">The rules that it lifts.</param>
/// <param name="Entitlements">For what: an entitlement within one of them.</param>
public sealed record ExceptionFact(string Name, IReadOnlyList<string> Rules, IReadOnlyList<Entitlement> Entitlements, DateTimeOffset EndsAt);
