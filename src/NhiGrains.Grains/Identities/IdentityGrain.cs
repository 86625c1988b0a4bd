using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Evidence;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Policies;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Identities;

/// <summary>
/// Loads, lets <see cref="CommandRules"/> and <see cref="StateChanges"/> decide, stores, and then acts. Everything that has to
/// happen after a write is owed by the stored state itself, and a due entry that was there before the write brings the identity
/// back to it, so a crash at any point leaves nothing undone.
/// </summary>
internal sealed class IdentityGrain(
    [PersistentState("identity")] IPersistentState<IdentityState> state,
    PlatformRegistry platforms,
    TimeProvider time,
    Turnstiles turnstiles,
    IdentityAftermath aftermath,
    IPeople people,
    PolicyContents contents)
    : Grain, IIdentityGrain
{
    // Who asks what is wanted on a platform, to take it away there, waits behind a wake.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // And behind a command, whose caller is told that it failed.
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(10);

    private DateTimeOffset _confirmedAt;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        aftermath.Begin(Id, GrainFactory, ConfirmAgain);
        return Task.CompletedTask;
    }

    public async Task<CommandAnswer> Execute(CommandEnvelope envelope)
    {
        if (IdempotencyKeys.Check(state.State.Done, envelope) is { } malformed)
            return new(malformed, null, null);
        if (IdempotencyKeys.Find(state.State.Done, envelope.IdempotencyKey) is { } done)
            return new(null, View(), done.GrantId);

        var now = time.GetUtcNow();
        var current = state.State.AsOf(now); // Whether or not the timer has been here.
        var decidesAnew = CommandNeeds.DecidesAnew(current, envelope.Command);
        var context = await GatherFor(envelope, decidesAnew ? null : envelope.Command, now).Within(CommandPatience, time);
        var decided = CommandRules.Decide(current.Identity, envelope.Command, context);
        if (decided.Refusal is { } refusal)
            return new(refusal, null, null);
        var outcome = decided.Value;
        var change = new Change(envelope.Actor, outcome.Action, outcome.Why) { Record = outcome.Record, GrantId = outcome.GrantId };
        if (outcome.Refused is { } denied)
        {
            // What was found on the way is stored and told; the command was not carried out, and may be when it is repeated.
            await Commit(ReferenceEquals(outcome.Identity, current.Identity) ? current.Telling(change, now) : current.With(outcome.Identity, change, now), now);
            return new(denied, null, null);
        }

        if (await ClaimPrincipals(outcome.Identity) is { } taken)
            return new(taken, null, null);

        var next = ProfileReviews.Next(current, current.With(outcome.Identity, change, now), context);
        if (CommandNeeds.Policy(envelope.Command))
            next = RiskReviews.Unless(next, context.Policy.Set);
        if (decidesAnew)
            next = ApprovalRules.Reconsider(RiskReviews.Next(next, context), await WithAskers(context));
        // What can be said twice needs no memory: each credential would push out the key of something that cannot.
        if (envelope.Command is not IdentityCommand.UseGrant)
            await Commit(next with { Done = IdempotencyKeys.Remember(next.Done, envelope, outcome.GrantId) }, now);
        else if (!ReferenceEquals(next.Identity, state.State.Identity))
            await Commit(next, now);
        await DecideAnewForRisks(now);
        return new(null, View(), outcome.GrantId);
    }

    public Task<CommandAnswer?> Recall(CommandEnvelope envelope, IReadOnlyList<EvidenceMark> evidence) =>
        Task.FromResult(IdempotencyKeys.Recall(state.State.Done, envelope, evidence) is { } done ? new CommandAnswer(null, View(), done.GrantId) : null);

    public async Task<SimulationAnswer> Simulate(SimulationRequest request)
    {
        var now = time.GetUtcNow();
        if (state.State.AsOf(now).Identity is not { } identity)
            return new(CommandRules.UnknownIdentity, null, []);
        var evaluated = CommandRules.Evaluate(identity, Asked.Of(request), await Gather(request.Actor, now));
        return evaluated.Refusal is { } refusal
            ? new(refusal, null, [])
            : new(null, evaluated.Value.Record.Decision, evaluated.Value.Plans);
    }

    public async Task<ReconsiderAnswer> Reconsider(ReconsiderOrder order)
    {
        var now = time.GetUtcNow();
        var current = state.State.AsOf(now);
        if (current.Identity is not { } identity)
            return ReconsiderAnswer.Nothing;
        if (order.Mode != RolloutMode.Leave && await PolicySet.CurrentVersion() != order.Version)
            return ReconsiderAnswer.Nothing with { IsSuperseded = true };
        var policy = new PolicyVersion(await contents.Of(order.Version), order.Version, now, order.Actor);
        var context = await With(policy, order.Actor, now).Within(Patience, time);
        if (order.Mode != RolloutMode.Leave)
            context = await WithAskers(context);
        var by = RolloutRules.Of(identity, context);
        var next = RolloutRules.Next(current, by, order, context);
        if (!ReferenceEquals(next, current))
            await Commit(next, now);
        return new([.. by.By.Findings, .. ExceptionRules.WouldEnd(identity, context.Policy.Set, now)]) { HasGrace = identity.PolicyGrace is not null };
    }

    public Task<IdentityView?> Get() => Task.FromResult(state.State.Identity is null ? null : View());

    public async Task<EnforcementOrder?> GetDesired(string platform)
    {
        // A platform is written to on this answer, and an answer from before another silo took over would give again what that
        // one has taken away: a platform that has nothing of ours any more has no generation to compare with either.
        await state.Confirm(this);
        var now = time.GetUtcNow();
        if (state.State.Identity is not { } identity || identity.DesiredOn(platform, now) is not { } desired
            || !state.State.Wanted.TryGetValue(platform, out var wanted))
        {
            return null;
        }

        return new(desired with { Generation = wanted.Generation }, identity.AllowsControllerEnforcedEnd(platform, now));
    }

    public async Task Report(EnforcementReport report)
    {
        var now = time.GetUtcNow();
        var next = state.State.With(report, now);
        if (!ReferenceEquals(next, state.State))
            await Commit(next, now);
        else
            await aftermath.Settle(state.State, now);
    }

    public async Task Wake()
    {
        // What ends ends now; what that changes is worked out in turn, so that nobody behind is taken in hand late for it.
        var now = time.GetUtcNow();
        using (await turnstiles.Ending())
        {
            var next = state.State.AsOf(now);
            if (!ReferenceEquals(next, state.State))
                await Commit(next, now);
            else
                await aftermath.CatchUp(state.State, now);
        }

        await DecideAnew(now);
    }

    // A signal is taken whether or not the directory answers, and who has told it is answered whatever becomes of this.
    private async Task DecideAnewForRisks(DateTimeOffset now)
    {
        if (!RiskReviews.IsDue(state.State))
            return;
        try
        {
            await DecideAnew(now);
        }
        catch (Exception fault)
        {
            aftermath.Later(fault);
        }
    }

    // After what ends: nothing is revoked late because policy does not answer. What could not be asked is asked at the next wake.
    private async Task DecideAnew(DateTimeOffset now)
    {
        var isLate = state.State.Identity?.PolicyGrace?.Until <= now;
        if (!isLate && !RiskReviews.IsDue(state.State) && !ApprovalRules.IsWaiting(state.State.Identity))
            return;
        var context = await Gather(Actors.System, now).Within(Patience, time);
        var next = RiskReviews.Next(state.State, context);
        await CommitAnother(isLate ? EndGrace(next, context) : next, now);
        // Stored before that: nothing is taken late because the directory does not say who is here.
        await CommitAnother(ApprovalRules.Reconsider(state.State, await WithAskers(context)), now);
    }

    // What waits is given to those only who are known to be here. When the directory does not say so it waits until the next wake.
    private async Task<CommandContext> WithAskers(CommandContext context)
    {
        if (context.KnowsPeople || !ApprovalRules.IsWaiting(state.State.Identity))
            return context;
        try
        {
            return context with { People = await people.Current().Within(Patience, time), KnowsPeople = true };
        }
        catch (Exception fault)
        {
            aftermath.WaitsOn(fault);
            return context;
        }
    }

    /// <summary>What the identity has too much of ends, by the policy set that is in force now; what waits is decided anew with it.</summary>
    private static IdentityState EndGrace(IdentityState current, CommandContext context)
    {
        if (current.Identity is not { } identity)
            return current;
        var order = new ReconsiderOrder(context.Policy.Version, RolloutMode.Now, GraceUntil: null, Actors.System, "the time of grace is over.");
        return RolloutRules.Next(current, RolloutRules.Of(identity, context), order, context);
    }

    private async Task Commit(IdentityState next, DateTimeOffset now)
    {
        var before = state.State;
        next = aftermath.Stamp(next);
        await aftermath.Prepare(next, now);
        await state.Save(next, this);
        _confirmedAt = now;
        await aftermath.Act(before, next, now);
    }

    private Task CommitAnother(IdentityState next, DateTimeOffset now) => ReferenceEquals(next, state.State) ? Task.CompletedTask : Commit(next, now);

    /// <summary>Whether the store has what this activation has, unless that was seen just now.</summary>
    private async Task ConfirmAgain()
    {
        var now = time.GetUtcNow();
        if (now >= _confirmedAt && now - _confirmedAt < PersistentStates.Fresh)
            return;
        await state.Confirm(this);
        _confirmedAt = now;
    }

    private IPolicySetGrain PolicySet => GrainFactory.GetGrain<IPolicySetGrain>(PolicySets.Main);

    private async Task<CommandContext> GatherFor(CommandEnvelope envelope, IdentityCommand? command, DateTimeOffset now) => await Gather(envelope.Actor, now, command) with
    {
        IsAgent = envelope.IsAgent,
        Subject = envelope.Subject,
        OwnerDeparture = await OwnerCommands.DepartureFor(envelope.Command, GrainFactory),
        AskerDeparture = await OwnerCommands.DepartureOfAsker(envelope, GrainFactory),
    };

    /// <param name="command">Null for what may need everything.</param>
    private async Task<CommandContext> Gather(string actor, DateTimeOffset now, IdentityCommand? command = null) =>
        await With(CommandNeeds.Policy(command) ? await InForce() : CommandNeeds.Unasked, actor, now, command);

    // A large set does not travel to another silo with every command: only its version does.
    private async Task<PolicyVersion> InForce()
    {
        var version = await PolicySet.CurrentVersion();
        return contents.Known(version) is { } known ? new(known, version, default, "") : contents.Keep(await PolicySet.Current());
    }

    private async Task<CommandContext> With(PolicyVersion policy, string actor, DateTimeOffset now, IdentityCommand? command = null)
    {
        // To revoke and to suspend has to work when the directory does not.
        var asked = (command is not null && ApprovalRules.Asks(command)) || (CommandNeeds.Decides(command) && CompiledPolicy.Of(policy.Set).RequesterGroups.Count > 0);
        return new(Id, actor, NewGrantId(now), policy, platforms, now)
        {
            MeanwhileGrantId = NewGrantId(now),
            People = asked ? await people.Current() : PeopleDirectory.Empty,
            KnowsPeople = asked,
        };
    }

    private Task<Refusal?> ClaimPrincipals(Identity next)
    {
        var bound = state.State.Identity?.Profile.Bindings ?? [];
        return new PrincipalClaims(GrainFactory, time, Id).Claim(next.Profile.Bindings.Where(binding => bound.All(old => old.Platform != binding.Platform)));
    }

    private IdentityView View() => new(
        state.State.Identity ?? throw new InvalidOperationException($"The identity '{Id}' has no state."),
        state.State.Shown,
        state.State.Revision);

    // Sortable by the time of the request, and unique in the whole installation.
    private static string NewGrantId(DateTimeOffset now) => "g-" + Guid.CreateVersion7(now).ToString("N");
}
