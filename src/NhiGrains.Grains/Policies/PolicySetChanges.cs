using System.Globalization;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Policies;

/// <summary>From a stored state of a policy set to the next one, and what refuses that: pure.</summary>
internal static class PolicySetChanges
{
    /// <summary>Older ones are in the audit; they can be rolled back to all the same.</summary>
    public const int MaxHistory = 500;

    public const int MaxOpen = 8;

    private const int Remembered = 32;

    public static readonly TimeSpan MaxGrace = TimeSpan.FromDays(90);

    public static Refusal? Check(PolicyVersion inForce, PolicyOrder order, PeopleDirectory people) =>
        Names.CheckReason(order.Why)
        ?? CheckExpected(order.ExpectedVersion, inForce)
        ?? CheckPlan(order.Rollout)
        ?? PolicyContent.CheckSize(order.Set)
        // Whoever operates the process can write the file whatever a set says, so nobody is locked out by it for good.
        ?? (order.FromFile ? null : Lockout.CheckMayApply(inForce.Set, order.Actor, people))
        ?? (order.OverrideLockout ? null : Lockout.Check(order.Set, order.FromFile ? null : order.Actor, people));

    public static Refusal? CheckKey(PolicySetState state, string key, string digest) => key is not { Length: > 0 and <= 128 }
        ? new("INVALID_IDEMPOTENCY_KEY", "An idempotency key has 1 to 128 characters.", "Send a random one for each command.", "idempotencyKey")
        : Find(state, key) is { } earlier && earlier.Digest != digest
            ? new("IDEMPOTENCY_KEY_REUSED", "The key was used for another command.", "Send a new key with each new command.", "idempotencyKey")
            : null;

    public static DonePolicyOrder? Find(PolicySetState state, string key) => state.Done.FirstOrDefault(done => done.Key == key);

    public static PolicySetState Remember(this PolicySetState state, DonePolicyOrder done) => state with { Done = [.. state.Done.TakeLast(Remembered - 1), done] };

    /// <summary>The work that follows from an order; null when what is there is left as it is.</summary>
    public static RolloutOrder? RolloutOf(PolicyOrder order, PolicyVersion inForce, string id, DateTimeOffset now) => order.Rollout.Mode == RolloutMode.Leave
        ? null
        : new(id, order.Rollout.Mode, order.Set.Version, inForce.Version, order.Actor, order.Why, now,
            order.Rollout.Mode == RolloutMode.Grace ? now + order.Rollout.Grace : null);

    /// <summary>Before another set comes into force or another rollout is begun, which looks at every identity anyway.</summary>
    public static PolicySetState WithRolloutsGivenUp(this PolicySetState state) =>
        state with { GivenUp = [.. state.Open.Where(open => !open.IsSimulation).Select(open => open.Id)] };

    public static bool IsGivenUp(this PolicySetState state, RolloutOrder order) =>
        !order.IsSimulation && (state.GivenUp.Contains(order.Id) || order.Version != state.InForce?.Version);

    /// <summary>With the set of the order in force.</summary>
    public static PolicySetState With(this PolicySetState state, PolicyVersion inForce, PolicyOrder order, bool isRollback, string? rolloutId, DateTimeOffset now)
    {
        var set = order.Set;
        var entry = new PolicyEntry(
            (state.History is [.., var last] ? last.Number : 0) + 1, set.Version, set.Name, set.Rules.Count, now, order.Actor, order.Why,
            state.InForce is null ? null : inForce.Version, isRollback, rolloutId);
        return state with { Versions = [new(set, set.Version, now, order.Actor)], History = [.. state.History.TakeLast(MaxHistory - 1), entry] };
    }

    /// <summary>A rollout of what is in force already.</summary>
    public static AuditEvent Told(string source, RolloutOrder rollout) =>
        new(source, SourceSequence: 0, rollout.At, rollout.Actor, "policy-set.rollout-begun", rollout.Why, rollout.Version, rollout.Version,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["rolloutId"] = rollout.Id, ["version"] = rollout.Version, ["rollout"] = rollout.Mode.ToString() });

    public static AuditEvent Told(string source, PolicyVersion inForce, PolicyOrder order, PolicyEntry entry, PolicyDiff diff)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = entry.Name,
            ["rules"] = Text(entry.Rules),
            ["version"] = entry.Version,
            ["digest"] = Canonical.Digest(order.Set),
            ["rulesAdded"] = Text(diff.Rules.Count(rule => rule.Change == PolicyPartChange.Added)),
            ["rulesRemoved"] = Text(diff.Rules.Count(rule => rule.Change == PolicyPartChange.Removed)),
            ["rulesChanged"] = Text(diff.Rules.Count(rule => rule.Change == PolicyPartChange.Changed)),
            ["rollout"] = order.Rollout.Mode.ToString(),
        };
        if (entry.RolloutId is { } rollout)
            details["rolloutId"] = rollout;
        if (order.Rollout.Mode == RolloutMode.Grace)
            details["graceUntil"] = Canonical.Instant(entry.At + order.Rollout.Grace);
        if (order.OverrideLockout)
            details["overrideLockout"] = "true";
        return new(source, SourceSequence: 0, entry.At, order.Actor, entry.IsRollback ? "policy-set.rolled-back" : "policy-set.applied",
            order.Why, inForce.Version, entry.Version, details);
    }

    /// <summary>Of versions that were kept without saying why.</summary>
    public static PolicyEntry[] HistoryOf(IReadOnlyList<PolicyVersion> versions) =>
    [
        .. versions.Select((version, index) => new PolicyEntry(
            index + 1, version.Version, version.Set.Name, version.Set.Rules.Count, version.InForceSince, version.AppliedBy, "",
            index == 0 ? null : versions[index - 1].Version, IsRollback: false, RolloutId: null)),
    ];

    /// <summary>Without a rollout that has ended, which is told if it changed anything.</summary>
    public static PolicySetState Without(this PolicySetState state, string source, RolloutView ended, DateTimeOffset now)
    {
        var (order, progress) = (ended.Order, ended.Progress);
        var without = state.WithEnded(ended, now) with
        {
            Open = [.. state.Open.Where(open => open.Id != order.Id)],
            GivenUp = [.. state.GivenUp.Where(id => id != order.Id)],
        };
        return order.IsSimulation ? without : without with
        {
            Outbox = without.Outbox.Add(new(source, SourceSequence: 0, now, Actors.System, "policy-set.rollout-ended", order.Why, null, order.Version,
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["rolloutId"] = order.Id,
                    ["version"] = order.Version,
                    ["status"] = progress.Status.ToString(),
                    ["examined"] = Text(progress.Examined),
                    ["affected"] = Text(progress.Affected),
                    ["findings"] = Text(progress.Findings),
                    ["unanswered"] = Text(progress.Unanswered),
                })),
        };
    }

    private static Refusal? CheckExpected(string? expected, PolicyVersion inForce) => expected is null || expected == inForce.Version
        ? null
        : new("POLICY_CONFLICT", $"The set in force is {inForce.Version} and not {expected}: it has changed since it was read.", "Read it again, and decide anew.", "expectedVersion");

    private static Refusal? CheckPlan(RolloutPlan plan) => plan.Mode != RolloutMode.Grace || (plan.Grace > TimeSpan.Zero && plan.Grace <= MaxGrace)
        ? null
        : new("INVALID_GRACE", $"A time of grace is 1 second to {MaxGrace.TotalDays:0} days.", "Give 'graceSeconds', or another mode.", "rollout");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
