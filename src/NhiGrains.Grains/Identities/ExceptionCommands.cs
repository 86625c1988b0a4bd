using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Exceptions;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Grains.Identities;

/// <summary>The commands about exceptions from policy: pure. What they mean is in <see cref="ExceptionRules"/> and its like.</summary>
internal static class ExceptionCommands
{
    public static Result<Outcome> Request(Identity identity, IdentityCommand.RequestException request, CommandContext context) => Told(
        ExceptionRequests.Request(
            identity, new(request.Name, request.Rules, request.Entitlements, request.Lifetime, request.Justification), context.Actor, context.Subject, context.Policy.Set, context.Now),
        "exception.requested", request.Justification);

    public static Result<Outcome> Approve(Identity identity, IdentityCommand.ApproveException approve, CommandContext context)
    {
        var answer = ExceptionVotes.Approve(
            identity, approve.Name, approve.PlanDigest, approve.Comment, VoterOf(context, approve.InPlaceOf), ElectorateOf(identity, context), context.Policy.Set);
        return answer.Refusal is { } refusal
            ? refusal
            : new Outcome(answer.Value.Identity, "exception.approved", answer.Value.Refused?.Message ?? approve.Comment) { Refused = answer.Value.Refused };
    }

    public static Result<Outcome> Reject(Identity identity, IdentityCommand.RejectException reject, CommandContext context) => Told(
        ExceptionVotes.Reject(identity, reject.Name, reject.Comment, VoterOf(context, reject.InPlaceOf), ElectorateOf(identity, context)), "exception.rejected", reject.Comment);

    public static Result<Outcome> Withdraw(Identity identity, IdentityCommand.WithdrawExceptionApproval withdraw, CommandContext context) => Told(
        ExceptionVotes.Withdraw(identity, withdraw.Name, context.Actor, context.Now), "exception.approval-withdrawn", withdraw.Comment);

    public static Result<Outcome> End(Identity identity, IdentityCommand.EndException end, CommandContext context) => Told(
        ExceptionRules.End(identity, end.Name, end.Why, context.Actor, end.AsOperator, context.Now), "exception.ended", end.Why);

    public static Result<Outcome> Review(Identity identity, IdentityCommand.ReviewException review, CommandContext context) => Told(
        ExceptionRules.Review(identity, review.Name, review.Note, VoterOf(context, inPlaceOf: null), ElectorateOf(identity, context)), "exception.reviewed", review.Note);

    private static Result<Outcome> Told(Result<Identity> next, string action, string why) =>
        next.Refusal is { } refusal ? refusal : new Outcome(next.Value, action, why);

    private static Voter VoterOf(CommandContext context, string? inPlaceOf) => new(context.Actor, context.IsAgent, inPlaceOf);

    private static Electorate ElectorateOf(Identity identity, CommandContext context) => new(context.People, identity.Profile.Owner.Team, context.Now);
}

/// <summary>What to tell of exceptions that have changed. Those that are dropped have been told of long before.</summary>
internal sealed record ExceptionChange(string Action, string? Before, string After, Dictionary<string, string> Details)
{
    public static IEnumerable<ExceptionChange> Between(Identity? before, Identity after)
    {
        foreach (var exception in after.Exceptions)
        {
            var old = before?.Exceptions.FirstOrDefault(known => known.Name == exception.Name);
            if (!ReferenceEquals(old, exception))
            {
                yield return new(
                    ExceptionDetails.ActionOf(old, exception), old is null ? null : Canonical.Digest(old), Canonical.Digest(exception),
                    ExceptionDetails.Of(old, exception, after.Profile.Owner.Team));
            }
        }
    }
}
