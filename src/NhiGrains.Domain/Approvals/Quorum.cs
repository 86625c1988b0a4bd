namespace NhiGrains.Domain.Approvals;

/// <summary>Seats of a requirement, with the approvals that fill them.</summary>
public sealed record FilledSeats(ApprovalSeats Seats, IReadOnlyList<Approval> By)
{
    public int Open => Math.Max(0, Seats.Count - By.Count);

    /// <summary>Those of a vote that is over, by the seats that were written down with its approvals.</summary>
    public static IReadOnlyList<FilledSeats> AsTheyWere(ApprovalRequirement requirement, IReadOnlyList<Approval> approvals) =>
        [.. requirement.Seats.Select(seats => new FilledSeats(seats, [.. approvals.Where(approval => approval.Seat?.SequenceEqual(seats.Groups) == true)]))];
}

/// <summary>
/// How far the seats are filled at one instant. Each approval fills at most one seat, and as many seats are filled as can be: whoever
/// is in two groups takes the seat that nobody else can.
/// </summary>
public sealed record Quorum(IReadOnlyList<FilledSeats> Seats)
{
    /// <summary>Nothing to fill is not met: zero approvals approve nothing.</summary>
    public bool IsMet => Seats.Count > 0 && Seats.All(seats => seats.Seats.Count > 0 && seats.By.Count >= seats.Seats.Count);

    public int Filled => Seats.Sum(seats => seats.By.Count);

    /// <summary>Those that fill a seat, each with its seat.</summary>
    public IReadOnlyList<Approval> Approvals => [.. Seats.SelectMany(seats => seats.By.Select(approval => approval with { Seat = seats.Seats.Groups }))];

    /// <param name="approvals">Of different people, no two of which count as one.</param>
    public static Quorum Of(ApprovalRequirement requirement, IReadOnlyList<Approval> approvals, Func<Approval, ApprovalSeats, bool> mayFill)
    {
        var taken = requirement.Seats.Select(_ => new List<Approval>()).ToArray();
        foreach (var approval in approvals)
            Seat(approval, new bool[taken.Length]);
        return new([.. requirement.Seats.Select((seats, index) => new FilledSeats(seats, [.. taken[index]]))]);

        // Kuhn's augmenting paths: whoever sits there may move to make room.
        bool Seat(Approval approval, bool[] tried)
        {
            for (var index = 0; index < taken.Length; index++)
            {
                if (tried[index] || !mayFill(approval, requirement.Seats[index]))
                    continue;
                tried[index] = true;
                if (taken[index].Count < requirement.Seats[index].Count)
                {
                    taken[index].Add(approval);
                    return true;
                }

                for (var place = 0; place < taken[index].Count; place++)
                {
                    if (!Seat(taken[index][place], tried))
                        continue;
                    taken[index][place] = approval;
                    return true;
                }
            }

            return false;
        }
    }
}
