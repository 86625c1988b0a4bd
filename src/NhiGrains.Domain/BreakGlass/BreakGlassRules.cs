using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.BreakGlass;

/// <summary>Emergency access and the reviews that it owes, in the life of an identity. None of it changes what is wanted on a platform.</summary>
public static class BreakGlassRules
{
    /// <summary>Open ones are never dropped, so that there have to be fewer: emergencies that nobody looks at are no emergencies.</summary>
    public const int MaxOpen = 100;

    /// <summary>Closed ones that are still shown; older ones are history, which the audit log has.</summary>
    public const int MaxClosed = 20;

    /// <summary>Who may not close one review; beyond that nobody is handed a credential while its emergency lasts.</summary>
    public const int MaxExcluded = 100;

    /// <summary>Credentials of grants that are no emergency and that are not over, each for a person and a grant.</summary>
    public const int MaxHolders = 300;

    /// <summary>In UTF-16 code units.</summary>
    public const int MaxFinding = 1_000;

    /// <summary>Whoever reviews it afterwards has to know what it was for.</summary>
    public static Refusal? CheckReason(bool breakGlass, string reason) => breakGlass && string.IsNullOrWhiteSpace(reason)
        ? new("REASON_REQUIRED", "Emergency access needs a reason, which is told to everybody and reviewed.", "Say what the emergency is.", "reason")
        : null;

    /// <summary>Whether the review of a grant can be opened: for one that was no emergency there is none.</summary>
    public static Refusal? CheckOpening(Identity identity, Grant grant)
    {
        if (grant is not ActiveGrant { Request.BreakGlass: true })
            return null;
        if (grant.Decision.Review is not { Groups.Count: > 0 })
            return new("NO_REVIEWERS", "Policy permits this emergency access and names nobody who could review it.", "Have the policy name who reviews it.", "breakGlass");
        return identity.Reviews.Count(review => review.IsOpen) >= MaxOpen
            ? new("TOO_MANY_UNREVIEWED", $"{MaxOpen} emergencies of the identity are not reviewed.", "Have reviews closed with 'closeBreakGlassReview'.", "breakGlass")
            : null;
    }

    /// <summary>The identity with the review that a grant owes from now on. The same value when it owes none.</summary>
    public static Identity Opened(this Identity identity, Grant grant) =>
        grant is not ActiveGrant { Request: { BreakGlass: true } request, Decision.Review: { } terms } active ? identity : identity with
        {
            Reviews =
            [
                .. identity.Reviews,
                new(active.Id, request.RequestedBy, request.Reason, active.Since, active.Since + terms.Within, terms.Groups)
                {
                    AndGroups = terms.AndGroups,
                    Excluded =
                    [
                        .. (request.Subject is { } subject ? [request.RequestedBy, subject] : (string[])[request.RequestedBy])
                            .Concat(identity.HoldersAt(active.Since).Select(holder => holder.Person))
                            .Distinct(StringComparer.Ordinal),
                    ],
                },
            ],
        };

    /// <summary>
    /// Somebody is about to be handed a credential, with which they are the identity with all that it has: from now on they cannot close
    /// the review of any emergency access that can work, whichever grant the credential is for, nor of one that begins while it lasts. The
    /// same value when that is so already, and when an identity draws one of an ordinary grant by itself.
    /// </summary>
    /// <param name="grantId">For which it is handed out.</param>
    /// <param name="subject">Whose token it is, when it acts as or for an identity and names somebody besides.</param>
    public static Result<Identity> Use(Identity identity, string grantId, string by, string? subject, DateTimeOffset now)
    {
        string[] users = subject is null ? [by] : [by, subject];
        string[] people = [.. users.Where(user => !Agents.Are(user))];
        var (next, isEmergency) = (identity, false);
        foreach (var grant in identity.Grants.Where(grant => grant.Request.BreakGlass && (grant.Id == grantId || Holders.CanWork(grant, now))))
        {
            // What an identity draws of its own emergency access is told, too.
            var used = grant.Id == grantId ? UseOf(next, grant.Id, users) : UseOf(next, grant.Id, people);
            if (used.Refusal is not null)
                return used;
            (next, isEmergency) = (used.Value, isEmergency || grant.Id == grantId);
        }

        // An emergency is not locked out by credentials of other grants; who is handed one of its own is bounded by its review.
        return next.Holding([.. people.Select(person => new CredentialHolder(person, grantId))], isEmergency ? int.MaxValue : MaxHolders, now);
    }

    private static Result<Identity> UseOf(Identity identity, string grantId, string[] by)
    {
        if (by.Length == 0)
            return identity;
        // One that is closed may be history by now; then nobody knows who closed it.
        if (identity.Reviews.FirstOrDefault(review => review.GrantId == grantId) is not { } review)
            return new Refusal("UNKNOWN_REVIEW", $"The review of the emergency access '{grantId}' is history.", "Ask for emergency access anew.", "grantId");
        string[] users = [.. review.Excluded.Concat(by).Distinct(StringComparer.Ordinal)];
        if (review.Closed is { } closed && by.Contains(closed.By, StringComparer.Ordinal))
            return new Refusal("REVIEWER_CANNOT_USE", $"'{closed.By}' has reviewed the emergency access '{grantId}', which a credential of the identity can use, and so is handed none.", "Let somebody else use it, or wait until it is gone.", "grantId");
        if (users.Length == review.Excluded.Count)
            return identity;
        return users.Length > MaxExcluded
            ? new Refusal("TOO_MANY_USERS", $"{MaxExcluded} can have used the emergency access '{grantId}'.", "Let one of them use it, or ask for emergency access anew.", "grantId")
            : identity with { Reviews = [.. identity.Reviews.Select(other => other == review ? review with { Excluded = users } : other)] };
    }

    /// <summary>When the next review that is open and not told of yet is to be told of as overdue; null when there is none.</summary>
    public static DateTimeOffset? EscalationOf(Identity identity) =>
        identity.Reviews.Where(review => review is { IsOpen: true, EscalatedAt: null }).Min(review => (DateTimeOffset?)review.ReviewBy);

    /// <summary>Marks what nobody has reviewed in time. The same value when there is nothing new.</summary>
    public static Identity Escalate(this Identity identity, DateTimeOffset now) => EscalationOf(identity) <= now
        ? identity with
        {
            Reviews = [.. identity.Reviews.Select(review => review is { EscalatedAt: null } && review.IsOverdue(now) ? review with { EscalatedAt = now } : review)],
        }
        : identity;

    public static IEnumerable<BreakGlassReview> Overdue(Identity identity, DateTimeOffset now) => identity.Reviews.Where(review => review.IsOverdue(now));

    /// <summary>
    /// Somebody else says what they found. They sit in one of the groups in their own right: a delegation hands on no review, so that
    /// nobody can have their own emergency looked at by whom they have chosen for it.
    /// </summary>
    public static Result<Identity> Close(Identity identity, string grantId, Voter voter, string finding, bool justified, Electorate electorate)
    {
        if (identity.Reviews.FirstOrDefault(review => review.GrantId == grantId) is not { } review)
            return new Refusal("UNKNOWN_REVIEW", "The identity has no such review.", "Look at the query 'breakGlassReviews'.", "grantId");
        if (Check(review, voter, finding, electorate) is { } refusal)
            return refusal;
        var closed = review with { Closed = new(voter.Name, electorate.Now, finding, justified) };
        return WithoutHistory(identity with { Reviews = [.. identity.Reviews.Where(other => other != review), closed] }, electorate.Now);
    }

    private static Refusal? Check(BreakGlassReview review, Voter voter, string finding, Electorate electorate) =>
        voter.IsAgent || Agents.Are(voter.Name)
            ? new("AGENT_CANNOT_REVIEW", "Only people can review, with a token of their own.", "Let a person close it.")
        : review.Excluded.Contains(voter.Name, StringComparer.Ordinal)
            ? new("USER_CANNOT_REVIEW", "Whoever used emergency access, or acted for the identity, cannot review it.", "Let somebody else of the groups close it.")
        : !review.EachGroups.All(groups => groups.Any(group => electorate.Directory.IsMember(voter.Name, electorate.Named(group))))
            ? new("NOT_A_REVIEWER", $"Only members of {string.Join(", and of ", review.EachGroups.Select(groups => string.Join(", ", groups.Select(electorate.Named))))} can close it, each in their own right.", "Let one of them close it.")
        : review.Closed is { } earlier
            ? new("REVIEW_CLOSED", $"{earlier.By} has closed it.", "Nothing is to be done.", "grantId")
        : string.IsNullOrWhiteSpace(finding)
            ? new("FINDING_REQUIRED", "A review says what was found.", "Say what was done with the access, and whether that was right.", "finding")
        : finding.Length > MaxFinding
            ? new("FINDING_TOO_LONG", $"A finding has at most {MaxFinding} characters.", "Shorten it, or refer to a ticket.", "finding")
        : null;

    // Who has closed the review of access that can still work is known until it is gone.
    private static Identity WithoutHistory(Identity identity, DateTimeOffset now)
    {
        var works = identity.Grants.Where(grant => Holders.CanWork(grant, now)).Select(grant => grant.Id).ToHashSet(StringComparer.Ordinal);
        var old = identity.Reviews.Where(review => !review.IsOpen && !works.Contains(review.GrantId)).OrderBy(review => review.Closed?.At).SkipLast(MaxClosed).ToHashSet();
        return old.Count == 0 ? identity : identity with { Reviews = [.. identity.Reviews.Where(review => !old.Contains(review))] };
    }
}
