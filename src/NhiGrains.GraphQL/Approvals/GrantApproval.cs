using GraphQL;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.People;
using NhiGrains.GraphQL.Grants;
using NhiGrains.GraphQL.Loading;

namespace NhiGrains.GraphQL.Approvals;

/// <summary>The vote on a grant, as it stands with who is in which group now; of an active grant, as it was when it was met.</summary>
internal sealed record GrantApproval(
    string PlanDigest,
    DateTimeOffset? AnswerBy,
    IReadOnlyList<FilledSeats> Seats,
    IReadOnlyList<Approval> Approvals,
    IReadOnlyList<VoidedApproval> Voided,
    IReadOnlyList<AwaitedPerson> WaitingFor,
    NarrowedRequest? Narrowed)
{
    public static async Task<GrantApproval?> OfAsync(GrantNode node, IResolveFieldContext context) => node.Grant switch
    {
        PendingApprovalGrant { Ballot: { } ballot } pending => Of(pending, ballot, new(
            await context.Loaders().PeopleAsync(), node.Identity.Identity.Profile.Owner.Team, context.Time().GetUtcNow())),
        ActiveGrant { PlanDigest: { } digest, Decision.Approval: { } requirement } active => Met(digest, requirement, active.Approvals),
        IntentGrant { PlanDigest: { } digest, Decision.Approval: { } requirement } agreed => Met(digest, requirement, agreed.Approvals),
        _ => null,
    };

    private static GrantApproval Met(string digest, ApprovalRequirement requirement, IReadOnlyList<Approval> approvals) =>
        new(digest, null, FilledSeats.AsTheyWere(requirement, approvals), approvals, [], [], null);

    private static GrantApproval Of(PendingApprovalGrant pending, Ballot ballot, Electorate electorate)
    {
        var quorum = ballot.Count(electorate);
        return new(ballot.Digest, ballot.AnswerBy, quorum.Seats, ballot.Approvals, ballot.Voided, AwaitedPerson.Of(ballot, quorum, electorate), pending.Narrowed);
    }
}

/// <summary>Somebody whose approval would fill a seat that is open.</summary>
/// <param name="Delegates">Who may answer in their place now.</param>
internal sealed record AwaitedPerson(string Person, bool Absent, IReadOnlyList<string> Delegates)
{
    /// <summary>A group may have thousands of members; so many are named.</summary>
    public const int MaxNamed = 100;

    public static IReadOnlyList<AwaitedPerson> Of(Ballot ballot, Quorum quorum, Electorate electorate) =>
    [
        .. quorum.Seats.Where(seats => seats.Open > 0)
            .SelectMany(seats => electorate.MembersOf(seats.Seats))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Where(person => ballot.IsAwaiting(new(person, InPlaceOf: person), electorate))
            .Take(MaxNamed)
            .Select(person => new AwaitedPerson(person, electorate.Directory.IsAbsent(person, electorate.Now), DelegatesOf(person, electorate.Directory, electorate.Now))),
    ];

    private static string[] DelegatesOf(string person, PeopleDirectory directory, DateTimeOffset now) =>
    [
        .. directory.Delegations.Where(delegation => delegation.From == person && directory.IsDelegate(person, delegation.To, now))
            .Select(delegation => delegation.To)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];
}
