using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
using NhiGrains.Grains.Audit;
using NhiGrains.Grains.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

/// <summary>
/// One call at a time, so that on this platform nothing overtakes anything. The retry schedule is kept by the identity, in its
/// due entry: it asks again until a report says that the generation it wants is settled.
/// </summary>
internal sealed class EnforcementGrain(
    [PersistentState("enforcement")] IPersistentState<EnforcementState> state,
    PlatformRegistry platforms,
    TimeProvider time,
    Turnstiles turnstiles,
    BackgroundWork work,
    ILogger<EnforcementGrain> logger)
    : Grain, IEnforcementGrain
{
    private readonly AuditDelivery _audit = new();
    private IIdentityGrain? _identity;
    private string _platform = "";
    private string _identityId = "";
    private EnforcementEvents _events = new("", "");

    private IIdentityGrain Identity => _identity ??= GrainFactory.GetGrain<IIdentityGrain>(_identityId);

    private IPlatformConnector Connector => platforms.Find(_platform).Value;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_platform, _identityId) = EnforcementKeys.Parse(this.GetPrimaryKeyString());
        _events = new(_platform, _identityId);
        return Task.CompletedTask;
    }

    public async Task Converge()
    {
        if (!work.TryBegin())
            return; // The identity asks again, in a silo that stays.
        try
        {
            await ConvergeNow();
        }
        finally
        {
            work.End();
        }
    }

    private async Task ConvergeNow()
    {
        using var turn = await turnstiles.Attempt(_platform);
        // The fence starts before the desired state is read: a writer is never older than what it knows.
        var fence = new Fence(time, Fence.DefaultValidity);
        if (await Identity.GetDesired(_platform) is not { } order)
            return;
        if (!state.State.IsSettled || state.State.Generation != order.Desired.Generation)
            await Enforce(order, fence, Actors.System, "the desired state changed");
        else if (state.State.RetryAt <= time.GetUtcNow())
            await Look(); // What was ignored until now is looked at again.
        else
            await Tell();
    }

    public async Task<EnforcementView> Refresh() => await Look();

    // A sweep takes a while, and what it saw may be older than our last write: a difference is a reason to look, and no more.
    public async Task<EnforcementView> Observed(Observation observation) =>
        Comparison.Compare(state.State.Applied, observation).Count == 0 ? View() : await Look();

    public Task<EnforcementView> Get() => Task.FromResult(View());

    public async Task<ResolveAnswer> ResolveDrift(DriftResolution resolution)
    {
        if (IdempotencyKeys.Check(state.State.Resolved, resolution) is { } malformed)
            return new(malformed, null);
        if (IdempotencyKeys.Find(state.State.Resolved, resolution.IdempotencyKey) is not null)
            return new(null, View());
        var answer = await ResolveNow(resolution);
        // After what it did, since that can be done again: a crash in between leaves a resolution that is carried out once more.
        if (answer.Refusal is null)
            await state.Save(state.State with { Resolved = IdempotencyKeys.Remember(state.State.Resolved, resolution) }, this);
        return answer;
    }

    private async Task<ResolveAnswer> ResolveNow(DriftResolution resolution)
    {
        if (resolution.OfDigest is not null)
            return await AdoptAsSeen(resolution);
        var now = time.GetUtcNow();
        var chosen = Resolutions.Choose(state.State, resolution, now);
        if (chosen.Refusal is { } refusal)
            return new(refusal, null);
        if (resolution.Action == DriftAction.Revert)
            return await Revert(chosen.Value, resolution);
        await Settle(Resolutions.Accept(state.State, chosen.Value, resolution, now), [], resolution.Actor, resolution.Reason, now);
        return new(null, state.State.MoreDrift > 0 ? await Look() : View());
    }

    // However much there is, and only what the person has seen.
    private async Task<ResolveAnswer> AdoptAsSeen(DriftResolution resolution)
    {
        if (Names.CheckReason(resolution.Reason) is { } tooLong)
            return new(tooLong, null);
        if (await Identity.GetDesired(_platform) is not { } order)
            return new(new("NOT_BOUND", $"The identity has no principal on {_platform}.", "Look at its bindings.", "platform"), null);
        try
        {
            var now = time.GetUtcNow();
            var seen = await new Convergence(Connector, time).Read(order, state.State, CancellationToken.None);
            var foreign = seen.Verdict.Drift.Where(difference => difference is { Kind: DifferenceKind.Extra, Ownership: Ownership.Foreign }).ToArray();
            if (Reversal.DigestOf(foreign) != resolution.OfDigest)
                return new(new("PRINCIPAL_CHANGED", "The principal has something else by now.", "Look at it again, and decide anew.", "digest"), View());
            var items = DriftItems.Of(_identityId, _platform, foreign, state.State, now);
            await Settle(Resolutions.Accept(state.State, items, resolution, now), [], resolution.Actor, resolution.Reason, now);
            return new(null, await Look());
        }
        catch (PlatformException fault)
        {
            return new(fault.AsRefusal("Look at the platform, and try again.", "platform"), View());
        }
    }

    public async Task<CredentialAnswer> IssueCredential(CredentialOrder order)
    {
        var issued = await new CredentialHandout(Connector, Identity, _identityId, time, logger).Run(order, state.State.Handles.GetValueOrDefault(order.Grant));
        if (issued.Refusal is { } refusal)
            return new(refusal, null, null, null);
        var told = state.State with
        {
            WithCredentials = [.. state.State.WithCredentials.Append(order.Grant).Distinct(StringComparer.Ordinal)],
            // Stored before it is handed out: so whoever ends it knows it, in this silo or another, though the platform's reads be behind.
            Handles = issued.Value.Handle is { } handle ? new Dictionary<string, string>(state.State.Handles, StringComparer.Ordinal) { [order.Grant] = handle } : state.State.Handles,
            Outbox = state.State.Outbox.Add(_events.CredentialIssued(order.Actor, order.Grant, issued.Value.ExpiresAt, time.GetUtcNow())),
        };
        await state.Save(told, this);
        await Tell();
        return new(null, issued.Value.Secret, issued.Value.ExpiresAt, issued.Value.ResidualUntil);
    }

    private async Task Enforce(EnforcementOrder order, Fence fence, string actor, string why)
    {
        EnforcementState next;
        IReadOnlyList<DriftItem> unnoticed = [];
        try
        {
            var attempt = await new FenceKeeper(fence, () => IsStillWanted(order), time, logger)
                .During(() => new Convergence(Connector, time).Run(order, state.State, fence, CancellationToken.None));
            var now = time.GetUtcNow();
            unnoticed = DriftItems.Of(_identityId, _platform, attempt.Unnoticed, state.State, now);
            next = state.State.With(attempt, order.Desired.Generation, now, Jitter());
        }
        catch (PlatformException fault)
        {
            next = state.State.With(fault, order.Desired, time.GetUtcNow(), Jitter());
            logger.LogWarning("{Platform} for {Identity}: {Error}: {Message} Attempt {Attempt}, the next one at {RetryAt}",
                _platform, _identityId, fault.Error, fault.Message, next.FailedAttempts, next.RetryAt);
        }

        await Settle(next, unnoticed, actor, why, time.GetUtcNow());
    }

    private async Task<bool> IsStillWanted(EnforcementOrder order) =>
        await Identity.GetDesired(_platform) is { } now && now.Desired.Generation == order.Desired.Generation;

    private async Task<EnforcementView> Look()
    {
        // While an attempt is owed nobody knows what should be there: the attempt itself will look.
        var order = state.State.IsSettled ? await Identity.GetDesired(_platform) : null;
        if (order is null || order.Desired.Generation != state.State.Generation)
            return View();
        try
        {
            var attempt = await new Convergence(Connector, time).Read(order, state.State, CancellationToken.None);
            // What was applied is the measure, and stays it.
            var next = state.State.With(attempt, order.Desired.Generation, time.GetUtcNow(), Jitter()) with { Applied = state.State.Applied, Written = state.State.Written };
            await Settle(next, [], Actors.System, "observed", time.GetUtcNow());
        }
        catch (PlatformException fault)
        {
            await Settle(state.State.With(fault, order.Desired, time.GetUtcNow(), Jitter()), [], Actors.System, fault.Message, time.GetUtcNow());
        }

        return View();
    }

    private async Task<ResolveAnswer> Revert(IReadOnlyList<DriftItem> items, DriftResolution resolution)
    {
        var fence = new Fence(time, Fence.DefaultValidity);
        if (await Identity.GetDesired(_platform) is not { } order)
            return new(new("NOT_BOUND", $"The identity has no principal on {_platform}.", "Look at its bindings.", "platform"), null);
        try
        {
            await new Reversal(Connector).Remove(items, order.Desired, state.State.Applied, fence);
        }
        catch (PlatformException fault)
        {
            return new(fault.AsRefusal("Look at the platform, and try again.", "drift"), View());
        }

        await Enforce(order, fence, resolution.Actor, resolution.Reason);
        return new(null, View());
    }

    private async Task Settle(EnforcementState next, IReadOnlyList<DriftItem> unnoticed, string actor, string why, DateTimeOffset now)
    {
        var told = _events.Between(state.State, next, unnoticed, actor, why, now).ToArray();
        if (told.Length == 0 && Changes.AreNone(state.State, next))
        {
            // Only when it was observed has changed: worth showing, not worth a write.
            state.State = next;
        }
        else
        {
            next = next with { Outbox = told.Aggregate(_audit.Rest(next.Outbox), (box, change) => box.Add(change)) };
            await state.Save(next, this);
        }

        await Tell();
    }

    // The report comes last: until it has arrived the identity asks again, so neither it nor the audit can be left out.
    private async Task Tell()
    {
        await _audit.Deliver(state.State.Outbox, GrainFactory, AuditSources.OfEnforcement(_platform, _identityId), Shards.Of(_identityId));
        await Identity.Report(state.State.ReportOn(_platform));
    }

    private EnforcementView View() => new(
        _identityId, _platform, state.State.Status, state.State.Generation, state.State.FailedAttempts == 0 ? state.State.Generation : 0, state.State.Message,
        state.State.ObservedAt, state.State.Drift, state.State.FailedAttempts, state.State.RetryAt);

    private static double Jitter() => Random.Shared.NextDouble();
}
