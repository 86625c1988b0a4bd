using System.Text.Json.Serialization;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Exceptions;

public enum ExceptionStatus
{
    /// <summary>Waits for approvers; silence is a no.</summary>
    Pending,

    /// <summary>Lifts its rules for what it is about, until its end.</summary>
    InForce,

    /// <summary>Was in force, and lifts nothing any more.</summary>
    Ended,

    /// <summary>Never was: somebody said no, or policy has no such exceptions any more.</summary>
    Denied,

    /// <summary>Never was: nobody answered in time.</summary>
    Unanswered,
}

/// <summary>A named, justified, approved departure from rules, for one identity and what is within its entitlements, with an end.</summary>
/// <param name="Name">Among those of its identity.</param>
/// <param name="Rules">The names of the rules that it lifts, sorted.</param>
/// <param name="Entitlements">For what: a request within one of them.</param>
/// <param name="Lifetime">From the last approval on.</param>
public sealed record PolicyException(
    string Name,
    IReadOnlyList<string> Rules,
    IReadOnlyList<Entitlement> Entitlements,
    string Justification,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    TimeSpan Lifetime)
{
    public ExceptionStatus Status { get; init; }

    /// <summary>The vote; what was voted on stays to be seen when it is over.</summary>
    public required Ballot Ballot { get; init; }

    /// <summary>Who agreed to it, each in their seat; empty until it was in force.</summary>
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    /// <summary>
    /// Of each rule, what it said when people agreed to lift it; see <see cref="ExceptionPlan.DigestOf(PolicyRule)"/>. Null until it was in force, and in
    /// states from before that was kept, whose rules are lifted by their names.
    /// </summary>
    public IReadOnlyDictionary<string, string>? RuleDigests { get; init; }

    /// <summary>
    /// What was said about the identity when people agreed; see <see cref="IdentityProfile.DigestOfWhatIsSaid"/>. Null until it was in
    /// force, and in states from before that was kept, which lift whatever is said.
    /// </summary>
    public string? ProfileDigest { get; init; }

    /// <summary>Since when it is, or was, in force.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Exclusive, whatever timers do.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>How it came to its end; null while it has none.</summary>
    public ExceptionEnd? Ended { get; init; }

    /// <summary>The last of those who have looked at it while it was in force.</summary>
    public IReadOnlyList<ExceptionReview> Reviews { get; init; } = [];

    /// <summary>In whose name it was asked for: the subject's, where an identity asked with a token that names one.</summary>
    [JsonIgnore]
    public string Asker => Ballot.Excluded is [.., var last] ? last : RequestedBy;

    [JsonIgnore]
    public bool IsOpen => Status is ExceptionStatus.Pending or ExceptionStatus.InForce;

    /// <summary>When it changes by itself; null when it does not any more.</summary>
    [JsonIgnore]
    public DateTimeOffset? DueAt => Status switch
    {
        ExceptionStatus.Pending => Ballot.AnswerBy,
        ExceptionStatus.InForce => EndsAt,
        _ => null,
    };

    public bool IsInForce(DateTimeOffset now) => Status == ExceptionStatus.InForce && now < EndsAt;
}

/// <param name="By">Who ended or denied it; <c>system</c> when its time was over.</param>
public sealed record ExceptionEnd(string Why, string By, DateTimeOffset At)
{
    /// <summary>In whose place it was denied, by a delegate; null in their own right.</summary>
    public string? OnBehalfOf { get; init; }
}

/// <summary>Somebody has looked at it and says whether it is still needed.</summary>
public sealed record ExceptionReview(string By, DateTimeOffset At, string Note);
