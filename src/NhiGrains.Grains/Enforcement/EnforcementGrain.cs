using Microsoft.Extensions.Logging;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

/// <summary>
/// One call at a time, so that on this platform nothing overtakes anything. The retry schedule is kept by the identity, in its
/// due entry: it asks again until a report says that the generation it wants is settled.
/// </summary>
internal sealed class EnforcementGrain : Grain, IEnforcementGrain
{
    private readonly EnforcementBook _book;
    private readonly Enforcer _enforcer;
    private readonly PlatformRegistry _platforms;
    private readonly TimeProvider _time;
    private readonly Turnstiles _turnstiles;
    private readonly BackgroundWork _work;
    private readonly ILogger<EnforcementGrain> _logger;

    public EnforcementGrain(
        [PersistentState("enforcement")] IPersistentState<EnforcementState> state,
        PlatformRegistry platforms,
        TimeProvider time,
        Turnstiles turnstiles,
        BackgroundWork work,
        ILogger<EnforcementGrain> logger)
    {
        var (platform, identityId) = EnforcementKeys.Parse(this.GetPrimaryKeyString());
        _book = new(state, this, GrainFactory, platform, identityId);
        _enforcer = new(_book, platforms, time, logger);
        (_platforms, _time, _turnstiles, _work, _logger) = (platforms, time, turnstiles, work, logger);
    }

    public async Task Converge()
    {
        if (!_work.TryBegin())
            return; // The identity asks again, in a silo that stays.
        try
        {
            await ConvergeNow();
        }
        finally
        {
            _work.End();
        }
    }

    public Task<EnforcementView> Refresh() => _enforcer.Look();

    // A sweep takes a while, and what it saw may be older than our last write: it is a reason to look, and no more.
    public async Task<EnforcementView> Observed(Observation observation) => _book.State.MayBeNews(observation) ? await _enforcer.Look() : _book.View;

    public Task<EnforcementView> Get() => Task.FromResult(_book.View);

    public async Task<ResolveAnswer> ResolveDrift(DriftResolution resolution)
    {
        if (IdempotencyKeys.Check(_book.State.Resolved, resolution) is { } malformed)
            return new(malformed, null);
        if (IdempotencyKeys.Find(_book.State.Resolved, resolution.IdempotencyKey) is not null)
            return new(null, _book.View);
        var answer = await new DriftResolver(_book, _enforcer, _time).Resolve(resolution);
        // After what it did, since that can be done again: a crash in between leaves a resolution that is carried out once more.
        if (answer.Refusal is null)
            await _book.Save(_book.State with { Resolved = IdempotencyKeys.Remember(_book.State.Resolved, resolution) });
        return answer;
    }

    public async Task<CredentialAnswer> IssueCredential(CredentialOrder order)
    {
        if (_platforms.Find(_book.Platform).Refusal is { } unknown)
            return new(unknown, null, null, null);
        var issued = await new CredentialHandout(_enforcer.Connector, _book.Identity, _book.IdentityId, _time, _logger).Run(order, _book.State.Handles.GetValueOrDefault(order.Grant));
        if (issued.Refusal is { } refusal)
            return new(refusal, null, null, null);
        var told = _book.State with
        {
            WithCredentials = [.. _book.State.WithCredentials.Append(order.Grant).Distinct(StringComparer.Ordinal)],
            // Stored before it is handed out: so whoever ends it knows it, in this silo or another, though the platform's reads be behind.
            Handles = issued.Value.Handle is { } handle ? new Dictionary<string, string>(_book.State.Handles, StringComparer.Ordinal) { [order.Grant] = handle } : _book.State.Handles,
            Outbox = _book.State.Outbox.Add(_book.Events.CredentialIssued(order.Actor, order.Grant, issued.Value.ExpiresAt, _time.GetUtcNow())),
        };
        await _book.Save(told);
        await _book.Tell();
        return new(null, issued.Value.Secret, issued.Value.ExpiresAt, issued.Value.ResidualUntil);
    }

    private async Task ConvergeNow()
    {
        using var turn = await _turnstiles.Attempt(_book.Platform, async () => await _book.Identity.GetDesired(_book.Platform) is { } wanted && _book.State.Exceeds(wanted.Desired));
        // The fence starts before the desired state is read: a writer is never older than what it knows.
        var fence = new Fence(_time, Fence.DefaultValidity);
        if (await _book.Identity.GetDesired(_book.Platform) is not { } order)
            return;
        var state = _book.State;
        if (!state.IsSettled || state.Generation != order.Desired.Generation)
            await _enforcer.Enforce(order, fence, Actors.System, "the desired state changed");
        else if (state.IsKept && !(state.RetryAt > _time.GetUtcNow()))
            await _enforcer.Enforce(order, fence, Actors.System, "its time to be tried again came");
        else if (state.RetryAt <= _time.GetUtcNow())
            await _enforcer.Look(); // What was ignored until now is looked at again.
        else
            await _book.Tell();
    }
}
