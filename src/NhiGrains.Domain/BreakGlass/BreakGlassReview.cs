using System.Text.Json.Serialization;

namespace NhiGrains.Domain.BreakGlass;

/// <summary>Emergency access is granted first and looked at afterwards: this is the look that is owed.</summary>
/// <param name="GrantId">What was granted.</param>
/// <param name="UsedBy">Who asked for it.</param>
/// <param name="Reason">Why, as they said then.</param>
/// <param name="ReviewBy">Until when it is to be closed; then it is escalated, and stays open.</param>
/// <param name="Groups">Whose members may close it, sorted.</param>
public sealed record BreakGlassReview(
    string GrantId, string UsedBy, string Reason, DateTimeOffset OpenedAt, DateTimeOffset ReviewBy, IReadOnlyList<string> Groups)
{
    /// <summary>Of other rules that permitted it: whoever closes it is in a group of each of these, too. Null for none.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? AndGroups { get; init; }

    /// <summary>Whoever closes it is in a group of each.</summary>
    [JsonIgnore]
    public IEnumerable<IReadOnlyList<string>> EachGroups => (AndGroups ?? []).Prepend(Groups);

    /// <summary>Who may not close it: who asked for the access, whoever acted for the identity, and whoever held a credential of any of its grants while it could work.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>When it was found that nobody had closed it in time; null when somebody had, or still can.</summary>
    public DateTimeOffset? EscalatedAt { get; init; }

    /// <summary>Null while it is open.</summary>
    public ReviewFinding? Closed { get; init; }

    [JsonIgnore]
    public bool IsOpen => Closed is null;

    public bool IsOverdue(DateTimeOffset now) => IsOpen && ReviewBy <= now;
}

/// <summary>What somebody else found who looked at emergency access.</summary>
/// <param name="Justified">Whether it was an emergency, and what was done was for that.</param>
public sealed record ReviewFinding(string By, DateTimeOffset At, string Finding, bool Justified);
