using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Identities;

/// <summary>
/// Requests that wait for approvers (promise 10): pure. Every approval decides the request anew with what holds at that moment, so
/// what becomes active was permitted just then, and agreed to exactly as it is.
/// </summary>
internal static class ApprovalRules
{
    public static Refusal RenewalNeedsApproval { get; } = new(
        "APPROVAL_REQUIRED", "What needed an approval is not renewed without a new one.", "Request access anew with 'requestAccess'.", "grantId");

    /// <summary>Whether it matters for a command who is in which group.</summary>
    public static bool Asks(IdentityCommand command) => command is IdentityCommand.ApproveGrant or IdentityCommand.RejectGrant
        or IdentityCommand.CloseReview or IdentityCommand.ApproveException or IdentityCommand.RejectException or IdentityCommand.ReviewException;

    /// <summary>Whether anything of it waits for people: access, or an exception.</summary>
    public static bool IsWaiting(Identity? identity) => identity?.Grants.Any(grant => grant is PendingApprovalGrant) == true || AskersForExceptions(identity).Length > 0;

    public static Refusal? CheckRenewal(ActiveGrant active) =>
        active.MeanwhileOf is not null ? new("NOT_RENEWABLE", "It lasts until the request that it bridges is answered.", "Request access anew with 'requestAccess'.", "grantId")
        : active.Decision.Outcome == DecisionOutcome.RequireApproval ? RenewalNeedsApproval
        : null;

    public static Result<Outcome> Ask(Identity identity, PendingApprovalGrant pending, DecisionRecord record, CommandContext context)
    {
        var opened = Reconsiderations.Open(identity, pending, context);
        if (opened.Refusal is { } refusal)
            return refusal;
        var next = identity.AddRequest(opened.Value, context.MeanwhileGrantId);
        return next.Refusal is { } full ? full : new Outcome(next.Value, "grant.requested", pending.Request.Reason, pending.Id) { Record = record };
    }

    public static Result<Outcome> Approve(Identity identity, IdentityCommand.ApproveGrant approve, CommandContext context)
    {
        var found = Find(identity, approve.GrantId);
        if (found.Refusal is { } refusal)
            return refusal;
        if (Reconsiderations.CheckActive(identity) is { } inactive)
            return inactive;
        var (pending, ballot) = found.Value;
        var voter = VoterOf(context, approve.InPlaceOf);
        if (ballot.MayAnswer(voter, ElectorateOf(identity, context)).Refusal is { Code: "AGENT_CANNOT_APPROVE" } agent)
            return agent;
        if (context.People.Departed.ContainsKey(AskerOf(pending)))
            return new Outcome(WithoutRequest(identity, pending, context.Now), "grant.reconsidered", OwnerRules.AskerHasDeparted(AskerOf(pending)), pending.Id);
        var anew = Reconsiderations.Of(identity, pending, context);
        if (anew.Refusal is { } impossible)
            return impossible;
        if (anew.Value.Refused is not null)
            return ballot.MayAnswer(voter, ElectorateOf(identity, context)).Refusal is { } stranger ? stranger : NotGranted(identity, anew.Value, approve);
        return ReferenceEquals(anew.Value.Grant, pending)
            ? Vote(identity, anew.Value, pending, ballot, voter, approve, context)
            : Found(identity, pending, anew.Value, context);
    }

    public static Result<Outcome> Reject(Identity identity, IdentityCommand.RejectGrant reject, CommandContext context)
    {
        var found = Find(identity, reject.GrantId);
        if (found.Refusal is { } refusal)
            return refusal;
        var (pending, ballot) = found.Value;
        var voter = VoterOf(context, reject.InPlaceOf);
        var seat = ballot.MayReject(voter, ElectorateOf(identity, context));
        return seat.Refusal is { } no
            ? no
            : Answered(identity, pending.Deny(new Rejection(voter.Name, seat.Value, reject.Comment, context.Now)), reject.Comment, context);
    }

    public static Result<Outcome> Withdraw(Identity identity, IdentityCommand.WithdrawApproval withdraw, CommandContext context)
    {
        var found = Find(identity, withdraw.GrantId);
        if (found.Refusal is { } refusal)
            return refusal;
        var (pending, ballot) = found.Value;
        var left = ballot.Withdraw(context.Actor, context.Now);
        return left.Refusal is { } nothing
            ? nothing
            : new Outcome(identity.Vote(pending with { Ballot = left.Value }), "grant.approval-withdrawn", withdraw.Comment, pending.Id);
    }

    /// <summary>Whoever may end a grant may end a request, too.</summary>
    public static Result<Outcome> TakeBack(Identity identity, PendingApprovalGrant pending, string reason, CommandContext context) =>
        Answered(identity, pending.Deny(new Rejection(context.Actor, OnBehalfOf: null, reason, context.Now)), reason, context);

    /// <summary>
    /// Every request that waits, decided anew although nobody answers. What somebody asked for who has departed is denied, and nothing is
    /// given in the name of somebody who may have. The same instance when nothing has changed.
    /// </summary>
    public static IdentityState Reconsider(IdentityState state, CommandContext context)
    {
        state = WithoutDeparted(state, context);
        foreach (var pending in state.Identity?.Grants.OfType<PendingApprovalGrant>() ?? [])
        {
            if (state.Identity is { Status: IdentityStatus.Active } identity
                && Reconsiderations.Of(identity, pending, context) is { IsOk: true } anew && !ReferenceEquals(anew.Value.Grant, pending)
                && (anew.Value.Grant is PendingApprovalGrant or DeniedGrant || IsHere(pending, context)))
            {
                var found = Found(identity, pending, anew.Value, context);
                state = state.With(found.Identity, new(Actors.System, found.Action, found.Why) { Record = found.Record }, context.Now);
            }
        }

        return state;
    }

    private static IdentityState WithoutDeparted(IdentityState state, CommandContext context)
    {
        foreach (var pending in state.Identity?.Grants.OfType<PendingApprovalGrant>().Where(pending => context.People.Departed.ContainsKey(AskerOf(pending))) ?? [])
        {
            if (state.Identity is { } identity)
                state = state.With(WithoutRequest(identity, pending, context.Now), new(Actors.System, "grant.reconsidered", OwnerRules.AskerHasDeparted(AskerOf(pending))), context.Now);
        }

        foreach (var asker in AskersForExceptions(state.Identity).Where(context.People.Departed.ContainsKey))
        {
            if (state.Identity is { } identity)
                state = state.With(identity.WithoutRequestsOf(asker, context.Now), new(Actors.System, "exception.denied", OwnerRules.AskerHasDeparted(asker)), context.Now);
        }

        return state;
    }

    private static string[] AskersForExceptions(Identity? identity) =>
        [.. (identity?.Exceptions ?? []).Where(exception => exception.Status == ExceptionStatus.Pending).Select(exception => exception.Asker).Distinct(StringComparer.Ordinal)];

    // An identity asks in nobody's name, and departs by being offboarded.
    private static bool IsHere(PendingApprovalGrant pending, CommandContext context) => context.KnowsPeople || Agents.Are(AskerOf(pending));

    private static Result<Outcome> Vote(
        Identity identity, JudgedRequest now, PendingApprovalGrant pending, Ballot ballot, Voter voter, IdentityCommand.ApproveGrant approve, CommandContext context)
    {
        var electorate = ElectorateOf(identity, context);
        var (digest, plan, record) = (approve.PlanDigest, pending, now.Record);
        if (approve.NarrowTo is { } narrower)
        {
            var narrowed = Narrowings.Of(identity, now, pending, ballot, voter, approve.PlanDigest, narrower, electorate, context);
            if (narrowed.Refusal is { } refusal)
                return refusal;
            if (narrowed.Value.Refused is not null)
                return NotGranted(identity, narrowed.Value, approve);
            if (narrowed.Value.Grant is not PendingApprovalGrant { Ballot: { } anew } smaller)
                return Answered(identity, narrowed.Value.Grant, approve.Comment, context) with { Record = narrowed.Value.Record };
            // Whoever narrows a plan has seen what is left of it; nobody else has.
            if (!ReferenceEquals(smaller, pending))
            {
                identity = WithoutOtherMeanwhile(identity, pending, smaller, context);
                (digest, plan, record, ballot) = (anew.Digest, smaller, narrowed.Value.Record, anew);
            }
        }

        var voted = ballot.Answer(voter, digest, approve.Comment, electorate);
        if (voted.Refusal is { } no)
            return no;
        // What is stored is what was decided just now; it says the same as what was voted on.
        plan = plan with { Ballot = voted.Value, Decision = record.Decision };
        var quorum = voted.Value.Count(electorate);
        return quorum.IsMet
            ? Answered(identity, plan.Approve(quorum, context.Now), approve.Comment, context) with { Record = record }
            : new Outcome(identity.Vote(plan), "grant.approval-given", approve.Comment, plan.Id) { Record = record };
    }

    // It waits as before: what a platform cannot do now it may be able to do within the time that approvers have.
    private static Outcome NotGranted(Identity identity, JudgedRequest judged, IdentityCommand.ApproveGrant approve) =>
        new(identity, "grant.approval-denied", approve.Comment, judged.Grant.Id) { Record = judged.Record, Refused = judged.Refused };

    // What has changed since is stored whatever becomes of the answer, so that it can be read before answering again.
    private static Outcome Found(Identity identity, PendingApprovalGrant pending, JudgedRequest anew, CommandContext context)
    {
        if (anew.Grant is not PendingApprovalGrant { Ballot: { } ballot } changed)
            return new(identity.Answer(anew.Grant, context.Now), "grant.reconsidered", "policy was asked again", pending.Id) { Record = anew.Record };
        var next = WithoutOtherMeanwhile(identity.Vote(changed), pending, changed, context);
        return new(next, "grant.plan-changed", "the plan changed", pending.Id) { Record = anew.Record, Refused = Reconsiderations.PlanChanged(ballot.Digest) };
    }

    // What is given until the answer was cut from what is asked for; it is not what is asked for any more.
    private static Identity WithoutOtherMeanwhile(Identity identity, PendingApprovalGrant before, PendingApprovalGrant after, CommandContext context) =>
        Canonical.Text(before.Decision.Meanwhile?.Entitlements) == Canonical.Text(after.Decision.Meanwhile?.Entitlements)
            ? identity
            : identity.EndMeanwhile(after.Id, context.Now);

    private static Identity WithoutRequest(Identity identity, PendingApprovalGrant pending, DateTimeOffset now) =>
        identity.Answer(pending.Deny(new Rejection(Actors.System, OnBehalfOf: null, OwnerRules.AskerHasDeparted(AskerOf(pending)), now)), now);

    private static string AskerOf(PendingApprovalGrant pending) => pending.Request.Subject ?? pending.Request.RequestedBy;

    private static Outcome Answered(Identity identity, Grant answered, string why, CommandContext context) =>
        new(identity.Answer(answered, context.Now), "grant.answered", why, answered.Id);

    private static Result<(PendingApprovalGrant Pending, Ballot Ballot)> Find(Identity identity, string grantId)
    {
        var pending = identity.Pending(grantId);
        if (pending.Refusal is { } refusal)
            return refusal;
        return pending.Value.Ballot is { } ballot ? (pending.Value, ballot) : Reconsiderations.NoApprovers;
    }

    private static Voter VoterOf(CommandContext context, string? inPlaceOf) => new(context.Actor, context.IsAgent, inPlaceOf);

    private static Electorate ElectorateOf(Identity identity, CommandContext context) => new(context.People, identity.Profile.Owner.Team, context.Now);
}
