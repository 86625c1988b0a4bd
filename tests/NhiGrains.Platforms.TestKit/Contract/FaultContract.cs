using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.TestKit.Contract;

public abstract partial class ConnectorContract
{
    [Fact]
    public async Task A_crash_after_each_write_of_an_apply_converges_when_it_is_applied_again()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        for (var writes = 0; ; writes++)
        {
            var survived = writes;
            using var crash = Target.Proxy.Inject(new Fault.DropBefore(), request => Target.Writes(request) && survived-- <= 0);
            try
            {
                await Target.ApplyAsync(desired, Target.Faulty);
                Assert.NotEqual(0, writes);
                break;
            }
            catch (PlatformException failure)
            {
                Assert.Equal(PlatformError.Unavailable, failure.Error);
            }

            crash.Dispose();
            await Target.ApplyAsync(desired);
            await AssertAsDesiredAsync(desired);
            await Target.ApplyAsync(Target.Desired(2));
        }

        await AssertAsDesiredAsync(desired);
    }

    [Fact]
    public async Task A_write_that_took_effect_without_an_answer_is_an_unknown_outcome_and_converges()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        for (var failures = 0; ; failures++)
        {
            using var drop = Target.Proxy.Inject(new Fault.DropAfter(), Target.Writes, times: 1);
            try
            {
                await Target.ApplyAsync(desired, Target.Faulty);
                Assert.NotEqual(0, failures);
                break;
            }
            catch (PlatformException failure)
            {
                Assert.Equal(PlatformError.Unavailable, failure.Error);
            }
        }

        await AssertAsDesiredAsync(desired);
    }

    [Fact]
    public async Task Throttling_says_when_to_come_back()
    {
        using var throttled = Target.Proxy.Inject(new Fault.Answer(429, TimeSpan.FromSeconds(7)), _ => true);

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(Target.Faulty));

        Assert.Equal(PlatformError.Throttled, failure.Error);
        Assert.Equal(Target.SaysWhenToComeBack ? TimeSpan.FromSeconds(7) : null, failure.RetryAfter);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_server_error_makes_the_state_unknown(int status)
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        using var broken = Target.Proxy.Inject(new Fault.Answer(status, Body: "<html>oops, token=secret</html>"), _ => true);

        await AssertUnknownAsync();
    }

    [Fact]
    public async Task A_list_that_is_cut_off_is_no_observation()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        using var cut = Target.Proxy.Inject(new Fault.CutBody(), Target.Lists);

        await AssertUnknownAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"items\":[]}")]
    [InlineData("not json")]
    public async Task An_answer_that_is_no_list_is_no_observation(string body)
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        using var garbled = Target.Proxy.Inject(new Fault.Answer(200, Body: body, ContentType: "application/json"), Target.Lists);

        await AssertUnknownAsync();
    }

    [Fact]
    public async Task A_platform_that_cannot_be_reached_makes_the_state_unknown()
    {
        using var unreachable = Target.Proxy.Inject(new Fault.DropBefore(), _ => true);

        await AssertUnknownAsync();
    }

    [Fact]
    public async Task An_answer_that_stalls_in_the_middle_ends_in_time()
    {
        using var stalled = Target.Proxy.Inject(new Fault.StallBody(), Target.Lists);

        await AssertUnknownAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    [Fact]
    public async Task A_callers_cancellation_is_no_failure_of_the_platform()
    {
        using var stalled = Target.Proxy.Inject(new Fault.Delay(TimeSpan.FromMinutes(1)), _ => true);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Target.Faulty.ObserveAsync(Target.Binding, Target.IdentityId, soon.Token));
    }

    private async Task AssertUnknownAsync()
    {
        var failures = new[]
        {
            await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(Target.Faulty)),
            await Assert.ThrowsAsync<PlatformException>(async () => await Target.Faulty.ObserveAllAsync(Cancellation).ToListAsync(Cancellation)),
        };
        Assert.All(failures, failure => Assert.Equal(PlatformError.Unavailable, failure.Error));
        Assert.All(failures, failure => Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal));
    }
}
