using NhiGrains.Contracts.Evidence;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;

namespace NhiGrains.GraphQL.Tests.World;

/// <summary>The domain's own rules over the test's state; keeps no time and enforces nothing by itself.</summary>
internal sealed class TestIdentityGrain(TestWorld world, TimeProvider time) : Grain, IIdentityGrain
{
    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken) => world.Lost.ContainsKey(Id)
        ? throw new InvalidDataException($"The cell of {Id} is gone.")
        : Task.CompletedTask;

    public Task<CommandAnswer> Execute(CommandEnvelope envelope)
    {
        var key = $"{Id}/{envelope.IdempotencyKey}";
        if (world.Answered.TryGetValue(key, out var first))
            return Task.FromResult(first);
        world.Commands.Enqueue(envelope);
        var known = world.Identities.GetValueOrDefault(Id);
        var grantId = $"g{world.Commands.Count}";
        var next = Decide(known?.Identity, envelope, grantId);
        if (next.Refusal is { } refusal)
            return Task.FromResult(new CommandAnswer(refusal, null, null));
        var view = new IdentityView(next.Value, known?.Platforms ?? [], (known?.Sequence ?? 0) + 1);
        world.Identities[Id] = view;
        return Task.FromResult(world.Answered[key] = new CommandAnswer(null, view, next.Value.Grants.Any(grant => grant.Id == grantId) ? grantId : null));
    }

    public Task<CommandAnswer?> Recall(CommandEnvelope envelope, IReadOnlyList<EvidenceMark> evidence) => throw new NotSupportedException();

    public Task<SimulationAnswer> Simulate(SimulationRequest request)
    {
        if (!world.Identities.TryGetValue(Id, out var view))
            return Task.FromResult(new SimulationAnswer(new("UNKNOWN_IDENTITY", "There is no such identity.", "Register it."), null, []));
        var decision = Decide(view.Identity, request.Entitlements, request.Lifetime, request.Ticket, request.BreakGlass);
        PlatformPlan[] plans = [.. decision.Entitlements.Select(e => new PlatformPlan(e.Platform,
            new(new Fidelity.ControllerEnforced(["NhiGrains keeps the end"], TimeSpan.FromSeconds(2)), [new("Role", $"shop/{Id}", "rules")])))];
        return Task.FromResult(new SimulationAnswer(null, decision, plans));
    }

    public async Task<IdentityView?> Get()
    {
        world.Reads.AddOrUpdate(Id, 1, (_, count) => count + 1);
        if (world.WhileReading is { } wait)
            await wait();
        return world.Identities.GetValueOrDefault(Id);
    }

    public Task<EnforcementOrder?> GetDesired(string platform) => throw new NotSupportedException();

    public Task Report(EnforcementReport report) => throw new NotSupportedException();

    public Task<ReconsiderAnswer> Reconsider(ReconsiderOrder order) => throw new NotSupportedException();

    public Task Wake() => Task.CompletedTask;

    private Result<Identity> Decide(Identity? identity, CommandEnvelope envelope, string grantId) => (identity, envelope.Command) switch
    {
        (null, IdentityCommand.RegisterIdentity register) => Identity.Register(Id, register.Profile),
        (not null, IdentityCommand.RegisterIdentity) => new Refusal("IDENTITY_EXISTS", "It exists.", "Choose another id.", "id"),
        (null, _) => new Refusal("UNKNOWN_IDENTITY", "There is no such identity.", "Register it first.", "id"),
        (_, IdentityCommand.UpdateIdentity update) => identity.CheckGeneration(update.ExpectedGeneration) is { } refusal ? refusal : identity.Update(update.Changes),
        (_, IdentityCommand.SetIntent intent) => SetIntent(identity, intent, envelope.Actor, grantId),
        (_, IdentityCommand.RequestAccess request) => Request(identity, request, envelope.Actor, grantId),
        (_, IdentityCommand.RenewGrant renew) => identity.Renew(renew.GrantId,
            Decide(identity, identity.Grants.First(grant => grant.Id == renew.GrantId).Request.Entitlements, renew.Lifetime), renew.Evidence, envelope.Actor, time.GetUtcNow()),
        (_, IdentityCommand.RevokeGrant revoke) => identity.Revoke(revoke.GrantId, RevocationReason.RevokedByRequest, time.GetUtcNow()),
        (_, IdentityCommand.SuspendIdentity) => identity.Suspend(),
        (_, IdentityCommand.ReportRisk report) => Report(identity, report),
        (_, IdentityCommand.ClearRisk clear) => RiskRules.Clear(identity, clear.RiskKey, time.GetUtcNow()),
        (_, IdentityCommand.ResumeIdentity) => identity.Resume(time.GetUtcNow()),
        (_, IdentityCommand.OffboardIdentity) => identity.Offboard(time.GetUtcNow()),
        (_, IdentityCommand.TransferOwnership transfer) => identity.TransferOwnership(transfer.Owner),
        (_, IdentityCommand.ApproveGrant approve) => Vote(identity, approve.GrantId, ballot =>
            ballot.Approve(Voter(envelope, approve.InPlaceOf), approve.PlanDigest, approve.Comment, Electorate(identity))),
        (_, IdentityCommand.WithdrawApproval withdraw) => Vote(identity, withdraw.GrantId, ballot => ballot.Withdraw(envelope.Actor, time.GetUtcNow())),
        (_, IdentityCommand.RejectGrant reject) => Reject(identity, reject, envelope),
        (_, IdentityCommand.UseGrant use) => BreakGlassRules.Use(identity, use.GrantId, envelope.Actor, envelope.Subject, time.GetUtcNow()),
        (_, IdentityCommand.CloseReview close) =>
            BreakGlassRules.Close(identity, close.GrantId, Voter(envelope, null), close.Finding, close.Justified, Electorate(identity)),
        (_, IdentityCommand.RequestException request) => ExceptionRequests.Request(
            identity, new(request.Name, request.Rules, request.Entitlements, request.Lifetime, request.Justification), envelope.Actor, envelope.Subject, world.Policies, time.GetUtcNow()),
        (_, IdentityCommand.ApproveException approve) => Approve(identity, approve, envelope),
        (_, IdentityCommand.RejectException reject) =>
            ExceptionVotes.Reject(identity, reject.Name, reject.Comment, Voter(envelope, reject.InPlaceOf), Electorate(identity)),
        (_, IdentityCommand.WithdrawExceptionApproval withdraw) => ExceptionVotes.Withdraw(identity, withdraw.Name, envelope.Actor, time.GetUtcNow()),
        (_, IdentityCommand.EndException end) => ExceptionRules.End(identity, end.Name, end.Why, envelope.Actor, end.AsOperator, time.GetUtcNow()),
        (_, IdentityCommand.ReviewException review) => ExceptionRules.Review(identity, review.Name, review.Note, Voter(envelope, null), Electorate(identity)),
        _ => throw new NotSupportedException(envelope.Command.GetType().Name),
    };

    private Result<Identity> SetIntent(Identity identity, IdentityCommand.SetIntent intent, string actor, string grantId)
    {
        var decision = Decide(identity, intent.Entitlements, null);
        if (decision.Outcome != DecisionOutcome.RequireApproval)
            return identity.SetIntent(new(intent.Entitlements, decision), time.GetUtcNow());
        var asked = new AccessRequest(actor, intent.Reason, intent.Entitlements, TimeSpan.Zero, time.GetUtcNow()) { IsStanding = true };
        return Add(identity.WithoutWaitingIntent(actor, time.GetUtcNow()), Grant.From(grantId, asked, decision));
    }

    private Result<Identity> Approve(Identity identity, IdentityCommand.ApproveException approve, CommandEnvelope envelope)
    {
        var answer = ExceptionVotes.Approve(identity, approve.Name, approve.PlanDigest, approve.Comment, Voter(envelope, approve.InPlaceOf), Electorate(identity), world.Policies);
        return answer.Refusal is { } refusal ? refusal : answer.Value.Refused is { } refused ? refused : answer.Value.Identity;
    }

    // The votes are the domain's own; that each is decided anew is tested with the real grain.
    private Result<Identity> Vote(Identity identity, string grantId, Func<Ballot, Result<Ballot>> vote)
    {
        if (identity.Pending(grantId) is not { IsOk: true, Value: { Ballot: { } ballot } pending })
            return new Refusal("NOT_PENDING", "It waits for nobody.", "Nothing is to be done.", "grantId");
        var voted = vote(ballot);
        if (voted.Refusal is { } refusal)
            return refusal;
        pending = pending with { Ballot = voted.Value };
        var quorum = voted.Value.Count(Electorate(identity));
        return quorum.IsMet ? identity.Answer(pending.Approve(quorum, time.GetUtcNow()), time.GetUtcNow()) : identity.Vote(pending);
    }

    private Result<Identity> Reject(Identity identity, IdentityCommand.RejectGrant reject, CommandEnvelope envelope)
    {
        if (identity.Pending(reject.GrantId) is not { IsOk: true, Value: { Ballot: { } ballot } pending })
            return new Refusal("NOT_PENDING", "It waits for nobody.", "Nothing is to be done.", "grantId");
        var seat = ballot.MayReject(Voter(envelope, reject.InPlaceOf), Electorate(identity));
        return seat.Refusal is { } refusal
            ? refusal
            : identity.Answer(pending.Deny(new Rejection(envelope.Actor, seat.Value, reject.Comment, time.GetUtcNow())), time.GetUtcNow());
    }

    private static Voter Voter(CommandEnvelope envelope, string? inPlaceOf) => new(envelope.Actor, envelope.IsAgent, inPlaceOf);

    private Electorate Electorate(Identity identity) => new(world.People, identity.Profile.Owner.Team, time.GetUtcNow());

    private Result<Identity> Request(Identity identity, IdentityCommand.RequestAccess request, string actor, string grantId)
    {
        if (PolicyEngine.CheckLifetime(request.Lifetime) is { } refusal)
            return refusal;
        foreach (var entitlement in request.Entitlements)
            if (EntitlementRules.Normalize(entitlement).Refusal is { } wrong)
                return wrong;
        var asked = new AccessRequest(actor, request.Reason, request.Entitlements, request.Lifetime, time.GetUtcNow()) { Ticket = request.Ticket, BreakGlass = request.BreakGlass };
        var grant = Grant.From(grantId, asked, Decide(identity, request.Entitlements, request.Lifetime, request.Ticket, request.BreakGlass));
        return Add(identity, grant);
    }

    private static Result<Identity> Add(Identity identity, Grant grant) => grant is PendingApprovalGrant { Decision.Approval: { } requirement } pending
        ? identity.AddRequest(pending with { Ballot = new(requirement, $"plan-of-{grant.Id}", [grant.Request.RequestedBy], pending.AnswerBy) }, $"{grant.Id}-m")
        : identity.Add(grant);

    private Result<Identity> Report(Identity identity, IdentityCommand.ReportRisk told)
    {
        var now = time.GetUtcNow();
        var signal = told.Signal with { At = now, EndsAt = now + told.Lifetime ?? told.Signal.EndsAt };
        return RiskRules.Report(identity, signal, RiskResponses.For(world.Policies, identity, signal), now);
    }

    private Decision Decide(Identity identity, IReadOnlyList<Entitlement> entitlements, TimeSpan? lifetime, string? ticket = null, bool breakGlass = false) => PolicyEngine.Decide(world.Policies,
        new(Id, identity.Profile.Kind, identity.Profile.Environment, identity.Profile.Tags, entitlements, lifetime)
        {
            At = time.GetUtcNow(),
            Ticket = ticket,
            BreakGlass = breakGlass,
            Exceptions = ExceptionRules.FactsAt(identity, world.Policies, time.GetUtcNow()),
        });
}
