using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Exceptions;

/// <summary>Exceptions in the life of their identity.</summary>
public static class ExceptionRules
{
    /// <summary>Those that are over and still shown; older ones are history, which the audit log has.</summary>
    public const int MaxEnded = 20;

    /// <summary>Of one exception, that are still shown.</summary>
    public const int MaxReviews = 20;

    /// <summary>
    /// What decisions by a set are told: none that waits, none after its end, whether or not anybody was there to end it, none that was
    /// agreed to for what the identity is no more, and of each only the rules that are still what they were when people agreed to lift them.
    /// </summary>
    public static IReadOnlyList<ExceptionFact> FactsAt(Identity identity, PolicySet set, DateTimeOffset now) =>
    [
        .. identity.Exceptions.Where(exception => exception.IsInForce(now) && !IsOfAnother(exception, identity.Profile))
            .Select(exception => new ExceptionFact(exception.Name, ExceptionPlan.Lifted(exception, set), exception.Entitlements, exception.EndsAt ?? now))
            .Where(fact => fact.Rules.Count > 0),
    ];

    /// <summary>Ends those that lift nothing under a set, since all of their rules are other ones there. The same value when there are none.</summary>
    public static Identity EndChanged(this Identity identity, PolicySet set, string by, DateTimeOffset now) =>
        identity.EndThose(exception => IsChanged(exception, set, now), new(OtherRules, by, now));

    /// <summary>
    /// Ends those that people agreed to for another kind, owner, environment or other tags than the identity has now. It is not only that
    /// they lift nothing meanwhile: who changes it back has not asked anybody. The same value when there are none.
    /// </summary>
    public static Identity EndThoseOfAnother(this Identity identity, string by, DateTimeOffset now)
    {
        bool IsOfOther(PolicyException exception) => exception.IsInForce(now) && IsOfAnother(exception, identity.Profile);
        return identity.EndThose(IsOfOther, new("the identity is not the one any more that people agreed to it for", by, now));
    }

    /// <summary>The same, before it is done.</summary>
    public static IEnumerable<PolicyFinding> WouldEnd(Identity identity, PolicySet set, DateTimeOffset now) =>
        identity.Exceptions.Where(exception => IsChanged(exception, set, now)).Select(exception => new PolicyFinding(identity.Id, identity.Profile.Owner, exception.Name, PolicyFindingKind.ExceptionEnded, [], [$"Exception '{exception.Name}': {OtherRules}."]));

    private const string OtherRules = "its rules are not those any more that people agreed to lift";

    private static bool IsChanged(PolicyException exception, PolicySet set, DateTimeOffset now) => exception.IsInForce(now) && ExceptionPlan.Lifted(exception, set).Count == 0;

    /// <summary>When one of them changes by itself.</summary>
    public static IEnumerable<DateTimeOffset> Dues(Identity identity) => identity.Exceptions.Select(exception => exception.DueAt).OfType<DateTimeOffset>();

    /// <summary>Ends what has come to its end, and what nobody has answered. The same value when nothing has.</summary>
    public static Identity ExpireExceptions(this Identity identity, DateTimeOffset now) => identity.Exceptions.Any(exception => exception.DueAt <= now)
        ? WithoutHistory(identity with { Exceptions = [.. identity.Exceptions.Select(exception => exception.DueAt <= now ? Expired(exception, now) : exception)] })
        : identity;

    /// <summary>
    /// Ends an exception before its time, or the wait for it. What was granted by a decision that it made possible begins to be revoked
    /// in the same step.
    /// </summary>
    /// <param name="asOperator">Whether whoever asks may do so for any identity.</param>
    public static Result<Identity> End(Identity identity, string name, string why, string by, bool asOperator, DateTimeOffset now)
    {
        if (identity.Exceptions.FirstOrDefault(known => known.Name == name) is not { } exception)
            return ExceptionRefusals.Unknown;
        if (!asOperator && by != identity.Profile.Owner.Person && !exception.Ballot.Excluded.Contains(by, StringComparer.Ordinal) && !exception.Approvals.Any(approval => approval.Approver == by))
            return ExceptionRefusals.NotYours;
        if (!exception.IsOpen)
            return identity;
        if (exception.Status == ExceptionStatus.Pending)
            return identity.With(exception.Over(ExceptionStatus.Denied, new(why, by, now)));
        return Without(identity.With(exception.Over(ExceptionStatus.Ended, new(why, by, now))), name, now);
    }

    /// <summary>Everything that is open: its identity is leaving.</summary>
    public static Identity EndAll(this Identity identity, string why, DateTimeOffset now) => identity.Exceptions.Any(exception => exception.IsOpen)
        ? WithoutHistory(identity with
        {
            Exceptions = [.. identity.Exceptions.Select(exception => !exception.IsOpen ? exception
                : exception.Over(exception.Status == ExceptionStatus.Pending ? ExceptionStatus.Denied : ExceptionStatus.Ended, new(why, Agents.System, now)))],
        })
        : identity;

    /// <summary>Somebody of the approvers' groups, in their own right, has looked at what is in force.</summary>
    public static Result<Identity> Review(Identity identity, string name, string note, Voter voter, Electorate electorate)
    {
        if (identity.Exceptions.FirstOrDefault(known => known.Name == name) is not { } exception)
            return ExceptionRefusals.Unknown;
        if (!exception.IsInForce(electorate.Now))
            return ExceptionRefusals.NotInForce(exception);
        if (voter.IsAgent || Agents.Are(voter.Name))
            return new Refusal("AGENT_CANNOT_REVIEW", "Only people can review, with a token of their own.", "Let a person do it.");
        if (exception.Ballot.Excluded.Contains(voter.Name, StringComparer.Ordinal))
            return new Refusal("REQUESTER_CANNOT_REVIEW", "Whoever asked for an exception, or acted for the identity, cannot review it.", "Let somebody else do it.");
        if (!exception.Ballot.Requirement.Seats.Any(seats => electorate.IsAmong(voter.Name, seats)))
            return BallotRefusals.NotAnApprover(exception.Ballot.Requirement, electorate);
        if (string.IsNullOrWhiteSpace(note))
            return ExceptionRefusals.NoteRequired;
        return identity.With(exception with { Reviews = [.. exception.Reviews.Append(new(voter.Name, electorate.Now, note)).TakeLast(MaxReviews)] });
    }

    internal static Refusal? CheckStatus(Identity identity) => identity.Status is IdentityStatus.Active or IdentityStatus.Suspended
        ? null
        : new("WRONG_STATUS", $"The identity is {identity.Status} and can have no exceptions.", "Look at its status first.", "id");

    internal static Identity With(this Identity identity, PolicyException exception) =>
        WithoutHistory(identity with { Exceptions = [.. identity.Exceptions.Select(known => known.Name == exception.Name ? exception : known)] });

    internal static PolicyException Over(this PolicyException exception, ExceptionStatus status, ExceptionEnd end) => exception with { Status = status, Ended = end };

    private static bool IsOfAnother(PolicyException exception, IdentityProfile profile) =>
        exception.ProfileDigest is { } agreed && agreed != profile.DigestOfWhatIsSaid();

    private static Identity EndThose(this Identity identity, Func<PolicyException, bool> which, ExceptionEnd end) => identity.Exceptions.Any(which)
        ? WithoutHistory(identity with { Exceptions = [.. identity.Exceptions.Select(exception => which(exception) ? exception.Over(ExceptionStatus.Ended, end) : exception)] })
        : identity;

    // As if somebody had been there at that very moment.
    private static PolicyException Expired(PolicyException exception, DateTimeOffset now) => exception.Status == ExceptionStatus.Pending
        ? exception.Over(ExceptionStatus.Unanswered, new("nobody answered in time", Agents.System, now))
        : exception.Over(ExceptionStatus.Ended, new("its time was over", Agents.System, now));

    private static Identity Without(Identity identity, string name, DateTimeOffset now) => identity.Grants.Any(grant => Rests(grant, name))
        ? (identity with
        {
            Grants = [.. identity.Grants.Select(grant => grant is ActiveGrant active && Rests(grant, name)
                ? active.BeginRevocation(RevocationReason.PolicyChanged, now) with { Failure = $"The exception '{name}' was ended." }
                : grant)],
        }).AsNextGeneration()
        : identity;

    private static bool Rests(Grant grant, string name) => grant is ActiveGrant && grant.Decision.Exceptions.Contains(name, StringComparer.Ordinal);

    private static Identity WithoutHistory(Identity identity)
    {
        var old = identity.Exceptions.Where(exception => !exception.IsOpen).OrderBy(exception => exception.Ended?.At).SkipLast(MaxEnded).ToHashSet();
        return old.Count == 0 ? identity : identity with { Exceptions = [.. identity.Exceptions.Where(exception => !old.Contains(exception))] };
    }
}
