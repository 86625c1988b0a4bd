using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Grains.Audit;
using NhiGrains.Grains.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Platforms;

/// <summary>
/// Watches a platform and sweeps it. What it sees is a hint: an identity that may differ is asked to look for itself, and only
/// principals that belong to nobody are judged here.
/// </summary>
internal sealed class PlatformGrain(
    [PersistentState("platform")] IPersistentState<PlatformState> state,
    PlatformRegistry platforms,
    TimeProvider time,
    SweepPeriods periods,
    BackgroundWork work,
    ILogger<PlatformGrain> logger)
    : Grain, IPlatformGrain, IDisposable
{
    private static readonly TimeSpan SweepAgain = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(work.Stopping);
    private PlatformHealth _health = PlatformHealth.Unknown;
    private string _message = "Not asked yet.";
    private DateTimeOffset? _lastContact;
    private DateTimeOffset _sweepAt;
    private Task _watching = Task.CompletedTask;
    private Task _updating = Task.CompletedTask;
    private SweepQueue? _sweeps;
    private ChangeFollower? _changes;
    private DateTimeOffset? _sweptSince;
    private CancellationToken _stopped;
    private readonly AuditDelivery _audit = new();

    private string Name => this.GetPrimaryKeyString();

    private SweepQueue Sweeps => _sweeps ??= new(SweepAll);

    private ChangeFollower Changes => _changes ??= new(Look, work, _stopped);

    private IPlatformConnector Connector => platforms.Find(Name).Value;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _stopped = _stop.Token;
        return Task.CompletedTask;
    }

    public Task<PlatformView> Get() => Task.FromResult(View());

    public Task Start()
    {
        if (_watching.IsCompleted && Connector.Capabilities.Watch)
            _watching = Watch();
        if (!Sweeps.IsRunning && time.GetUtcNow() >= _sweepAt)
            Sweeps.Join().Ignore(); // It tells of its faults by itself.
        return Task.CompletedTask;
    }

    public async Task<SweepAnswer> Sweep(SweepOrder order)
    {
        logger.LogInformation("{Platform} is swept for {Actor}", Name, order.Actor);
        var sweep = Sweeps.Ask(order.IdempotencyKey);
        var patience = order.Patience < SweepWaits.Longest ? order.Patience : SweepWaits.Longest;
        if (patience > TimeSpan.Zero)
            await Task.WhenAny(sweep, Task.Delay(patience, time, _stopped));
        return new(View(), !sweep.IsCompleted ? SweepProgress.Running : await sweep ? SweepProgress.Done : SweepProgress.Failed);
    }

    public Task Hint(string principal)
    {
        // Whatever a caller names is not yet a principal of the platform.
        if (Connector.CheckBinding(new Binding(Name, principal)) is null)
            Changes.Follow(principal);
        return Task.CompletedTask;
    }

    public async Task<WatchAnswer> WatchOnly(WatchOrder order)
    {
        if (Names.CheckReason(order.Reason) is { } refusal)
            return new(refusal, null);
        Refusal? why = null;
        await Update(known =>
        {
            var next = known.WatchOnly(Name, order, time.GetUtcNow());
            why = next.Refusal;
            return next.IsOk ? next.Value : known;
        });
        return new(why, why is null ? View() : null);
    }

    // What is under way still uses the state and the locks of this activation, so it comes to its end first.
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watching, Changes.Idle, Sweeps.Idle, _updating)
            .WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _stop.Dispose();

    private async Task Watch()
    {
        try
        {
            await foreach (var change in Connector.WatchAsync(_stopped))
            {
                Seen();
                if (change.Principal is { } principal)
                    Changes.Follow(principal);
                else
                    Sweeps.Join().Ignore();
            }
        }
        catch (Exception fault)
        {
            Lost(fault);
        }
    }

    private async Task Look(string principal)
    {
        if (_stopped.IsCancellationRequested)
            return;
        try
        {
            if (await GrainFactory.OwnerOf(Name, principal) is { } owner)
            {
                await Update(known => known.Without(Name, principal, time.GetUtcNow()));
                await GrainFactory.GetGrain<IEnforcementGrain>(EnforcementKeys.Of(Name, owner)).Refresh();
                return;
            }

            await Keep(await Connector.ObserveAsync(new Binding(Name, principal), "", _stopped));
        }
        catch (Exception fault) when (!_stopped.IsCancellationRequested)
        {
            // Not looked at is not known: the next sweep comes by.
            logger.LogWarning(fault, "{Principal} on {Platform} could not be looked at; the next sweep will", principal, Name);
            _sweepAt = Instants.Earlier(_sweepAt, time.GetUtcNow() + SweepAgain);
        }
        catch (Exception fault)
        {
            logger.LogDebug(fault, "{Principal} on {Platform} was not looked at any more", principal, Name);
        }
    }

    private async Task<bool> SweepAll()
    {
        if (!work.TryBegin())
            return false;
        var since = time.GetUtcNow();
        _sweptSince = since;
        try
        {
            var calls = Connector.Calls?.Calls;
            var result = await new PlatformSweep(
                Connector, GrainFactory, state.State.Known(), KeepAll, principal => Update(known => known.Without(Name, principal, time.GetUtcNow())), logger).Run(_stopped);
            // It may have come after the sweep had passed its place: absence is looked at, too.
            foreach (var absent in state.State.Strays.Select(one => one.Principal).Intersect(result.Absent, StringComparer.Ordinal).ToArray())
                await Look(absent);
            Seen();
            _message = result.Unanswered == 0 ? "" : $"Principals of which nobody could look at what the last sweep saw: {result.Unanswered}; see the log.";
            _sweepAt = time.GetUtcNow() + periods.Of(Name);
            await Update(known => known with
            {
                LastSweepStarted = since,
                LastSweep = time.GetUtcNow(),
                Principals = result.Principals,
                Differences = result.Differences,
                Woken = result.Woken,
                Calls = Connector.Calls?.Calls - calls,
            });
            return true;
        }
        catch (Exception fault)
        {
            Lost(fault);
            _sweepAt = time.GetUtcNow() + SweepAgain;
            return false;
        }
        finally
        {
            _sweptSince = null;
            work.End();
        }
    }

    private Task KeepAll(IReadOnlyList<Observation> some) =>
        Update(known => some.Aggregate(known, (next, observation) => next.With(Name, observation, time.GetUtcNow())));

    private Task Keep(Observation observation) => Update(known => known.With(Name, observation, time.GetUtcNow()));

    // Several looks are under way at once in this grain's background, and each write needs the etag of the one before.
    private Task Update(Func<PlatformState, PlatformState> change) => _updating = UpdateAfter(_updating, change);

    private async Task UpdateAfter(Task earlier, Func<PlatformState, PlatformState> change)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stopped.ThrowIfCancellationRequested();
        var next = change(state.State);
        if (!ReferenceEquals(next, state.State))
            await state.Save(next with { Outbox = _audit.Rest(next.Outbox) }, this);
        var source = AuditSources.OfPlatform(Name);
        await _audit.Deliver(state.State.Outbox, GrainFactory, source, Shards.Of(source));
    }

    private void Seen()
    {
        if (_health != PlatformHealth.Reachable)
            _message = "";
        (_health, _lastContact) = (PlatformHealth.Reachable, time.GetUtcNow());
    }

    private void Lost(Exception fault)
    {
        if (_stopped.IsCancellationRequested)
        {
            logger.LogDebug(fault, "{Platform} is no longer looked at here", Name);
            return;
        }

        (_health, _message) = (PlatformHealth.Unreachable, fault is PlatformException known ? known.Message : "It could not be read; see the log.");
        logger.LogWarning(fault, "{Platform} cannot be read", Name);
    }

    private PlatformView View() => new(
        Name, _health, _message, _lastContact, state.State.LastSweep, state.State.Principals, state.State.Differences, state.State.Unmanaged,
        state.State.LastSweepStarted, _sweptSince, state.State.Unlisted.Count, state.State.Woken, state.State.Calls);
}
