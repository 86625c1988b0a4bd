using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Postgres.Tests.Server;

/// <summary>What is sent again within one attempt: reads, and what was certainly not carried out.</summary>
public class RetryTests(Cluster cluster) : PostgresTests(cluster)
{
    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(409)]
    public async Task A_read_that_fails_four_times_in_a_row_is_sent_a_fifth_time(int status)
    {
        using var failing = Target.Proxy.Inject(new Fault.Answer(status), Target.Lists, times: 4);

        Assert.NotNull((await Target.ObserveAsync(Target.Faulty)).PrincipalNativeId);
    }

    [Fact]
    public async Task A_read_that_meets_a_deadlock_each_time_makes_the_state_unknown_and_is_no_conflict()
    {
        using var failing = Target.Proxy.Inject(new Fault.Answer(409), Target.Lists);

        Assert.Equal(PlatformError.Unavailable, (await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(Target.Faulty))).Error);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(409)]
    public async Task A_write_that_was_certainly_not_carried_out_is_sent_again(int status)
    {
        using var failing = Target.Proxy.Inject(new Fault.Answer(status), Target.Writes, times: 3);

        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)), Target.Faulty);

        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
    }

    public static TheoryData<Fault> Lost => [new Fault.DropAfter(), new Fault.DropBefore(), new Fault.CutBody(), new Fault.Answer(200, Body: "{\"kind\":\"Status\"}")];

    [Theory]
    [MemberData(nameof(Lost), DisableDiscoveryEnumeration = true)]
    public async Task A_write_whose_answer_is_lost_cut_off_or_garbage_is_not_sent_again_and_the_next_attempt_completes_it(Fault fault)
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        var lost = 0;
        for (var writes = 1; ; writes++)
        {
            // The first write of the first attempt, the second one of the next, and so on until there are no more.
            var (nth, passed) = (writes, 0);
            using var losing = Target.Proxy.Inject(fault, request => Target.Writes(request) && ++passed == nth, times: 1);
            var failure = await Record.ExceptionAsync(() => Target.ApplyAsync(desired, Target.Faulty));
            if (failure is null)
                break;
            Assert.Equal(PlatformError.Unavailable, Assert.IsType<PlatformException>(failure).Error);
            Assert.Equal(nth, passed);
            Assert.DoesNotContain("Status", failure.Message, StringComparison.Ordinal);
            lost++;
        }

        Assert.True(lost > 0);
        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
    }
}
