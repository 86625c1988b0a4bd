namespace NhiGrains.Domain.Approvals;

/// <summary>Why an answer does not count.</summary>
internal static class BallotRefusals
{
    public static Refusal Excluded { get; } = new(
        "REQUESTER_CANNOT_APPROVE", "Whoever asked for it, or acted for the identity, cannot approve it, nor can anybody in their place.",
        "Let somebody else answer; whoever asked can take the request back.");

    public static Refusal TooMany { get; } = new(
        "TOO_MANY_APPROVALS", $"The request has {Ballot.MaxApprovals} approvals.", "Have those withdrawn that do not count any more.");

    public static Refusal NoOpenSeat { get; } = new(
        "NO_OPEN_SEAT", "The seats that you could fill are filled already.", "Others have to answer; look at 'waitingFor'.");

    public static Refusal NothingToWithdraw { get; } = new(
        "NOTHING_TO_WITHDRAW", "There is no approval of yours.", "Look at 'approvals'; reject the request if you do not want it.");

    public static Refusal PlanChanged(string digest) => new(
        "PLAN_CHANGED", $"The plan is another one than what you have seen: its digest is {digest} now.", "Read it again, and decide anew.", "planDigest");

    public static Refusal AlreadyApproved(Approval earlier) => new(
        "ALREADY_APPROVED", earlier.OnBehalfOf is { } other ? $"{earlier.Approver} has approved in the place of {other}: everybody counts once." : $"{earlier.Approver} has approved: everybody counts once.",
        "Nothing is to be done; to answer otherwise, withdraw the earlier approval first.");

    public static Refusal CountAsOne(Approval other) => new(
        "COUNTS_AS_ONE", $"Of you and {string.Join(" and ", other.People)} one acts in the other's place at the moment, and one has approved already.",
        "Let somebody else answer, or end the delegation.");

    public static Refusal NotAnApprover(ApprovalRequirement requirement, Electorate electorate) => new(
        "NOT_AN_APPROVER", $"Only members of {string.Join(", ", requirement.Seats.SelectMany(seats => seats.Groups).Select(electorate.Named).Distinct(StringComparer.Ordinal))}, or whom they have delegated to, can answer.",
        "Let one of them answer.");

    public static Refusal? CheckOpen(Ballot ballot, Voter voter, DateTimeOffset now) =>
        voter.IsAgent || Agents.Are(voter.Name)
            ? new("AGENT_CANNOT_APPROVE", "Only people can approve or reject, with a token of their own.", "Let a person answer.")
            : now >= ballot.AnswerBy
                ? new("ANSWERED_TOO_LATE", $"It could be answered until {Canonical.Instant(ballot.AnswerBy)}.", "Have it requested anew.")
                : null;
}
