using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Platforms;

namespace NhiGrains.Grains.Tests.Platforms;

/// <summary>More principals that belong to nobody than the list holds.</summary>
public class UnmanagedTests
{
    private const int Beyond = 20;

    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_is_told_once_however_often_it_is_seen()
    {
        var first = Swept(new(), Noon);

        var second = Swept(first, Noon.AddMinutes(5));

        Assert.Equal(PlatformState.MaxUnmanaged + Beyond, first.Outbox.Sequence);
        Assert.Equal(first.Outbox.Sequence, second.Outbox.Sequence);
        Assert.Equal(PlatformState.MaxUnmanaged, second.Unmanaged.Length);
        Assert.Same(first, second);
    }

    [Fact]
    public void One_beyond_the_list_is_told_when_it_changes_and_when_it_goes()
    {
        var swept = Swept(new(), Noon);

        var changed = swept.With("mem:test", Seen(PlatformState.MaxUnmanaged + 1, "changed"), Noon);
        var gone = changed.With("mem:test", Seen(PlatformState.MaxUnmanaged + 1), Noon);

        Assert.Equal(["drift.resolved", "drift.detected", "drift.resolved"], gone.Outbox.Pending.Skip(PlatformState.MaxUnmanaged + Beyond).Select(told => told.Action));
        Assert.Equal(Beyond, changed.Unlisted.Count);
        Assert.Equal(Beyond - 1, gone.Unlisted.Count);
    }

    [Fact]
    public void Who_waits_beyond_the_list_takes_a_free_place_without_being_told_again()
    {
        var swept = Swept(new(), Noon).With("mem:test", Seen(0), Noon);

        var again = Swept(swept with { Outbox = swept.Outbox.Without(long.MaxValue) }, Noon.AddMinutes(5), from: 1);

        Assert.Empty(again.Outbox.Pending);
        Assert.Equal((PlatformState.MaxUnmanaged, Beyond - 1), (again.Unmanaged.Length, again.Unlisted.Count));
        Assert.All(again.Unmanaged, one => Assert.Equal((1, Noon), (one.Objects.Count, one.DetectedAt)));
    }

    private static PlatformState Swept(PlatformState state, DateTimeOffset at, int from = 0) => Enumerable
        .Range(from, PlatformState.MaxUnmanaged + Beyond - from)
        .Aggregate(state, (next, number) => next.With("mem:test", Seen(number, "anything"), at));

    private static Observation Seen(int number, params string[] bodies) => new(
        "mem:test", $"shop/stray-{number}", null, [.. bodies.Select(body => new ObservedObject(new("Permission", $"stray-{number}", body), Ownership.Foreign))], Noon);
}
