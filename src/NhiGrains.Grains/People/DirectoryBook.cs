using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain;
using NhiGrains.Grains.Audit;

namespace NhiGrains.Grains.People;

/// <summary>
/// What is stored of people, and the one way to change it: commands and the reviews in the grain's background come together here, and
/// each write needs the etag of the one before. For use within one grain, whose turns never run at the same time.
/// </summary>
internal sealed class DirectoryBook(IPersistentState<DirectoryState> state, string name, IGrainBase grain, IGrainFactory grains, TimeProvider time, ILogger logger)
{
    private readonly AuditDelivery _audit = new();
    private readonly ConfirmedState<DirectoryState> _confirmed = new(state, grain, time);
    private Task _updating = Task.CompletedTask;

    /// <summary>What is durable: a write that is under way, and may fail, does not show.</summary>
    public DirectoryState Stored { get; private set; } = state.State;

    /// <summary>The same, when it is known that no other activation has stored something else since.</summary>
    public async Task<DirectoryState> Confirmed()
    {
        await _confirmed.Confirm();
        return Stored;
    }

    /// <summary>When no change is under way; it fails with the last one.</summary>
    public Task Idle => _updating;

    /// <summary>Tells what was stored, by this activation or one before, and is not in the audit. It never fails; what is owed is told by the next call.</summary>
    public Task Tell() => _audit.TryDeliver(Stored.Outbox, grains, AuditSources.OfDirectory(name), time, logger);

    /// <summary>Stores what the change makes of the state, unless that is nothing, and tells of it.</summary>
    public async Task<Result<DirectoryState>> Update(Func<DirectoryState, Result<DirectoryState>> change)
    {
        var updating = UpdateAfter(_updating, change);
        _updating = updating;
        return await updating;
    }

    private async Task<Result<DirectoryState>> UpdateAfter(Task earlier, Func<DirectoryState, Result<DirectoryState>> change)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var next = change(await Confirmed());
        if (next.Refusal is { } refusal)
            return refusal;
        if (!ReferenceEquals(next.Value, Stored))
        {
            var whole = next.Value with { Outbox = _audit.Rest(next.Value.Outbox) };
            await _confirmed.Save(whole);
            Stored = whole;
        }

        await Tell();
        return Stored;
    }
}
