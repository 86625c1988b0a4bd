using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>Who changed an identity, and why.</summary>
internal sealed record Change(string Actor, string Action, string Why)
{
    /// <summary>What was decided for it; null when it needed no decision.</summary>
    public DecisionRecord? Record { get; init; }

    /// <summary>What was asked about; null when it is nothing that there is already, or several.</summary>
    public string? GrantId { get; init; }

    /// <summary>What was decided of several things at once, each with the request that it is about; null for the intent.</summary>
    public IReadOnlyList<(AccessRequest? Request, DecisionRecord Record)> Records { get; init; } = [];

    public DecisionRecord? RecordOf(Grant grant) => Record ?? Records.LastOrDefault(one => ReferenceEquals(one.Request, grant.Request)).Record;

    /// <summary>Of what is left of an intent; when nothing is, of the whole.</summary>
    public DecisionRecord? RecordOf(Intent? before, Intent after)
    {
        if (Record is not null || before == after)
            return Record;
        var about = Records.Where(one => one.Request is null).Select(one => one.Record).ToArray();
        return about.LastOrDefault(record => record.Decision.InputDigest == after.Decision?.InputDigest) ?? about.FirstOrDefault();
    }

    /// <summary>Of all of an intent that was decided part by part: in it everything took part that took something. Null when it was not.</summary>
    public DecisionRecord? WholeOf(Intent? before, Intent after) =>
        Record is null && before != after && Records.FirstOrDefault(one => one.Request is null).Record is { } whole && !ReferenceEquals(whole, RecordOf(before, after)) ? whole : null;

    public static Change ByTime { get; } = new(Actors.System, "identity.time-passed", "its time came");

    /// <param name="left">What is not gone yet.</param>
    public static Change Overdue(IEnumerable<EnforcementReport> left) => new(Actors.System, "identity.offboarding-overdue",
        $"not done {Identity.ManualTime.TotalDays:0} days after it began: {string.Join(", ", left.Select(report => $"{report.Platform} {report.Status}"))}");

    public static Change Ownerless(Orphaned orphaned) => new(Actors.System, "identity.suspended-ownerless", $"'{orphaned.Person}' has departed, and nobody took it over in time");

    public static Change ByEnforcement(string action) => new(Actors.System, action, "read back from the platform");
}

/// <summary>From a stored state to the next one: pure, and the only place where states are made.</summary>
internal static class StateChanges
{
    /// <summary>The state with the next identity in it, what to tell of the change, and what enforcement owes from now on.</summary>
    public static IdentityState With(this IdentityState state, Identity next, Change change, DateTimeOffset now)
    {
        var wanted = WantedBy(next, now);
        var changed = wanted.Any(want => !IsKnown(state, want.Key, want.Value));
        // A window that opens or closes changes what is wanted although nobody changed the identity.
        if (changed && next.Generation == state.Identity?.Generation)
            next = next.AsNextGeneration();
        var outbox = ChangeEvents.Between(state.Identity, next, now, change)
            .Aggregate(state.Outbox, (box, told) => box.Add(told));
        return state with
        {
            Identity = next.WithoutHistory(),
            OwnerUnchecked = state.OwnerUnchecked || next.Profile.Owner.Person != state.Identity?.Profile.Owner.Person,
            RisksBefore = RiskReviews.Owed(state, next),
            Outbox = outbox,
            Wanted = wanted.ToDictionary(
                want => want.Key,
                want => want.Value with { Generation = IsKnown(state, want.Key, want.Value) ? state.Wanted[want.Key].Generation : next.Generation },
                StringComparer.Ordinal),
        };
    }

    /// <summary>The state with the same identity, which a decision has left as it is.</summary>
    public static IdentityState Telling(this IdentityState state, Change change, DateTimeOffset now) =>
        state.Identity is { } identity ? state with { Outbox = state.Outbox.Add(ChangeEvents.Denial(identity, now, change)) } : state;

    /// <summary>The state with what time alone has changed. The same instance when that is nothing.</summary>
    public static IdentityState AsOf(this IdentityState state, DateTimeOffset now)
    {
        if (state.Identity is not { } identity)
            return state;
        // Apart from what else is due, so that each is told with its own reason.
        if (identity.Orphaned is { } orphaned && identity.SuspendOwnerless(now) is var suspended && !ReferenceEquals(suspended, identity))
            return state.With(suspended, Change.Ownerless(orphaned), now).AsOf(now);
        var next = identity.Expire(now);
        var change = next.OverdueAt == identity.OverdueAt ? Change.ByTime : Change.Overdue(state.Shown.Where(report => !IsGone(report.Status)));
        var after = state.With(next, change, now);
        return ReferenceEquals(after.Identity, identity) ? state : after;
    }

    /// <summary>The state after enforcement's report. The same instance when the report says nothing new.</summary>
    public static IdentityState With(this IdentityState state, EnforcementReport report, DateTimeOffset now)
    {
        var known = state.On(report.Platform);
        if (state.Identity is not { } identity || known?.Generation > report.Generation)
            return state;
        var next = identity.ConfirmGone(report.Platform, report.GrantsGone, now, report.ResidualUntil);
        if (report.PrincipalNativeId is { } nativeId)
            next = next.Bind(report.Platform, nativeId);
        next = Bundled(state, next, report, now);
        if (ReferenceEquals(next, identity) && known is not null && SaysTheSame(known, report))
            return state;
        var reported = state with { Platforms = [.. state.Platforms.Where(other => other.Platform != report.Platform), report with { GrantsGone = [] }] };
        var after = reported.With(next, Change.ByEnforcement("identity.bound"), now);
        return after is { Identity: { Status: IdentityStatus.Offboarding } leaving } && IsClean(after) && leaving.Retire() is { IsOk: true } retired
            ? after.With(retired.Value, Change.ByEnforcement("identity.retired"), now)
            : after;
    }

    // A report about an earlier generation says nothing of a grant that came since; nor does one about a time in which nothing is wanted.
    private static Identity Bundled(IdentityState state, Identity identity, EnforcementReport report, DateTimeOffset now) =>
        identity.Status != IdentityStatus.Active || !state.Wanted.TryGetValue(report.Platform, out var wanted) || report.Generation < wanted.Generation ? identity
        : report.Refused ? identity.RefusedOn(report.Platform, report.Message, now)
        // That an authorizer knows of it may take minutes, for which nobody takes back what is there.
        : report is { There: true } or { Settled: true, Status: EnforcementStatus.Effective or EnforcementStatus.Applied or EnforcementStatus.Drifted } ? identity.EstablishedOn(report.Platform)
        : identity;

    // What somebody else gave the principal would outlive the identity unseen, so it keeps the identity from retiring.
    private static bool IsClean(IdentityState state) =>
        !state.Unsettled.Any() && state.Platforms.All(report => IsGone(report.Status));

    private static bool IsGone(EnforcementStatus status) => status is EnforcementStatus.Revoked or EnforcementStatus.Effective or EnforcementStatus.Applied;

    // Only when it was observed differs: not worth a write.
    private static bool SaysTheSame(EnforcementReport one, EnforcementReport other) =>
        (one.Status, one.Generation, one.Message, one.PrincipalNativeId, one.ResidualUntil, one.RetryAt, one.Settled, one.Refused, one.ObservedDigest, one.There)
        == (other.Status, other.Generation, other.Message, other.PrincipalNativeId, other.ResidualUntil, other.RetryAt, other.Settled, other.Refused, other.ObservedDigest, other.There);

    private static bool IsKnown(IdentityState state, string platform, Wanted wanted) =>
        state.Wanted.TryGetValue(platform, out var known) && known.Digest == wanted.Digest && !wanted.Ending.Except(known.Ending).Any();

    private static Dictionary<string, Wanted> WantedBy(Identity identity, DateTimeOffset now) =>
        identity.Profile.Bindings
            .Select(binding => identity.DesiredOn(binding.Platform, now))
            .OfType<DesiredState>()
            .ToDictionary(desired => desired.Platform, desired => new Wanted(0, desired.AccessDigest(), [.. desired.EndingCredentials]), StringComparer.Ordinal);
}
