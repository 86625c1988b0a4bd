using CsCheck;
using NhiGrains.Domain.Approvals;

namespace NhiGrains.Domain.Tests.Approvals;

public class ApprovalRequirementTests
{
    private static readonly Gen<ApprovalRequirement> Requirements = Gen.Select(
        Gen.Select(Gen.OneOf("a", "b", "c").Array[1, 2], Gen.Int[1, 2]).Array[1, 3], Gen.Int[1, 3],
        (seats, hours) => new ApprovalRequirement(
            [.. seats.Select(one => new ApprovalSeats([.. one.Item1.Distinct().Order(StringComparer.Ordinal)], one.Item2))], TimeSpan.FromHours(hours)));

    [Fact]
    public void Merging_takes_no_seat_away()
    {
        var twice = new ApprovalRequirement([new(["a"], 1), new(["a"], 2)], TimeSpan.FromHours(1));

        Assert.Equal(3, Total(twice.With(new([new(["a"], 1)], TimeSpan.FromHours(2)))));
    }

    [Fact]
    public void Merging_has_no_order_and_needs_at_least_as_many_people() => Gen.Select(Requirements, Requirements, Requirements).Sample((x, y, z) =>
        Canonical.Text(x.With(y)) == Canonical.Text(y.With(x))
        && Canonical.Text(x.With(y).With(z)) == Canonical.Text(x.With(y.With(z)))
        && Canonical.Text(x.With(x)) == Canonical.Text(x.With(x).With(x))
        && Total(x.With(y)) >= Math.Max(Total(x), Total(y))
        && x.With(y).AnswerWithin == TimeSpan.FromTicks(Math.Min(x.AnswerWithin.Ticks, y.AnswerWithin.Ticks)));

    private static int Total(ApprovalRequirement requirement) => requirement.Seats.Sum(seats => seats.Count);
}
