using NhiGrains.Domain.People;

namespace NhiGrains.Domain.Approvals;

/// <summary>Who may vote at one instant: groups, delegations and departures as they are then, and not as they were at a vote.</summary>
/// <param name="OwnerTeam">Which team <see cref="ApprovalSeats.OwnerTeam"/> stands for now.</param>
public sealed record Electorate(PeopleDirectory Directory, string OwnerTeam, DateTimeOffset Now)
{
    /// <summary>The group that a requirement means.</summary>
    public string Named(string group) => group == ApprovalSeats.OwnerTeam ? OwnerTeam : group;

    public bool IsAmong(string person, ApprovalSeats seats) =>
        !Agents.Are(person) && seats.Groups.Any(group => Directory.IsMember(person, Named(group)));

    /// <summary>In whose place somebody may act now, sorted.</summary>
    public IReadOnlyList<string> DelegatorsOf(string person) =>
    [
        .. Directory.Delegations
            .Select(delegation => delegation.From)
            .Where(from => from != person && Directory.IsDelegate(from, person, Now))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether two approvals count as one: somebody is behind both, or one acts in the other's place at the moment.</summary>
    public bool AreOne(Approval one, Approval other) =>
        one.People.Any(person => other.People.Any(another =>
            person == another || Directory.IsDelegate(person, another, Now) || Directory.IsDelegate(another, person, Now)));

    public IEnumerable<string> MembersOf(ApprovalSeats seats) => seats.Groups
        .SelectMany(group => Directory.Groups.GetValueOrDefault(Named(group)) ?? [])
        .Distinct(StringComparer.Ordinal)
        .Where(person => IsAmong(person, seats));
}
