using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Grains.Audit;

namespace NhiGrains.Grains.Enforcement;

/// <summary>What is known of one identity on one platform: stored, and told to the audit and to the identity. One for each activation.</summary>
internal sealed class EnforcementBook(IPersistentState<EnforcementState> state, IGrainBase grain, IGrainFactory grains, string platform, string identityId)
{
    private readonly AuditDelivery _audit = new();
    private IIdentityGrain? _identity;

    public string Platform => platform;

    public string IdentityId => identityId;

    public EnforcementState State => state.State;

    public EnforcementEvents Events { get; } = new(platform, identityId);

    // Kept: making a reference costs more than the call.
    public IIdentityGrain Identity => _identity ??= grains.GetGrain<IIdentityGrain>(identityId);

    public EnforcementView View => new(
        identityId, platform, State.Status, State.Generation, State.FailedAttempts == 0 ? State.Generation : 0, State.Message,
        State.ObservedAt, State.Drift, State.FailedAttempts, State.RetryAt);

    /// <summary>Stores what changed and tells of it, once for each thing that did.</summary>
    public async Task Settle(EnforcementState next, IReadOnlyList<DriftItem> unnoticed, string actor, string why, DateTimeOffset now)
    {
        var told = Events.Between(State, next, unnoticed, actor, why, now).ToArray();
        if (told.Length == 0 && Changes.AreNone(State, next))
        {
            // Only when it was observed has changed: worth showing, not worth a write.
            state.State = next;
        }
        else
        {
            next = next with { Outbox = told.Aggregate(_audit.Rest(next.Outbox), (box, change) => box.Add(change)) };
            await Save(next);
        }

        await Tell();
    }

    public Task Save(EnforcementState next) => state.Save(next, grain);

    // The report comes last: until it has arrived the identity asks again, so neither it nor the audit can be left out.
    public async Task Tell()
    {
        await _audit.Deliver(State.Outbox, grains, AuditSources.OfEnforcement(platform, identityId), Shards.Of(identityId));
        await Identity.Report(State.ReportOn(platform));
    }
}
