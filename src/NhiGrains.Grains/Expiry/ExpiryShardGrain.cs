using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Expiry;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Storage;
using NhiGrains.Grains.Catalog;
using Orleans.Timers;

namespace NhiGrains.Grains.Expiry;

/// <summary>
/// The durable due index says who is due; this reads it ahead into memory and wakes identities by a timer. The reminder is
/// only there to bring the shard back after a crash: Orleans skips the ticks that it missed, so precision never hangs on it.
/// An entry stays in the index until the identity itself moves it, so a wake-up that is lost comes again.
/// </summary>
internal sealed class ExpiryShardGrain(
    IDueIndex index,
    TimeProvider time,
    IReminderRegistry reminders,
    BackgroundWork work,
    ILogger<ExpiryShardGrain> logger)
    : Grain, IExpiryShardGrain, IRemindable
{
    private const string Reminder = "keep-alive";
    private const int ReadAheadMax = 20_000;
    // All shards together ask for what a silo can end within the time-out of a call.
    private const int AtOnce = 1_000;

    private static readonly TimeSpan ReadAhead = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    // Longer than a call can take.
    private static readonly TimeSpan AskLost = TimeSpan.FromSeconds(60);

    // Soon after a start, when something may have been lost, and then to be sure.
    private static readonly TimeSpan CheckAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMinutes(10);

    private readonly DueQueue _queue = new();
    private DateTimeOffset _readUntil = DateTimeOffset.MinValue;
    private DateTimeOffset _readNext = DateTimeOffset.MinValue;
    private DateTimeOffset _checkNext;
    private int _awake;
    private bool _reading;
    private bool _remembered;

    private int Shard => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        _checkNext = now + CheckAgain;
        await ReadAheadFrom(now);
        this.RegisterGrainTimer(OnTick, new GrainTimerCreationOptions(Tick, Tick) { Interleave = true, KeepAlive = true });
    }

    public async Task Start()
    {
        // Once for each activation: it is asked again and again, and registering anew would put the next tick off.
        if (_remembered)
            return;
        await reminders.RegisterOrUpdateReminder(this.GetGrainId(), Reminder, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _remembered = true;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    public async Task Schedule(string identityId, DateTimeOffset? dueAt)
    {
        if (dueAt is not { } due)
        {
            await index.RemoveAsync(Shard, identityId);
            _queue.Remove(identityId);
            return;
        }

        await index.SetAsync(Shard, identityId, due);
        // What is further away than the read-ahead is found when it comes nearer. A read that is under way may have
        // missed this entry, so it is kept as well.
        if (due <= _readUntil || _reading)
            _queue.Set(identityId, due);
        else
            _queue.Remove(identityId);
    }

    private async Task OnTick(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now >= _readNext && !_reading)
            await ReadAheadFrom(now);
        if (now >= _checkNext)
            _ = Check(now); // Nobody who is due waits for it.
        while (_awake < AtOnce && _queue.TryTake(now, out var identityId))
        {
            if (!work.TryBegin())
                return;
            // Until the identity moves its entry it is asked again, whatever becomes of this call.
            _queue.Set(identityId, now + AskLost);
            _awake++;
            _ = Wake(identityId, now + AskLost);
        }
    }

    private async Task Wake(string identityId, DateTimeOffset put)
    {
        try
        {
            await GrainFactory.GetGrain<IIdentityGrain>(identityId).Wake();
        }
        catch (Exception fault)
        {
            logger.LogWarning(fault, "Identity {Identity} could not be woken; it is asked again in {Delay}", identityId, AskAgain);
        }
        finally
        {
            _awake--;
            _queue.Move(identityId, put, time.GetUtcNow() + AskAgain);
            work.End();
        }
    }

    /// <summary>
    /// Wakes whoever the index has lost, whatever lost it: an entry that is missing would leave access standing for ever.
    /// </summary>
    private async Task Check(DateTimeOffset now)
    {
        _checkNext = now + CheckAgain;
        try
        {
            // In this order: an entry is in the index before a row says that it has to be.
            var owed = await GrainFactory.GetGrain<ICatalogShardGrain>(Shard).Owed();
            var missing = Dues.Missing(owed, await index.ReadAsync(Shard, DateTimeOffset.MaxValue, int.MaxValue)).ToArray();
            foreach (var identityId in missing)
                _queue.Set(identityId, now);
            _checkNext = now + CheckEvery;
            if (missing.Length > 0)
                logger.LogWarning("The due index of shard {Shard} lacks {Count} identities, {Example} among them; they are woken", Shard, missing.Length, missing[0]);
        }
        catch (Exception fault)
        {
            logger.LogWarning(fault, "The due index of shard {Shard} could not be checked; it is tried again in {Delay}", Shard, CheckAgain);
        }
    }

    private async Task ReadAheadFrom(DateTimeOffset now)
    {
        _reading = true;
        try
        {
            var entries = await index.ReadAsync(Shard, now + ReadAhead, ReadAheadMax);
            foreach (var entry in entries)
                _queue.Add(entry.IdentityId, entry.DueAt);
            _readUntil = entries.Count < ReadAheadMax ? now + ReadAhead : entries[^1].DueAt;
            // Half-way, so that an entry is in memory well before it is due.
            _readNext = now + (_readUntil - now) / 2;
        }
        finally
        {
            _reading = false;
        }
    }
}
