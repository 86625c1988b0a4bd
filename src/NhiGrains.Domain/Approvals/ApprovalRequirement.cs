using System.Text.Json.Serialization;

namespace NhiGrains.Domain.Approvals;

/// <summary>Some distinct people, each a member of at least one of some groups.</summary>
/// <param name="Groups">Sorted and distinct. <see cref="OwnerTeam"/> stands for the team of the identity's owner.</param>
/// <param name="Count">At least 1.</param>
public sealed record ApprovalSeats(IReadOnlyList<string> Groups, int Count)
{
    /// <summary>In place of a group's name: whichever team owns the identity when it is decided.</summary>
    public const string OwnerTeam = "$owner-team";
}

/// <summary>Who has to agree (promise 10), and within which time: silence is a no.</summary>
/// <param name="Seats">All of them have to be filled, by different people: nobody sits in two.</param>
public sealed record ApprovalRequirement(IReadOnlyList<ApprovalSeats> Seats, TimeSpan AnswerWithin)
{
    /// <summary>Whether there is somebody to ask at all.</summary>
    [JsonIgnore]
    public bool CanBeMet => Seats.Count > 0 && Seats.All(seats => seats is { Count: > 0, Groups.Count: > 0 });

    /// <summary>
    /// Whether any people who have agreed as another one asks have agreed as this one does as well: each of them was in one of the groups
    /// of their seat, and all of those have to be among the groups of the seat that they would fill here.
    /// </summary>
    public bool IsMetBy(ApprovalRequirement? agreed) => agreed is not null
        && Quorum.Of(this, [.. agreed.Seats.SelectMany(seats => Enumerable.Repeat(Somebody(seats), seats.Count))], (one, seats) => one.Seat?.All(seats.Groups.Contains) == true).IsMet;

    private static Approval Somebody(ApprovalSeats seats) => new("", OnBehalfOf: null, PlanDigest: "", Comment: "", At: default) { Seat = seats.Groups };

    /// <summary>What satisfies both: for the same groups the larger number, otherwise all seats of both, within the shorter time.</summary>
    public ApprovalRequirement With(ApprovalRequirement other) => new(
        [
            .. Summed().Concat(other.Summed())
                .GroupBy(seats => KeyOf(seats), StringComparer.Ordinal)
                .OrderBy(same => same.Key, StringComparer.Ordinal)
                .Select(same => new ApprovalSeats(same.First().Groups, same.Max(seats => seats.Count))),
        ],
        AnswerWithin < other.AnswerWithin ? AnswerWithin : other.AnswerWithin);

    /// <summary>In the order that requirements have.</summary>
    public static ApprovalRequirement Of(IReadOnlyList<ApprovalSeats> seats, TimeSpan answerWithin) =>
        new ApprovalRequirement(seats, answerWithin).With(new([], answerWithin));

    // The same groups named twice by one are different people.
    private IEnumerable<ApprovalSeats> Summed() => Seats
        .GroupBy(KeyOf, StringComparer.Ordinal)
        .Select(same => new ApprovalSeats(same.First().Groups, same.Sum(seats => seats.Count)));

    private static string KeyOf(ApprovalSeats seats) => string.Join('\n', seats.Groups);
}
