using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Notifications;

namespace NhiGrains.Grains.Notifications;

/// <summary>
/// Reads the log, sends, and only then stores that it was sent: who dies in between sends it once more. Whoever keeps it going asks
/// every few seconds; nothing is lost meanwhile, since the log is what waits.
/// </summary>
internal sealed class NotificationGrain(
    [PersistentState("notification")] IPersistentState<NotificationState> state,
    INotificationSender sender,
    NotificationPace pace,
    TimeProvider time,
    BackgroundWork work,
    ILogger<NotificationGrain> logger)
    : Grain, INotificationGrain, IDisposable
{
    private const int PageSize = 50;

    // Entries that are nobody's are passed over in memory; after a restart that many are looked at again.
    private const int StoreEvery = 1_000;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(work.Stopping);
    private Task _following = Task.CompletedTask;
    private CancellationToken _stopped;
    private (string Sink, int Shard) _key;
    private long _seen;
    private (int Times, DateTimeOffset At) _fault;

    private IAuditShardGrain Log => GrainFactory.GetGrain<IAuditShardGrain>(_key.Shard);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_stopped, _key, _seen) = (_stop.Token, NotificationKeys.Parse(this.GetPrimaryKeyString()), state.State.Cursor ?? 0);
        return Task.CompletedTask;
    }

    public async Task Start()
    {
        if (state.State.Cursor is null)
        {
            var head = await Log.Head();
            await state.Save(new() { Cursor = head.Sequence }, this);
            _seen = head.Sequence;
        }

        if (_following.IsCompleted)
            _following = Follow();
    }

    public async Task<NotificationView> Get()
    {
        var known = state.State;
        var (error, at) = _fault.Times == 0 ? (known.LastError, known.LastErrorAt) : ("The audit log is not followed; see the log of the process.", _fault.At);
        return new(await Pending(), known.LastSuccess, known.Failures + _fault.Times, error, at, known.Skipped, known.LastSkipped);
    }

    // What is under way still uses the state of this activation, so it comes to its end first.
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _following.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose() => _stop.Dispose();

    private async Task Follow()
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                await Step();
                _fault = default;
            }
            catch (Exception fault)
            {
                if (_stopped.IsCancellationRequested)
                    return;
                _fault = (_fault.Times + 1, time.GetUtcNow());
                logger.LogWarning(fault, "Audit shard {Shard} cannot be followed for sink {Sink} after entry {Sequence}; it is tried again", _key.Shard, _key.Sink, _seen);
                await Pause(pace.After(_fault.Times, Delivery.Done, Random.Shared.NextDouble()));
            }
        }
    }

    private async Task Step()
    {
        var page = await Log.ReadNext(_seen, PageSize).WaitAsync(_stopped);
        if (page.Head.Sequence < _seen)
            throw new InvalidDataException($"Audit shard {_key.Shard} ends with entry {page.Head.Sequence}, and entry {_seen} was sent: it is of another store, or has lost entries.");
        foreach (var entry in page.Entries)
        {
            if (Notices.IsFor(entry.Event, _key.Sink))
                await Deliver(entry);
            WarnOfUnknown(entry);
            _seen = entry.Sequence;
        }

        if (_seen - state.State.Cursor >= StoreEvery)
            await state.Save(state.State with { Cursor = _seen }, this);
    }

    private async Task Deliver(AuditEntry entry)
    {
        while (true)
        {
            var delivery = await Try(entry);
            Tell(entry, delivery);
            if (state.State.Cursor >= entry.Sequence)
                return;
            await Pause(pace.After(state.State.Failures, delivery, Random.Shared.NextDouble()));
            _stopped.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One attempt, and what came of it made durable.</summary>
    private async Task<Delivery> Try(AuditEntry entry)
    {
        if (!work.TryBegin())
            throw new OperationCanceledException(work.Stopping);
        try
        {
            // Not given up when the silo stops: what was sent and is not known to be would be sent again.
            var delivery = await sender.SendAsync(_key.Sink, entry);
            await state.Save(state.State.After(entry, delivery, pace, time.GetUtcNow()), this);
            return delivery;
        }
        finally
        {
            work.End();
        }
    }

    // A sink that is down is told of once, and not with every attempt.
    private void Tell(AuditEntry entry, Delivery delivery)
    {
        if (delivery.Outcome == DeliveryOutcome.Delivered)
            logger.LogDebug("Event {Event} is delivered to sink {Sink}", NotificationState.IdOf(entry), _key.Sink);
        else if (state.State.Cursor >= entry.Sequence)
            logger.LogError("SKIPPED: sink {Sink} refused event {Event} ({Action}) {Times} times and will not get it: {Message}", _key.Sink, NotificationState.IdOf(entry), entry.Event.Action, pace.Refusals, delivery.Message);
        else if (state.State.Failures == 1)
            logger.LogWarning("Event {Event} could not be delivered to sink {Sink}; it is tried again until it is: {Message}", NotificationState.IdOf(entry), _key.Sink, delivery.Message);
    }

    // Whoever made the event cannot know what is configured; of all sinks one tells, so that it is told once.
    private void WarnOfUnknown(AuditEntry entry)
    {
        if (sender.Sinks is not [var first, ..] || first != _key.Sink)
            return;
        foreach (var name in Notices.SinksIn(entry.Event).Where(name => name != Notices.Everybody && !sender.Sinks.Contains(name, StringComparer.Ordinal)))
            logger.LogError("Event {Event} ({Action}) is to be sent to a sink that is not configured: {Name}", NotificationState.IdOf(entry), entry.Event.Action, name);
    }

    private async Task<int> Pending()
    {
        var page = await Log.Read(_seen, NotificationKeys.Counted);
        return page.Entries.Count(entry => Notices.IsFor(entry.Event, _key.Sink));
    }

    private async Task Pause(TimeSpan pause) =>
        await Task.Delay(pause, time, _stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
