using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Exceptions;

/// <summary>What an answer has led to.</summary>
/// <param name="Refused">The answer did not count. What was found on the way is in the identity all the same.</param>
public sealed record ExceptionAnswer(Identity Identity, Refusal? Refused = null);

/// <summary>
/// The vote on an exception (promise 10). The terms are looked up again at every answer: what comes into force was agreed to under
/// the policy of just then.
/// </summary>
public static class ExceptionVotes
{
    public static Result<ExceptionAnswer> Approve(Identity identity, string name, string planDigest, string comment, Voter voter, Electorate electorate, PolicySet set)
    {
        if (ExceptionRules.CheckStatus(identity) is { } inactive)
            return inactive;
        var found = Pending(identity, name);
        if (found.Refusal is { } refusal)
            return refusal;
        var exception = found.Value;
        if (exception.Ballot.MayAnswer(voter, electorate).Refusal is { Code: "AGENT_CANNOT_APPROVE" or "ANSWERED_TOO_LATE" } never)
            return never;
        if (OwnerRules.CheckAsker(electorate.Directory.DepartureOf(exception.Asker)) is { } departed)
            return new ExceptionAnswer(identity.With(WithoutAsker(exception, electorate.Now)), departed);
        var terms = ExceptionPlan.Terms(set, exception.Rules);
        if ((terms.Refusal ?? (exception.Lifetime > terms.Value.MaxLifetime ? ExceptionRefusals.TooLong(terms.Value.MaxLifetime) : null)) is { } gone)
            return new ExceptionAnswer(identity.With(exception.Over(ExceptionStatus.Denied, new(gone.Message, Agents.System, electorate.Now))), gone);
        var digest = ExceptionPlan.DigestOf(identity, exception, terms.Value, CompiledPolicy.Of(set).Version);
        if (digest != exception.Ballot.Digest)
            return new ExceptionAnswer(identity.With(Reopened(exception, terms.Value, digest, electorate.Now)), PlanChanged(digest));
        var voted = exception.Ballot.Answer(voter, planDigest, comment, electorate);
        return voted.Refusal is { } no ? no : new ExceptionAnswer(identity.With(Counted(exception with { Ballot = voted.Value }, identity.Profile, electorate, set)));
    }

    /// <summary>Denies what somebody asked for who has departed, and what still waits. The same value when there is none.</summary>
    public static Identity WithoutRequestsOf(this Identity identity, string person, DateTimeOffset now) => identity.Exceptions
        .Where(exception => exception.Status == ExceptionStatus.Pending && exception.Asker == person)
        .Aggregate(identity, (next, exception) => next.With(WithoutAsker(exception, now)));

    public static Result<Identity> Reject(Identity identity, string name, string comment, Voter voter, Electorate electorate)
    {
        var found = Pending(identity, name);
        if (found.Refusal is { } refusal)
            return refusal;
        var seat = found.Value.Ballot.MayReject(voter, electorate);
        return seat.Refusal is { } no
            ? no
            : identity.With(found.Value.Over(ExceptionStatus.Denied, new(comment, voter.Name, electorate.Now) { OnBehalfOf = seat.Value }));
    }

    public static Result<Identity> Withdraw(Identity identity, string name, string approver, DateTimeOffset now)
    {
        var found = Pending(identity, name);
        if (found.Refusal is { } refusal)
            return refusal;
        var left = found.Value.Ballot.Withdraw(approver, now);
        return left.Refusal is { } nothing ? nothing : identity.With(found.Value with { Ballot = left.Value });
    }

    private static PolicyException Counted(PolicyException exception, IdentityProfile profile, Electorate electorate, PolicySet set)
    {
        var quorum = exception.Ballot.Count(electorate);
        return !quorum.IsMet ? exception : exception with
        {
            Status = ExceptionStatus.InForce,
            Approvals = quorum.Approvals,
            RuleDigests = ExceptionPlan.DigestsOf(set, exception.Rules),
            ProfileDigest = profile.DigestOfWhatIsSaid(),
            Since = electorate.Now,
            EndsAt = electorate.Now + exception.Lifetime,
        };
    }

    private static PolicyException WithoutAsker(PolicyException exception, DateTimeOffset now) =>
        exception.Over(ExceptionStatus.Denied, new(OwnerRules.AskerHasDeparted(exception.Asker), Agents.System, now));

    private static PolicyException Reopened(PolicyException exception, ExceptionTerms terms, string digest, DateTimeOffset now) =>
        exception with { Ballot = exception.Ballot.Reopen(terms.Approval, digest, VoidReason.PlanChanged, now) };

    private static Result<PolicyException> Pending(Identity identity, string name) => identity.Exceptions.FirstOrDefault(known => known.Name == name) switch
    {
        null => ExceptionRefusals.Unknown,
        { Status: ExceptionStatus.Pending } pending => pending,
        var answered => ExceptionRefusals.NotPending(answered),
    };

    private static Refusal PlanChanged(string digest) => new(
        "PLAN_CHANGED", $"The policy has changed since it was approved or seen: the digest is {digest} now, and earlier approvals are void.", "Read it again, and decide anew.", "planDigest");
}
