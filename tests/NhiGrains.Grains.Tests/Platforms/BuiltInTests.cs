using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Platforms;

namespace NhiGrains.Grains.Tests.Platforms;

/// <summary>The platform's own principals are not told, unless they are new or changed.</summary>
public class BuiltInTests
{
    private const string Platform = "mem:test";

    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private static readonly PlatformState Begun = new PlatformState().With(Platform, Seen("kube/cron", BuiltIn("as it was")), Now);

    private static readonly PlatformState Swept = Begun with { LastSweep = Now };

    [Fact]
    public void What_is_there_up_to_the_first_sweep_is_not_told() =>
        Assert.Equal((0, 0), (Swept.Unmanaged.Length, Swept.With(Platform, Seen("kube/cron", BuiltIn("as it was")), Now).Outbox.Pending.Length));

    [Fact]
    public void A_change_of_what_it_has_is_told_and_its_undoing_too()
    {
        var changed = Swept.With(Platform, Seen("kube/cron", BuiltIn("wider")), Now);
        var undone = changed.With(Platform, Seen("kube/cron", BuiltIn("as it was")), Now);

        Assert.Equal(["drift.detected", "drift.resolved"], undone.Outbox.Pending.Select(told => told.Action));
        Assert.Equal(["kube/cron"], changed.Unmanaged.Select(one => one.Principal));
        Assert.Empty(undone.Unmanaged);
    }

    [Fact]
    public void More_beside_it_is_told_from_the_first_time_on()
    {
        var more = Seen("kube/cron", BuiltIn("as it was"), new(new("Binding", "by-hand", "all"), Ownership.Foreign));

        Assert.Single(new PlatformState().With(Platform, more, Now).Unmanaged);
        Assert.Single(Swept.With(Platform, more, Now).Unmanaged);
    }

    [Fact]
    public void One_that_comes_after_the_first_sweep_is_told() =>
        Assert.Equal(["kube/late"], Swept.With(Platform, Seen("kube/late", BuiltIn("new")), Now).Unmanaged.Select(one => one.Principal));

    private static ObservedObject BuiltIn(string body) => new(new("Binding", "system:cron", body), Ownership.Foreign) { BuiltIn = true };

    private static Observation Seen(string principal, params ObservedObject[] objects) => new(Platform, principal, "uid", objects, Now);
}
