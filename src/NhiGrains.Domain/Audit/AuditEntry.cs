namespace NhiGrains.Domain.Audit;

/// <summary>One change of state, as it is told to the audit: who, what, why, when, and what it was before and after.</summary>
/// <param name="Source">The grain whose state changed, for example <c>identity/billing</c>.</param>
/// <param name="SourceSequence">Counts the changes of the source from 1, without gaps: a repeated delivery is recognised by it.</param>
/// <param name="Actor">Who caused it: a subject, or <c>system</c>.</param>
/// <param name="Action">For example <c>grant.activated</c>.</param>
/// <param name="Why">The decision or reason.</param>
/// <param name="Before">The digest of the state before; null for a creation.</param>
/// <param name="After">The digest of the state after.</param>
/// <param name="Details">What a reader needs to follow the story; never a secret (promise 11).</param>
public sealed record AuditEvent(
    string Source,
    long SourceSequence,
    DateTimeOffset At,
    string Actor,
    string Action,
    string Why,
    string? Before,
    string After,
    IReadOnlyDictionary<string, string> Details);

/// <summary>An event with its place in a shard's chain.</summary>
/// <param name="Sequence">Counts the entries of the shard from 1, without gaps.</param>
/// <param name="Previous">The hash of the entry before; of the first one, the hash of the shard's name.</param>
/// <param name="Hash">SHA-256 over everything else.</param>
public sealed record AuditEntry(int Shard, long Sequence, AuditEvent Event, string Previous, string Hash);
