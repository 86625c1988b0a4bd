using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.BreakGlass;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Identities;

/// <summary>What a command needs to be decided, gathered before.</summary>
internal sealed record CommandContext(
    string IdentityId,
    string Actor,
    string NewGrantId,
    PolicyVersion Policy,
    PlatformRegistry Platforms,
    DateTimeOffset Now)
{
    /// <summary>Of the person whom the command names as an owner; null when that person is here, or none is named.</summary>
    public Departure? OwnerDeparture { get; init; }

    /// <summary>Of the person who asks for more; null when that person is here, or nobody does.</summary>
    public Departure? AskerDeparture { get; init; }

    /// <summary>Whether the caller's token acts as or for an identity, or somebody else acts with it.</summary>
    public bool IsAgent { get; init; }

    /// <summary>The subject of such a token, when it names one.</summary>
    public string? Subject { get; init; }

    /// <summary>For the grant that bridges the wait for approvers.</summary>
    public string MeanwhileGrantId { get; init; } = NewGrantId + "-m";

    /// <summary>Gathered for answers to requests, when rules look at the groups of who asks, and where something that waits may be given; empty otherwise.</summary>
    public PeopleDirectory People { get; init; } = PeopleDirectory.Empty;

    /// <summary>Whether <see cref="People"/> was gathered: an empty directory says of nobody that they are here.</summary>
    public bool KnowsPeople { get; init; }

    /// <summary>In place of the signals that count; null to decide with those.</summary>
    public IReadOnlyList<RiskFact>? Risks { get; init; }
}

/// <summary>The next identity and what to tell of the change.</summary>
internal sealed record Outcome(Identity Identity, string Action, string Why, string? GrantId = null)
{
    /// <summary>What was decided and from what; null when nothing was to decide.</summary>
    public DecisionRecord? Record { get; init; }

    /// <summary>What was asked for was not done. What has changed all the same is stored; when nothing has, that policy said no is told.</summary>
    public Refusal? Refused { get; init; }
}

/// <summary>Decides commands: pure, and the only place where a command's meaning is written.</summary>
internal static class CommandRules
{
    public static Refusal UnknownIdentity { get; } =
        new("UNKNOWN_IDENTITY", "There is no such identity.", "Register it first, or look at the query 'identities'.", "id");

    public static Result<Outcome> Decide(Identity? identity, IdentityCommand command, CommandContext context) =>
        (Names.CheckReason(ReasonOf(command)) ?? OwnerRules.CheckAsker(context.AskerDeparture)) is { } refusal ? refusal : Carry(identity, command, context);

    private static string ReasonOf(IdentityCommand command) => command switch
    {
        IdentityCommand.SetIntent intent => intent.Reason,
        IdentityCommand.RequestAccess request => request.Reason,
        IdentityCommand.RenewGrant renew => renew.Reason,
        IdentityCommand.RevokeGrant revoke => revoke.Reason,
        IdentityCommand.SuspendIdentity suspend => suspend.Reason,
        IdentityCommand.ResumeIdentity resume => resume.Reason,
        IdentityCommand.OffboardIdentity offboard => offboard.Reason,
        IdentityCommand.TransferOwnership transfer => transfer.Reason,
        IdentityCommand.ClearRisk clear => clear.Reason,
        IdentityCommand.ApproveGrant approve => approve.Comment,
        IdentityCommand.RejectGrant reject => reject.Comment,
        IdentityCommand.WithdrawApproval withdraw => withdraw.Comment,
        IdentityCommand.CloseReview close => close.Finding,
        IdentityCommand.RequestException request => request.Justification,
        IdentityCommand.ApproveException approve => approve.Comment,
        IdentityCommand.RejectException reject => reject.Comment,
        IdentityCommand.WithdrawExceptionApproval withdraw => withdraw.Comment,
        IdentityCommand.EndException end => end.Why,
        IdentityCommand.ReviewException review => review.Note,
        _ => "", // The others have none.
    };

    private static Result<Outcome> Carry(Identity? identity, IdentityCommand command, CommandContext context) => (identity, command) switch
    {
        (null, IdentityCommand.RegisterIdentity register) => Register(register, context),
        (not null, IdentityCommand.RegisterIdentity) =>
            new Refusal("IDENTITY_EXISTS", $"The identity '{context.IdentityId}' exists.", "Choose another id, or update it.", "id"),
        (null, _) => UnknownIdentity,
        (_, IdentityCommand.UpdateIdentity update) => Update(identity, update, context),
        (_, IdentityCommand.SetIntent intent) => identity.CheckGeneration(intent.ExpectedGeneration) is { } refusal ? refusal : IntentCommands.Set(identity, intent, context),
        (_, IdentityCommand.RequestAccess request) => Request(identity, request, context),
        (_, IdentityCommand.RenewGrant renew) => Renew(identity, renew, context),
        (_, IdentityCommand.ApproveGrant approve) => ApprovalRules.Approve(identity, approve, context),
        (_, IdentityCommand.RejectGrant reject) => ApprovalRules.Reject(identity, reject, context),
        (_, IdentityCommand.WithdrawApproval withdraw) => ApprovalRules.Withdraw(identity, withdraw, context),
        (_, IdentityCommand.RevokeGrant revoke) when identity.Pending(revoke.GrantId) is { IsOk: true } pending =>
            ApprovalRules.TakeBack(identity, pending.Value, revoke.Reason, context),
        (_, IdentityCommand.RevokeGrant revoke) =>
            Told(identity.Revoke(revoke.GrantId, RevocationReason.RevokedByRequest, context.Now), "grant.revocation-asked", revoke.Reason, revoke.GrantId),
        (_, IdentityCommand.SuspendIdentity suspend) => Told(identity.Suspend(), "identity.suspended", suspend.Reason),
        (_, IdentityCommand.ResumeIdentity resume) => Told(identity.Resume(context.Now), "identity.resumed", resume.Reason),
        (_, IdentityCommand.OffboardIdentity offboard) => Told(identity.Offboard(context.Now), "identity.offboarding", offboard.Reason),
        (_, IdentityCommand.TransferOwnership transfer) => OwnerCommands.Transfer(identity, transfer, context),
        (_, IdentityCommand.OwnerDeparted departed) => OwnerCommands.Departed(identity, departed, context),
        (_, IdentityCommand.OwnerReturned returned) => OwnerCommands.Returned(identity, returned, context),
        (_, IdentityCommand.ReportRisk report) => RiskCommands.Report(identity, report, context),
        (_, IdentityCommand.ClearRisk clear) => Told(RiskRules.Clear(identity, clear.RiskKey, context.Now), "identity.risk-cleared", clear.Reason),
        (_, IdentityCommand.UseGrant use) => BreakGlassCommands.Use(identity, use, context),
        (_, IdentityCommand.CloseReview close) => BreakGlassCommands.Close(identity, close, context),
        (_, IdentityCommand.RequestException request) => ExceptionCommands.Request(identity, request, context),
        (_, IdentityCommand.ApproveException approve) => ExceptionCommands.Approve(identity, approve, context),
        (_, IdentityCommand.RejectException reject) => ExceptionCommands.Reject(identity, reject, context),
        (_, IdentityCommand.WithdrawExceptionApproval withdraw) => ExceptionCommands.Withdraw(identity, withdraw, context),
        (_, IdentityCommand.EndException end) => ExceptionCommands.End(identity, end, context),
        (_, IdentityCommand.ReviewException review) => ExceptionCommands.Review(identity, review, context),
        _ => new Refusal("UNKNOWN_COMMAND", $"There is no command '{command.GetType().Name}'.", "Use a newer server.", null),
    };

    /// <summary>Checks, decides and compiles a request, without doing it.</summary>
    public static Result<(DecisionRecord Record, IReadOnlyList<PlatformPlan> Plans)> Evaluate(Identity identity, Asked asked, CommandContext context)
    {
        if (asked.Entitlements.Count is 0 or > 20)
            return new Refusal("ENTITLEMENTS_REQUIRED", "Ask for 1 to 20 entitlements.", "Name what is needed, or split the request.", "entitlements");
        var normal = asked.Entitlements.Select(EntitlementRules.Normalize).ToArray();
        var refusal = normal.Select(result => result.Refusal).FirstOrDefault(refused => refused is not null)
            ?? (asked.Lifetime is { } time ? PolicyEngine.CheckLifetime(time) : null)
            ?? AskedRules.Check(asked)
            ?? asked.Entitlements.Select(entitlement => CheckBound(identity, entitlement.Platform, context)).FirstOrDefault(refused => refused is not null);
        if (refusal is not null)
            return refusal;
        var input = DecisionInputs.Of(identity, asked, [.. normal.Select(result => result.Value)], context);
        var decision = PolicyEngine.Decide(context.Policy.Set, input);
        IReadOnlyList<PlatformPlan> plans = decision.Outcome == DecisionOutcome.Deny ? [] : RequestPlans.Of(Beside(identity, asked), decision, context);
        return (new DecisionRecord(input, decision), plans);
    }

    // Standing access takes the place of what there was: the two never have to fit beside each other.
    private static Identity Beside(Identity identity, Asked asked) => asked.Lifetime is null ? identity with { Intent = Intent.Empty } : identity;

    /// <summary>The same, as far as the platforms can do it. What they cannot do is kept as a deny, with why.</summary>
    public static Result<(DecisionRecord Record, Refusal? Impossible)> JudgeOrKeep(Identity identity, Asked asked, CommandContext context)
    {
        var evaluated = Evaluate(identity, asked, context);
        if (evaluated.Refusal is { } refusal)
            return refusal;
        var (record, plans) = evaluated.Value;
        return RequestPlans.Settle(record, plans);
    }

    private static Result<Outcome> Register(IdentityCommand.RegisterIdentity register, CommandContext context) =>
        (KnownPlatforms(register.Profile.Bindings, context) ?? OwnerRules.CheckOwner(context.OwnerDeparture)) is { } refusal
            ? refusal
            : OwnerCommands.Registered(Identity.Register(context.IdentityId, register.Profile), context);

    private static Result<Outcome> Update(Identity identity, IdentityCommand.UpdateIdentity update, CommandContext context) =>
        (identity.CheckGeneration(update.ExpectedGeneration) ?? KnownPlatforms(update.Changes.Bindings ?? [], context)) is { } refusal
            ? refusal
            : Told(identity.Update(update.Changes), "identity.updated", "updated");

    private static Result<Outcome> Request(Identity identity, IdentityCommand.RequestAccess request, CommandContext context)
    {
        if (BreakGlassRules.CheckReason(request.BreakGlass, request.Reason) is { } unexplained)
            return unexplained;
        var decided = JudgeOrKeep(identity, Asked.Of(request), context);
        if (decided.Refusal is { } refusal)
            return refusal;
        var (record, impossible) = decided.Value;
        if (impossible is not null)
            return new Outcome(identity, "grant.request-denied", request.Reason) { Record = record, Refused = impossible };
        var asked = new AccessRequest(context.Actor, request.Reason, request.Entitlements, request.Lifetime, context.Now) { Ticket = request.Ticket, BreakGlass = request.BreakGlass, Evidence = request.Evidence, Subject = context.Subject };
        var grant = Grant.From(context.NewGrantId, asked, record.Decision);
        return grant is PendingApprovalGrant pending ? ApprovalRules.Ask(identity, pending, record, context) : Told(identity.Add(grant), "grant.requested", request.Reason, grant.Id, record);
    }

    private static Result<Outcome> Renew(Identity identity, IdentityCommand.RenewGrant renew, CommandContext context)
    {
        if (identity.Grants.FirstOrDefault(grant => grant.Id == renew.GrantId) is not ActiveGrant active)
            return new Refusal("NOT_ACTIVE", "Only a grant that is active can be renewed.", "Request access anew.", "grantId");
        if (ApprovalRules.CheckRenewal(active) is { } approved)
            return approved;
        if (active.Request.BreakGlass)
            return new Refusal("BREAK_GLASS_NOT_RENEWED", "Emergency access is not renewed.", "Ask for it again, with the reason that it has now.", "grantId");
        var asked = Asked.Renewed(active, renew, context.Now);
        var decided = JudgeOrKeep(identity, asked, context);
        if (decided.Refusal is { } refusal)
            return refusal;
        var (record, impossible) = decided.Value;
        var decision = record.Decision;
        return decision.Outcome is DecisionOutcome.Deny or DecisionOutcome.RequireApproval || !EntitlementRules.AreSame(decision.Entitlements, active.Entitlements)
            ? new Outcome(identity, "grant.renewal-denied", renew.Reason, renew.GrantId)
            {
                Record = record,
                Refused = impossible is not null ? impossible
                    : decision.Outcome == DecisionOutcome.RequireApproval
                    ? ApprovalRules.RenewalNeedsApproval
                    : new("DENIED_BY_POLICY", string.Join(' ', decision.Reasons), "Request what policy permits now.", "grantId"),
            }
            : Told(identity.Renew(renew.GrantId, decision, asked.Evidence, context.Actor, context.Now), "grant.renewed", renew.Reason, renew.GrantId, record);
    }

    private static Refusal? KnownPlatforms(IReadOnlyList<Binding> bindings, CommandContext context) =>
        bindings
            .Select(binding => CheckBinding(context.Platforms.Find(binding.Platform), binding))
            .FirstOrDefault(refusal => refusal is not null);

    private static Refusal? CheckBinding(Result<IPlatformConnector> found, Binding binding) => found.Refusal ?? found.Value.CheckBinding(binding);

    private static Refusal? CheckBound(Identity identity, string platform, CommandContext context) =>
        context.Platforms.Find(platform).Refusal
        ?? (identity.Profile.Bindings.Any(binding => binding.Platform == platform)
            ? null
            : new Refusal("NOT_BOUND", $"The identity has no principal on {platform}.", "Add a binding with 'updateIdentity'.", "entitlements"));

    private static Result<Outcome> Told(Result<Identity> next, string action, string why, string? grantId = null, DecisionRecord? record = null) =>
        next.Refusal is { } refusal ? refusal : new Outcome(next.Value, action, why, grantId) { Record = record };
}
