using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Audit;

namespace NhiGrains.Grains.Platforms;

/// <summary>
/// What is stored of a platform, and the one way to change it: several looks are under way at once in the grain's background, and
/// each write needs the etag of the one before. For use within one grain, whose turns never run at the same time.
/// </summary>
internal sealed class PlatformBook(
    IPersistentState<PlatformState> state, string platform, IGrainBase grain, IGrainFactory grains, TimeProvider time, CancellationToken stopped)
{
    private readonly AuditDelivery _audit = new();
    private Task _updating = Task.CompletedTask;

    public PlatformState State => state.State;

    /// <summary>When no change is under way; it fails with the last one.</summary>
    public Task Idle => _updating;

    /// <summary>What was seen of principals that no identity is bound to. One write, however many there are.</summary>
    public Task Keep(IReadOnlyList<Observation> some) =>
        Update(known => some.Aggregate(known, (next, observation) => next.With(platform, observation, time.GetUtcNow())));

    /// <summary>An identity is bound to the principal.</summary>
    public Task Claimed(string principal) => Update(known => known.Without(platform, principal, time.GetUtcNow()));

    public async Task<Refusal?> WatchOnly(WatchOrder order)
    {
        Refusal? why = null;
        await Update(known =>
        {
            var next = known.WatchOnly(platform, order, time.GetUtcNow());
            why = next.Refusal;
            return next.IsOk ? next.Value : known;
        });
        return why;
    }

    /// <summary>How far a sweep has come that has not come to its end.</summary>
    public Task Interrupted(SweepTally sweep) => Update(known => known with
    {
        Unfinished = sweep with { Interruptions = sweep.Interruptions + 1, SavedAt = time.GetUtcNow() },
    });

    /// <summary>A sweep begins, so that no later one goes on behind an earlier one's place.</summary>
    public Task Begins() => Update(known => known.Unfinished is null ? known : known with { Unfinished = null });

    public Task Swept(SweepTally sweep) => Update(known => known.Swept(sweep, time.GetUtcNow()));

    private Task Update(Func<PlatformState, PlatformState> change) => _updating = UpdateAfter(_updating, change);

    private async Task UpdateAfter(Task earlier, Func<PlatformState, PlatformState> change)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        stopped.ThrowIfCancellationRequested();
        var next = change(state.State);
        if (!ReferenceEquals(next, state.State))
            await state.Save(next with { Outbox = _audit.Rest(next.Outbox) }, grain);
        var source = AuditSources.OfPlatform(platform);
        await _audit.Deliver(state.State.Outbox, grains, source, Shards.Of(source));
    }
}
