using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Audit;

namespace NhiGrains.Grains.Policies;

/// <summary>
/// Says what is in force. The contents of versions are grains of their own, stored before the set refers to them; a rollout is stored
/// with what it follows from, so that a crash at any point leaves nothing undone.
/// </summary>
internal sealed class PolicySetGrain(
    [PersistentState("policy-set")] IPersistentState<PolicySetState> state,
    IPeople people,
    TimeProvider time,
    ILogger<PolicySetGrain> logger)
    : Grain, IPolicySetGrain
{
    /// <summary>Old rollouts, each time that it is asked to keep.</summary>
    private const int RemovedAtOnce = 4;

    private static readonly PolicyVersion None = new(PolicySet.Empty, PolicySet.Empty.Version, DateTimeOffset.MinValue, "nobody");

    private readonly AuditDelivery _audit = new();

    // What was stored, and not what is being stored: decisions interleave with a write that may fail.
    private PolicyVersion _inForce = None;
    private ConfirmedState<PolicySetState>? _confirmed;
    private RolloutUpkeep? _upkeep;

    private RolloutUpkeep Upkeep => _upkeep ??= new(GrainFactory, logger);

    private ConfirmedState<PolicySetState> Confirmed => _confirmed ?? throw new InvalidOperationException("Not activated.");

    private string Name => this.GetPrimaryKeyString();

    private string Source => AuditSources.OfPolicySet(Name);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _confirmed = new(state, this, time);
        await KeepContents();
        _inForce = state.State.InForce ?? None;
        // What was stored by an activation that could not tell of it is told by the next one. Decisions do not wait for it.
        TryTell().Ignore();
    }

    public async Task<PolicyVersion> Current()
    {
        await Confirmed.Confirm();
        return _inForce;
    }

    public async Task<string> CurrentVersion()
    {
        await Confirmed.Confirm();
        return _inForce.Version;
    }

    public Task<PolicyAnswer> Apply(PolicyOrder order) => Apply(order, isRollback: false, () => Canonical.Digest(order with { DryRun = false }));

    public async Task<PolicyAnswer> RollBack(RollbackOrder order)
    {
        var stored = await VersionGrain(order.Version).Get();
        if (stored is not { WasInForce: true })
            return PolicyAnswer.Of(UnknownVersion(order.Version));
        var apply = new PolicyOrder(order.IdempotencyKey, order.Actor, order.Why, stored.Set)
        {
            ExpectedVersion = order.ExpectedVersion,
            OverrideLockout = order.OverrideLockout,
            Rollout = order.Rollout,
        };
        return await Apply(apply, isRollback: true, () => Canonical.Digest(order));
    }

    public async Task<SimulationBegun> Simulate(PolicySimulation simulation)
    {
        await Confirmed.Confirm();
        var digest = Canonical.Digest(simulation);
        if (PolicySetChanges.CheckKey(state.State, simulation.IdempotencyKey, digest) is { } malformed)
            return new(malformed, null, null);
        var stored = simulation.Version is { } version ? await VersionGrain(version).Get() : null;
        if ((simulation.Set ?? stored?.Set) is not { } candidate)
            return new(UnknownVersion(simulation.Version ?? ""), null, null);
        var diff = PolicyDiff.Between(_inForce.Set, candidate);
        if (PolicySetChanges.Find(state.State, simulation.IdempotencyKey) is { } done)
            return done.RolloutId is { } id && state.State.IsRemoved(id) ? new(OldRollouts.Refusal(id), null, null) : new(null, done.RolloutId, diff);
        if (PolicyContent.CheckSize(candidate) is { } tooLarge)
            return new(tooLarge, null, null);
        if (state.State.Open.Count(open => open.IsSimulation) >= PolicySetChanges.MaxOpen)
            return new(new("TOO_MANY_SIMULATIONS", $"{PolicySetChanges.MaxOpen} are under way.", "Wait until one has ended."), null, null);

        await VersionGrain(candidate.Version).Put(new(candidate, simulation.Actor, Name, InForce: false));
        var order = new RolloutOrder(RolloutIdOf(simulation.IdempotencyKey, simulation.Actor, digest), RolloutMode.Leave, candidate.Version, _inForce.Version, simulation.Actor, "simulation", time.GetUtcNow(), null);
        await Save((state.State with { Open = [.. state.State.Open, order] }).Remember(new(simulation.IdempotencyKey, digest, order.Id, Applied: false)));
        await Rollout(order).Run(order);
        return new(null, order.Id, diff);
    }

    public async Task<PolicyHistory> History(long? before, int first)
    {
        await Confirmed.Confirm();
        var all = state.State.History;
        var older = all.Reverse().Where(entry => before is null || entry.Number < before).Take(first + 1).ToArray();
        return new([.. older.Take(first)], older.Length > first, all is [.., var last] ? last.Number : 0);
    }

    public async Task<bool> WasRemoved(string rolloutId)
    {
        await Confirmed.Confirm();
        return state.State.IsRemoved(rolloutId);
    }

    public async Task Keep()
    {
        await Confirmed.Confirm();
        var ended = await Upkeep.GoOn(state.State);
        var next = ended.Aggregate(state.State, (known, view) => known.Without(Source, view, time.GetUtcNow())).WithoutOld(time.GetUtcNow());
        if (!ReferenceEquals(next, state.State))
            await Save(next);
        foreach (var old in state.State.Removing.Take(RemovedAtOnce))
        {
            if (await Upkeep.Remove(old, withContent: !state.State.Needs(old.Version)))
                await Save(state.State.WithRemoved(old));
        }

        await Tell();
    }

    private async Task<PolicyAnswer> Apply(PolicyOrder order, bool isRollback, Func<string> digestOf)
    {
        await Confirmed.Confirm();
        var (before, now) = (_inForce, time.GetUtcNow());
        var digest = digestOf();
        if (PolicySetChanges.CheckKey(state.State, order.IdempotencyKey, digest) is { } malformed)
            return PolicyAnswer.Of(malformed);
        var directory = await people.Current();
        var diff = PolicyDiff.Between(before.Set, order.Set);
        string[] warnings = order.FromFile ? [] : [.. WarningsOf(order, directory)];
        if (PolicySetChanges.Find(state.State, order.IdempotencyKey) is { } done && !order.DryRun)
            return new(null, before, diff, warnings, done.Applied, done.RolloutId);
        if (order.FromFile && await SaysNothingNew(order, before))
            return new(null, before, diff, [], Applied: false, RolloutId: null);
        if (PolicySetChanges.Check(before, order, directory) is { } refusal)
            return PolicyAnswer.Of(refusal);
        if (order.DryRun)
            return new(null, before, diff, warnings, Applied: false, RolloutId: null);

        var changes = before.Version != order.Set.Version || state.State.InForce is null;
        if (changes)
            await VersionGrain(order.Set.Version).Put(new(order.Set, order.Actor, Name, InForce: true));
        var rollout = PolicySetChanges.RolloutOf(order, before, RolloutIdOf(order.IdempotencyKey, order.Actor, digest), now);
        var next = Next(before, order, isRollback, changes, diff, rollout, now);
        await Save(next.Remember(new(order.IdempotencyKey, digest, rollout?.Id, changes)));
        _inForce = state.State.InForce ?? None;
        await TryTell();
        // A message that is lost is sent again by Keep.
        foreach (var old in state.State.Open.Where(state.State.IsGivenUp))
            Rollout(old).GiveUp(old).Ignore();
        if (rollout is not null)
            Rollout(rollout).Run(rollout).Ignore();
        return new(null, _inForce, diff, warnings, changes, rollout?.Id);
    }

    /// <summary>Whether the file says what it said when it was put in force last, or is an old one that a process began with.</summary>
    private async Task<bool> SaysNothingNew(PolicyOrder order, PolicyVersion before) =>
        state.State.FromFile == order.Set.Version || (order.AtStart && order.Set.Version != before.Version && await WasInForce(order.Set.Version));

    // That a version is kept as one to be in force does not say that it came to that.
    private async Task<bool> WasInForce(string version) =>
        state.State.History.Any(entry => entry.Version == version)
        || (state.State.History is [{ Number: > 1 }, ..] && await VersionGrain(version).Get() is { WasInForce: true });

    private static IEnumerable<string> WarningsOf(PolicyOrder order, PeopleDirectory directory)
    {
        foreach (var warning in Lockout.WarningsFor(order.Set, order.Actor, directory))
            yield return warning;
        foreach (var doubtful in PolicyLint.Of(order.Set).Take(100))
            yield return doubtful.ToString();
    }

    private PolicySetState Next(PolicyVersion before, PolicyOrder order, bool isRollback, bool changes, PolicyDiff diff, RolloutOrder? rollout, DateTimeOffset now)
    {
        var next = changes || rollout is not null ? state.State.WithRolloutsGivenUp() : state.State;
        next = rollout is null ? next : next with { Open = [.. next.Open, rollout] };
        // The same content again changes nothing, but whoever was left with too much can be brought in line with it later.
        if (!changes)
            next = rollout is null ? next : next with { Outbox = next.Outbox.Add(PolicySetChanges.Told(Source, rollout)) };
        else
        {
            next = next.With(before, order, isRollback, rollout?.Id, now);
            next = next with { Outbox = next.Outbox.Add(PolicySetChanges.Told(Source, before, order, next.History[^1], diff)) };
        }

        return order.FromFile ? next with { FromFile = order.Set.Version } : next;
    }

    /// <summary>Versions that an earlier release kept here become grains of their own.</summary>
    private async Task KeepContents()
    {
        if (state.State is not { History: [], Versions: { Length: > 0 } stored })
            return;
        // Digests were made otherwise then.
        PolicyVersion[] versions = [.. stored.Select(version => version with { Version = version.Set.Version })];
        foreach (var version in versions)
            await VersionGrain(version.Version).Put(new(version.Set, version.AppliedBy, Name, InForce: true));
        await Confirmed.Save(state.State with { Versions = [versions[^1]], History = PolicySetChanges.HistoryOf(versions) });
    }

    private Task Save(PolicySetState next) => Confirmed.Save(next with { Outbox = _audit.Rest(next.Outbox) });

    private Task Tell() => _audit.Deliver(state.State.Outbox, GrainFactory, Source, Shards.Of(Source));

    // What is stored stays and is in force: Keep tells of it as soon as the audit takes it.
    private Task TryTell() => _audit.TryDeliver(state.State.Outbox, GrainFactory, Source, time, logger);

    private IPolicyVersionGrain VersionGrain(string version) => GrainFactory.GetGrain<IPolicyVersionGrain>(version);

    private IPolicyRolloutGrain Rollout(RolloutOrder order) => GrainFactory.GetGrain<IPolicyRolloutGrain>(order.Id);

    // Keys are remembered for a while only: the same key later is another rollout.
    private string RolloutIdOf(string key, string actor, string digest) => Canonical.Digest(new { Name, key, actor, digest, At = time.GetUtcNow() })[..24];

    private static Refusal UnknownVersion(string version) =>
        new("UNKNOWN_POLICY_VERSION", $"No version '{version}' of the policy set was ever in force.", "Use one that the query 'policySetVersions' lists.", "version");
}
