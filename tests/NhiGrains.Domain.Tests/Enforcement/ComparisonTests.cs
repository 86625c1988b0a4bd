using CsCheck;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Domain.Tests.Enforcement;

public class ComparisonTests
{
    private static Observation Seen(params ObservedObject[] objects) => new(Some.Platform, "shop/billing", "uid", objects, Some.Noon);

    private static NativeObject Role(string body) => new("Role", "shop/nhi-billing", body);

    [Fact]
    public void Equal_is_no_drift() =>
        Assert.Empty(Comparison.Compare([Role("a")], Seen(new ObservedObject(Role("a"), Ownership.Ours, 1))));

    [Fact]
    public void Differences_are_found_both_ways()
    {
        var foreign = new ObservedObject(new("RoleBinding", "shop/by-hand", "x"), Ownership.Foreign);

        Assert.Equal(DifferenceKind.Missing, Assert.Single(Comparison.Compare([Role("a")], Seen())).Kind);
        Assert.Equal(DifferenceKind.Changed, Assert.Single(Comparison.Compare([Role("a")], Seen(new ObservedObject(Role("b"), Ownership.Ours, 1)))).Kind);
        Assert.Equal(DifferenceKind.Extra, Assert.Single(Comparison.Compare([], Seen(foreign))).Kind);
    }

    [Fact]
    public void What_is_inherited_is_nobodys_drift() =>
        Assert.Empty(Comparison.Compare([], Seen(new ObservedObject(Role("a"), Ownership.Inherited))));

    [Fact]
    public void A_retry_never_waits_longer_than_the_cap_and_never_less_than_half_a_second() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Double[0, 1]).Sample((attempt, jitter) =>
            RetrySchedule.Delay(attempt, jitter) <= RetrySchedule.Cap && RetrySchedule.Delay(attempt, jitter) >= RetrySchedule.First / 2);

    [Fact]
    public void A_platforms_own_delay_is_kept_up_to_the_cap() =>
        Gen.Select(Gen.Int[1, 100], Gen.Double[0, 1], Gen.Double[0, 100_000]).Sample((attempt, jitter, seconds) =>
        {
            var (asked, told) = (TimeSpan.FromSeconds(seconds), RetrySchedule.Delay(attempt, jitter, TimeSpan.FromSeconds(seconds)));
            return told <= RetrySchedule.Cap && (told >= asked || told >= RetrySchedule.Cap * 0.5);
        });

    [Fact]
    public void Whom_a_platform_sends_away_for_a_day_does_not_come_back_all_at_once() =>
        Assert.True(RetrySchedule.Delay(1, 0, TimeSpan.FromDays(1)) - RetrySchedule.Delay(1, 1, TimeSpan.FromDays(1)) > TimeSpan.FromSeconds(5));
}
