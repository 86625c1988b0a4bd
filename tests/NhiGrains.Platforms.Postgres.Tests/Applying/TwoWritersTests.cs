using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Postgres.Tests.Applying;

/// <summary>Two silos that both believe to be the one for an identity.</summary>
public class TwoWritersTests(Cluster cluster) : PostgresTests(cluster)
{
    [Fact]
    public async Task Of_two_at_once_the_newer_one_is_right_in_the_end_and_the_older_one_undoes_nothing()
    {
        for (var round = 0; round < 12; round++)
        {
            var older = Target.Desired(10 + (2 * round), Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(Target.Resource(2), Verb.Delete));
            var newer = Target.Desired(11 + (2 * round), Target.Entitlement(Target.Resource(2), Verb.Read));

            await Task.WhenAll(TryAsync(older), TryAsync(newer));
            await UntilDoneAsync(newer);
            await TryAsync(older);

            Assert.True(await Target.AllowsAsync(Target.Resource(2), Verb.Read));
            await UntilDoneAsync(newer);
            Assert.Empty(Comparison.Compare(Target.Plan(newer).Objects, await Target.ObserveAsync()));
        }
    }

    [Fact]
    public async Task A_writer_that_has_not_seen_the_last_change_writes_nothing()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        // Between its reading and its writing, somebody else writes.
        using var written = new ManualResetEventSlim();
        using var between = Target.Proxy.Inject(new Fault.DropBefore(), request =>
        {
            if (Target.Writes(request))
                written.Wait(TimeSpan.FromSeconds(30), Cancellation);
            return false;
        });
        var late = Record.ExceptionAsync(() => Target.ApplyAsync(Target.Desired(3), Target.Faulty));
        await TestKit.Waiting.Eventually.TrueAsync(() => Task.FromResult(Target.Proxy.Passed.Any(Target.Writes)), TimeSpan.FromSeconds(10), () => "It did not get to write.", Cancellation);

        await Target.ApplyAsync(Target.Desired(4, Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(Target.Resource(2), Verb.Read)));

        written.Set();
        Assert.Equal(PlatformError.Conflict, Assert.IsType<PlatformException>(await late).Error);
        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        Assert.True(await Target.AllowsAsync(Target.Resource(2), Verb.Read));
    }

    private async Task UntilDoneAsync(DesiredState desired)
    {
        for (var attempt = 1; await TryAsync(desired) is { } failure; attempt++)
            Assert.True(attempt < 20, failure.Message);
    }

    private async Task<PlatformException?> TryAsync(DesiredState desired)
    {
        try
        {
            await Target.ApplyAsync(desired);
            return null;
        }
        catch (PlatformException failure) when (failure.Error is PlatformError.Fenced or PlatformError.Conflict)
        {
            return failure;
        }
    }
}
