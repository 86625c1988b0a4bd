using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

/// <summary>From a state to the next one, by what an attempt found or how it failed: pure.</summary>
internal static class Attempts
{
    public static EnforcementState With(this EnforcementState state, Attempt attempt, long generation, DateTimeOffset now, double jitter)
    {
        var (verdict, plan) = (attempt.Verdict, attempt.Plan);
        // What was accepted of a principal that was to stay was not accepted to stay behind.
        if (!plan.Desired.PrincipalWanted && !state.Leaving)
            state = state with { Accepted = [] };
        var items = DriftItems.Of(plan.Desired.IdentityId, plan.Desired.Platform, verdict.Drift, state, now);
        var open = DriftItems.Open(items, state.Accepted, now).ToArray();
        var failed = verdict.Retry ? state.FailedAttempts + 1 : 0;
        // What a person has accepted is no drift; it comes back by itself when the acceptance ends.
        var accepted = verdict.Status.Differs() && open.Length == 0 && items.Count > 0;
        var digest = attempt.Observed.OwnDigest();
        var waits = verdict.Status != EnforcementStatus.ManualActionRequired || accepted ? 0 : digest == state.ObservedDigest ? state.Waits + 1 : 1;
        var next = state with
        {
            Status = verdict.Status,
            Message = verdict.Message,
            Refused = verdict.Status == EnforcementStatus.Failed,
            ObservedDigest = digest,
            Generation = generation,
            PrincipalNativeId = attempt.Observed.PrincipalNativeId ?? state.PrincipalNativeId,
            Applied = [.. plan.Objects],
            Given = Given.Of(plan.Desired),
            Drift = [.. items.Take(DriftItems.MaxItems)],
            MoreDrift = Math.Max(0, open.Length - DriftItems.MaxItems),
            Leaving = !plan.Desired.PrincipalWanted,
            Written = Debris.WrittenIn(attempt.Observed),
            FailedAttempts = failed,
            RetryAt = verdict.Retry ? now + RetrySchedule.Delay(failed, jitter)
                : Instants.Earlier(waits > 0 ? now + RetrySchedule.DelayForPeople(waits, jitter) : null, NextAcceptanceEnd(state, items, now)),
            Waits = waits,
            There = verdict.There,
            ObservedAt = attempt.Observed.ObservedAt,
            ResidualUntil = attempt.ResidualUntil,
            Gone = [.. verdict.Gone],
            WithCredentials = [.. state.WithCredentials.Except(verdict.Gone, StringComparer.Ordinal)],
            Handles = state.Handles.Where(one => !verdict.Gone.Contains(one.Key, StringComparer.Ordinal)).ToDictionary(StringComparer.Ordinal),
        };
        return accepted ? next.WithAllAccepted() : next;
    }

    /// <summary>The same of a look, which writes nothing: what was applied is the measure, and stays it.</summary>
    public static EnforcementState Seen(this EnforcementState state, Attempt look, long generation, DateTimeOffset now, double jitter) =>
        // What keeps a principal may be nothing that is read, and what waits for its time is not put off by those who look.
        state.IsKept && state.ObservedDigest == look.Observed.OwnDigest() ? state with { ObservedAt = look.Observed.ObservedAt }
        : state.With(look, generation, now, jitter) with { Applied = state.Applied, Written = state.Written, There = state.There };

    /// <summary>
    /// An attempt that failed. What is on the platform is not known then: drift that was known stays, and none is added.
    /// </summary>
    public static EnforcementState With(this EnforcementState state, PlatformException fault, DesiredState desired, DateTimeOffset now, double jitter)
    {
        var failed = state.FailedAttempts + 1;
        return state with
        {
            ObservedDigest = null,
            Given = state.Given.OrOf(desired),
            There = false,
            Refused = fault.Error is PlatformError.AccessDenied or PlatformError.NotFound or PlatformError.Rejected,
            Status = fault.Error switch
            {
                PlatformError.AccessDenied or PlatformError.NotFound or PlatformError.Rejected or PlatformError.Fenced => EnforcementStatus.Failed,
                PlatformError.Unavailable => EnforcementStatus.Unknown,
                _ => desired.EndingCredentials.Count > 0 ? EnforcementStatus.Revoking : EnforcementStatus.Pending,
            },
            Message = desired.EndingCredentials.Count > 0 ? $"A revocation is under way and is tried again: {fault.Message}" : fault.Message,
            Generation = desired.Generation,
            FailedAttempts = failed,
            RetryAt = now + RetrySchedule.Delay(failed, jitter, fault.RetryAfter),
            Gone = [],
        };
    }

    private static DateTimeOffset? NextAcceptanceEnd(EnforcementState state, IReadOnlyList<Contracts.Enforcement.DriftItem> items, DateTimeOffset now) =>
        state.Accepted.Where(accept => accept.Until > now && items.Any(item => item.Id == accept.DriftId)).Min(accept => accept.Until);
}
