namespace NhiGrains.Domain.Approvals;

/// <summary>
/// The vote on one plan (promise 10). It knows nothing of what the plan is about but its digest. Everything that can have changed
/// since a vote is looked at when the seats are counted, so a membership that was withdrawn since does not count.
/// </summary>
/// <param name="Digest">Of exactly what is voted on.</param>
/// <param name="Excluded">Who may neither approve nor be approved for: who asked, and whoever acted for the identity.</param>
/// <param name="AnswerBy">Silence until then is a no.</param>
public sealed record Ballot(ApprovalRequirement Requirement, string Digest, IReadOnlyList<string> Excluded, DateTimeOffset AnswerBy)
{
    /// <summary>Approvals that are kept at once, among them those that do not count at the moment.</summary>
    public const int MaxApprovals = 50;

    /// <summary>Voided ones that are still shown; older ones are history, which the audit log has.</summary>
    public const int MaxVoided = 20;

    /// <summary>In the order in which they were given.</summary>
    public IReadOnlyList<Approval> Approvals { get; init; } = [];

    public IReadOnlyList<VoidedApproval> Voided { get; init; } = [];

    /// <summary>How far the seats are filled now. Of approvals that count as one, the first counts.</summary>
    public Quorum Count(Electorate electorate)
    {
        var counted = new List<Approval>();
        foreach (var approval in Approvals.Where(approval => approval.PlanDigest == Digest && FillsAny(approval, electorate)))
        {
            if (!counted.Exists(other => electorate.AreOne(other, approval)))
                counted.Add(approval);
        }

        return Quorum.Of(Requirement, counted, (approval, seats) => Fills(approval, seats, electorate));
    }

    /// <summary>
    /// As <see cref="Approve"/>, but the ballot as it is when the quorum is met without the voter's help: somebody whose approval counted
    /// for nothing for a while is back in the group, and nobody else has to answer.
    /// </summary>
    public Result<Ballot> Answer(Voter voter, string planDigest, string comment, Electorate electorate) =>
        planDigest == Digest && Count(electorate).IsMet && MayAnswer(voter, electorate).IsOk ? this : Approve(voter, planDigest, comment, electorate);

    /// <summary>The ballot with one more approval, or why it does not count.</summary>
    public Result<Ballot> Approve(Voter voter, string planDigest, string comment, Electorate electorate)
    {
        if (BallotRefusals.CheckOpen(this, voter, electorate.Now) is { } closed)
            return closed;
        if (planDigest != Digest)
            return BallotRefusals.PlanChanged(Digest);
        var places = Places(voter, electorate);
        if (places.Refusal is { } refusal)
            return refusal;
        // Where they sit first may be filled already; then it is where they are still needed.
        var voted = places.Value.Select(place => In(place, voter, planDigest, comment, electorate)).ToArray();
        return voted.FirstOrDefault(result => result.IsOk, voted[0]);
    }

    private Result<Ballot> In(string? place, Voter voter, string planDigest, string comment, Electorate electorate)
    {
        var approval = new Approval(voter.Name, place, planDigest, comment, electorate.Now);
        var ballot = approval.OnBehalfOf is null ? WithoutDelegatesOf(voter.Name, electorate.Now) : this;
        ballot = ballot.WithoutIdle(approval, electorate);
        if (ballot.Approvals.FirstOrDefault(other => Overlap(other, approval)) is { } earlier)
            return BallotRefusals.AlreadyApproved(earlier);
        if (ballot.Approvals.Count >= MaxApprovals)
            return BallotRefusals.TooMany;
        var next = ballot with { Approvals = [.. ballot.Approvals, approval] };
        return next.Count(electorate).Filled > ballot.Count(electorate).Filled ? next
            : ballot.Approvals.FirstOrDefault(other => FillsAny(other, electorate) && electorate.AreOne(other, approval)) is { } one ? BallotRefusals.CountAsOne(one)
            : BallotRefusals.NoOpenSeat;
    }

    /// <summary>Whether somebody may answer at all: they could fill one of the seats, be it filled already or not.</summary>
    /// <returns>In whose place; null when in their own right.</returns>
    public Result<string?> MayAnswer(Voter voter, Electorate electorate)
    {
        if (BallotRefusals.CheckOpen(this, voter, electorate.Now) is { } closed)
            return closed;
        var places = Places(voter, electorate);
        return places.Refusal is { } refusal ? refusal : Result<string?>.Ok(places.Value[0]);
    }

    /// <summary>
    /// Whether somebody may say no: whoever sits in one of the groups, or acts for them, and did not ask for it. That who asked has made
    /// them a delegate keeps them from a yes and not from a no; otherwise who asks could silence whoever they like.
    /// </summary>
    /// <returns>In whose place; null when in their own right.</returns>
    public Result<string?> MayReject(Voter voter, Electorate electorate)
    {
        if (BallotRefusals.CheckOpen(this, voter, electorate.Now) is { } closed)
            return closed;
        if (IsExcluded(voter.Name))
            return BallotRefusals.Excluded;
        foreach (var place in PlacesAsked(voter, electorate))
        {
            if (!IsExcluded(place ?? voter.Name) && Requirement.Seats.Any(seats => Sits(voter.Name, place, seats, electorate)))
                return Result<string?>.Ok(place);
        }

        return BallotRefusals.NotAnApprover(Requirement, electorate);
    }

    /// <summary>Whether an approval of theirs would fill a seat that is still open.</summary>
    public bool IsAwaiting(Voter voter, Electorate electorate) =>
        Approve(voter, Digest, "", electorate) is { IsOk: true } next && next.Value.Count(electorate).Filled > Count(electorate).Filled;

    /// <summary>
    /// In whose place an answer of somebody's would help now: their own first, and then that of whoever has delegated to them. Null: in
    /// nobody's.
    /// </summary>
    public string? PlaceOf(string person, Electorate electorate)
    {
        // Seats can be filled without an answer having said so: somebody is back in their group. Then any answer says it.
        var isMet = Count(electorate).IsMet;
        return electorate.DelegatorsOf(person).Prepend(person).FirstOrDefault(place => isMet
            ? MayAnswer(new(person, InPlaceOf: place), electorate).IsOk
            : IsAwaiting(new(person, InPlaceOf: place), electorate));
    }

    /// <summary>Whose members are asked, sorted.</summary>
    public IReadOnlyList<string> GroupsAsked(string ownerTeam) =>
    [
        .. Requirement.Seats.SelectMany(seats => seats.Groups)
            .Select(group => group == ApprovalSeats.OwnerTeam ? ownerTeam : group)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Takes an approval back.</summary>
    public Result<Ballot> Withdraw(string approver, DateTimeOffset now) =>
        Approvals.Any(approval => approval.Approver == approver)
            ? Without(approval => approval.Approver == approver, VoidReason.Withdrawn, now)
            : BallotRefusals.NothingToWithdraw;

    /// <summary>The vote begins anew over another plan; the time to answer stays.</summary>
    public Ballot Reopen(ApprovalRequirement requirement, string digest, VoidReason why, DateTimeOffset now) =>
        Without(_ => true, why, now) with { Requirement = requirement, Digest = digest };

    private Ballot WithoutDelegatesOf(string person, DateTimeOffset now) =>
        Approvals.Any(approval => approval.OnBehalfOf == person) ? Without(approval => approval.OnBehalfOf == person, VoidReason.Superseded, now) : this;

    // What counts for nothing at the moment keeps nobody out who is behind it: they could not take it back for one another.
    private Ballot WithoutIdle(Approval next, Electorate electorate)
    {
        bool IsIdle(Approval approval) => Overlap(approval, next) && !FillsAny(approval, electorate);
        return Approvals.Any(IsIdle) ? Without(IsIdle, VoidReason.Superseded, electorate.Now) : this;
    }

    private static bool Overlap(Approval one, Approval other) => one.People.Intersect(other.People, StringComparer.Ordinal).Any();

    private Ballot Without(Func<Approval, bool> which, VoidReason why, DateTimeOffset now) => this with
    {
        Approvals = [.. Approvals.Where(approval => !which(approval))],
        Voided = [.. Voided.Concat(Approvals.Where(which).Select(approval => new VoidedApproval(approval, why, now))).TakeLast(MaxVoided)],
    };

    // In whose places a voter can sit: at first in their own right.
    private Result<IReadOnlyList<string?>> Places(Voter voter, Electorate electorate)
    {
        if (IsExcluded(voter.Name))
            return BallotRefusals.Excluded;
        var asked = PlacesAsked(voter, electorate);
        string?[] places = [.. asked.Where(place => FillsAny(new(voter.Name, place, Digest, "", electorate.Now), electorate))];
        return places.Length > 0 ? Result<IReadOnlyList<string?>>.Ok(places)
            : asked is [{ } only] && IsExcluded(only) ? BallotRefusals.Excluded
            : BallotRefusals.NotAnApprover(Requirement, electorate);
    }

    private static string?[] PlacesAsked(Voter voter, Electorate electorate) =>
        voter.InPlaceOf is { } named && named != voter.Name ? [named] : voter.InPlaceOf is not null ? [null] : [null, .. electorate.DelegatorsOf(voter.Name)];

    private bool FillsAny(Approval approval, Electorate electorate) => Requirement.Seats.Any(seats => Fills(approval, seats, electorate));

    private bool Fills(Approval approval, ApprovalSeats seats, Electorate electorate) =>
        !approval.People.Any(person => IsExcluded(person) || Agents.Are(person))
        // Whoever acts for who asked at the moment is as good as them.
        && !Excluded.Any(excluded => approval.People.Any(person => electorate.Directory.IsDelegate(excluded, person, electorate.Now)))
        && Sits(approval.Approver, approval.OnBehalfOf, seats, electorate);

    private static bool Sits(string person, string? place, ApprovalSeats seats, Electorate electorate) =>
        electorate.IsAmong(place ?? person, seats) && (place is null || electorate.Directory.IsDelegate(place, person, electorate.Now));

    private bool IsExcluded(string person) => Excluded.Contains(person, StringComparer.Ordinal);
}
