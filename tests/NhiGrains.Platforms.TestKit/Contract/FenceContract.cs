using Microsoft.Extensions.Time.Testing;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.TestKit.Contract;

public abstract partial class ConnectorContract
{
    [Fact]
    public async Task A_generation_that_is_behind_writes_nothing()
    {
        var newer = Target.Desired(7, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(newer);

        var fenced = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(6)));

        Assert.Equal(PlatformError.Fenced, fenced.Error);
        await AssertAsDesiredAsync(newer);
    }

    [Fact]
    public async Task A_generation_that_is_behind_gives_nothing_where_a_newer_one_has_written()
    {
        var newer = Target.Desired(7, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(newer);

        var fenced = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(
            Target.Desired(6, Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(Target.Resource(2), Verb.Read))));

        Assert.Equal(PlatformError.Fenced, fenced.Error);
        await AssertAsDesiredAsync(newer);
    }

    [Fact]
    public async Task A_forged_generation_keeps_nothing_from_being_taken_away()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await Target.ForgeByHandAsync(generation: long.MaxValue);

        foreach (var nothing in (DesiredState[])[Target.Desired(3), Target.Desired(3) with { PrincipalWanted = false }])
        {
            var fenced = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(nothing));

            Assert.Equal(PlatformError.Fenced, fenced.Error);
            await RefusedAsync(Target.Resource(1), Verb.Read);
            Assert.Equal([long.MaxValue], (await Target.ObserveAsync()).Objects.Where(seen => seen.Ownership == Ownership.Ours).Select(seen => seen.Generation));
        }
    }

    [Fact]
    public async Task A_forged_generation_of_what_is_not_wanted_keeps_nothing_from_being_given()
    {
        await Target.ForgeByHandAsync(generation: long.MaxValue);

        var fenced = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read))));

        Assert.Equal(PlatformError.Fenced, fenced.Error);
        await AllowedAsync(Target.Resource(1), Verb.Read);
    }

    [Fact]
    public async Task A_writer_that_was_away_too_long_writes_nothing()
    {
        var clock = new FakeTimeProvider();
        var fence = new Fence(clock, TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(160));

        var fenced = await Assert.ThrowsAsync<PlatformException>(() =>
            Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)), Target.Faulty, fence));

        Assert.Equal(PlatformError.Fenced, fenced.Error);
        Assert.DoesNotContain(Target.Proxy.Passed, Target.Writes);
    }

    [Fact]
    public async Task A_writer_that_freezes_between_two_writes_does_not_make_the_second()
    {
        var clock = new FakeTimeProvider();
        var fence = new Fence(clock, TimeSpan.FromSeconds(10));
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        using var freeze = Target.Proxy.Inject(new Fault.DropBefore(), request =>
        {
            if (Target.Writes(request))
                clock.Advance(TimeSpan.FromSeconds(160));
            return false;
        });

        var outcome = await Record.ExceptionAsync(() => Target.ApplyAsync(desired, Target.Faulty, fence));

        Assert.Single(Target.Proxy.Passed, Target.Writes);
        Assert.True(outcome is null or PlatformException { Error: PlatformError.Fenced }, outcome?.ToString());
        await Target.ApplyAsync(desired);
        await AssertAsDesiredAsync(desired);
    }
}
