using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain.Identities;
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
    private DateTimeOffset? _beginAt;
    private Task _watching = Task.CompletedTask;
    private SweepQueue? _sweeps;
    private PlatformBook? _book;
    private ChangeFollower? _changes;
    private DateTimeOffset? _sweptSince;
    private CancellationToken _stopped;

    private string Name => this.GetPrimaryKeyString();

    private SweepQueue Sweeps => _sweeps ??= new(SweepAll);

    private PlatformBook Book => _book ??= new(state, Name, this, GrainFactory, time, _stopped);

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
        if (time.GetUtcNow() >= _beginAt)
        {
            _beginAt = null;
            Sweeps.Begin().Ignore(); // It tells of its faults by itself.
        }
        else if (!Sweeps.IsRunning && time.GetUtcNow() >= _sweepAt)
        {
            Sweeps.Join().Ignore();
        }

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
        var why = await Book.WatchOnly(order);
        return new(why, why is null ? View() : null);
    }

    // What is under way still uses the state and the locks of this activation, so it comes to its end first.
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watching, Changes.Idle, Sweeps.Idle, Book.Idle)
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
                    Sweeps.Begin().Ignore();
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
                await Book.Claimed(principal);
                await GrainFactory.GetGrain<IEnforcementGrain>(EnforcementKeys.Of(Name, owner)).Refresh();
                return;
            }

            await Book.Keep([await Connector.ObserveAsync(new Binding(Name, principal), "", _stopped)]);
        }
        catch (Exception fault) when (!_stopped.IsCancellationRequested)
        {
            // Not looked at is not known: a sweep comes by, and one from the beginning, wherever another one may be.
            logger.LogWarning(fault, "{Principal} on {Platform} could not be looked at; the next sweep will", principal, Name);
            _beginAt ??= time.GetUtcNow() + SweepAgain;
        }
        catch (Exception fault)
        {
            logger.LogDebug(fault, "{Principal} on {Platform} was not looked at any more", principal, Name);
        }
    }

    private async Task<bool> SweepAll(bool begins)
    {
        if (!work.TryBegin())
            return false;
        var now = time.GetUtcNow();
        var start = !begins && state.State.Unfinished is { } unfinished && now - unfinished.SavedAt < SweepTally.GoesOnFor ? unfinished : new() { Started = now };
        _sweptSince = start.Started;
        var sweep = new PlatformSweep(Connector, GrainFactory, Book, start, time, logger);
        try
        {
            if (start.After is null)
                await Book.Begins();
            await sweep.Run(_stopped);
            Seen();
            _message = sweep.Tally.Unanswered == 0 ? "" : $"Principals of which nobody could look at what the last sweep saw: {sweep.Tally.Unanswered}; see the log.";
            _sweepAt = time.GetUtcNow() + periods.Of(Name);
            await Book.Swept(sweep.Tally);
            return true;
        }
        catch (Exception fault)
        {
            Lost(fault);
            _sweepAt = time.GetUtcNow() + ((fault as PlatformException)?.RetryAfter is { } asked && asked > SweepAgain ? asked : SweepAgain);
            await KeepUnfinished(sweep.Tally);
            return false;
        }
        finally
        {
            _sweptSince = null;
            work.End();
        }
    }

    private async Task KeepUnfinished(SweepTally tally)
    {
        try
        {
            if (tally.After is not null && !_stopped.IsCancellationRequested)
                await Book.Interrupted(tally);
        }
        catch (Exception fault)
        {
            logger.LogWarning(fault, "How far the sweep of {Platform} had come could not be stored; the next one begins where one was stored last", Name);
        }
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
        state.State.LastSweepStarted, _sweptSince, state.State.Unlisted.Count, state.State.Woken, state.State.Calls, state.State.Pages, state.State.Interruptions);
}
