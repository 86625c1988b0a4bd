using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Grains.Enforcement;

/// <summary>What may be done about which difference: pure.</summary>
internal static class Resolutions
{
    public static Result<IReadOnlyList<DriftItem>> Choose(EnforcementState state, DriftResolution resolution, DateTimeOffset now)
    {
        var chosen = resolution.DriftIds.Count == 0 ? state.Drift : [.. state.Drift.Where(item => resolution.DriftIds.Contains(item.Id))];
        if (chosen.Length == 0 || chosen.Length < resolution.DriftIds.Distinct(StringComparer.Ordinal).Count())
            return new Refusal("UNKNOWN_DRIFT", "There is no such difference, or no longer.", "Ask the query 'drift' for what differs now.", "driftIds");
        if (Names.CheckReason(resolution.Reason) is { } tooLong)
            return tooLong;
        if (string.IsNullOrWhiteSpace(resolution.Reason))
            return new Refusal("REASON_REQUIRED", "A resolution has a reason, which the audit keeps.", "Say why.", "reason");
        if (resolution.Action == DriftAction.Ignore && !(resolution.IgnoreUntil > now))
            return new Refusal("INVALID_IGNORE_UNTIL", "Ignoring ends at an instant in the future.", "Give 'ignoreUntil'.", "ignoreUntil");
        if (resolution.Action == DriftAction.Adopt && chosen.Any(item => item.Difference.Ownership == Ownership.Ours))
            return new Refusal("NOT_ADOPTABLE", "What enforcement writes itself cannot be adopted: it would be written again.", "Change the intent or the grants, or revert.", "driftIds");
        return Result<IReadOnlyList<DriftItem>>.Ok(chosen);
    }

    /// <summary>The state in which the chosen differences are no longer reported.</summary>
    public static EnforcementState Accept(EnforcementState state, IReadOnlyList<DriftItem> chosen, DriftResolution resolution, DateTimeOffset now)
    {
        var until = resolution.Action == DriftAction.Ignore ? resolution.IgnoreUntil : null;
        AcceptedDrift[] accepted =
        [
            .. state.Accepted.Where(old => !(old.Until <= now) && chosen.All(item => item.Id != old.DriftId)),
            .. chosen.Select(item => new AcceptedDrift(item.Id, resolution.Actor, resolution.Reason, until)),
        ];
        var items = state.Drift.Select(item => chosen.Any(one => one.Id == item.Id) ? item with { IgnoredUntil = until } : item).ToArray();
        var settled = state.Status.Differs() && state.MoreDrift == 0 && !DriftItems.Open(items, accepted, now).Any();
        var next = state with
        {
            Accepted = accepted,
            Drift = items,
            RetryAt = until is { } end && !(state.RetryAt < end) ? end : state.RetryAt,
        };
        return settled ? next.WithAllAccepted() : next;
    }
}

internal static class Changes
{
    /// <summary>Whether nothing differs but the time of the observation.</summary>
    public static bool AreNone(EnforcementState one, EnforcementState other) =>
        (one.Status, one.Generation, one.Message, one.PrincipalNativeId, one.FailedAttempts, one.Waits, one.RetryAt, one.ResidualUntil, one.There)
            == (other.Status, other.Generation, other.Message, other.PrincipalNativeId, other.FailedAttempts, other.Waits, other.RetryAt, other.ResidualUntil, other.There)
        && Translation.DigestOf(one.Applied) == Translation.DigestOf(other.Applied)
        && one.Gone.SequenceEqual(other.Gone)
        && one.Drift.Select(item => (item.Id, item.IgnoredUntil)).SequenceEqual(other.Drift.Select(item => (item.Id, item.IgnoredUntil)))
        && one.Accepted.Length == other.Accepted.Length;
}
