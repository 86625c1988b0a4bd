using Microsoft.Extensions.Time.Testing;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Kubernetes.Tests.Api;

public class ThrottlingTests(Cluster cluster, ITestOutputHelper output) : KubernetesTests(cluster)
{
    /// <remarks>Attempts come as enforcement makes them, on a clock that does not wait.</remarks>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Ten_minutes_of_throttling_are_told_each_time_change_nothing_and_are_over_with_the_next_attempt(bool readsToo, bool saysHowLong)
    {
        var (had, next) = (Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)), Target.Desired(3, Target.Entitlement(Target.Resource(2), Verb.Read)));
        await Target.ApplyAsync(had);
        var clock = new HurriedClock();
        var (services, connector) = Target.FaultyOn(clock);
        await using var end = services;
        TimeSpan? retryAfter = saysHowLong ? TimeSpan.FromSeconds(20) : null;
        var (attempts, since, passed) = (0, clock.GetUtcNow(), Target.Proxy.Passed.Count);
        bool IsThrottled(PassedRequest request) => readsToo || Target.Writes(request);
        using (Target.Proxy.Inject(new Fault.Answer(429, retryAfter), IsThrottled))
        {
            while (clock.GetUtcNow() - since < TimeSpan.FromMinutes(10))
            {
                var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(next, connector));
                Assert.Equal((PlatformError.Throttled, retryAfter), (failure.Error, failure.RetryAfter));
                clock.Advance(RetrySchedule.Delay(++attempts, jitter: 0.5, failure.RetryAfter));
            }

            var now = clock.GetUtcNow();
            var refused = await Assert.ThrowsAsync<PlatformException>(() => connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, "g", now.AddMinutes(20), now), ConnectorTarget.Valid(), Cancellation));
            Assert.Equal(PlatformError.Throttled, refused.Error);
            Assert.Empty(Comparison.Compare(Target.Plan(had).Objects, await Target.ObserveAsync()));
        }

        var calls = Target.Proxy.Passed.Skip(passed).Count(IsThrottled);
        output.WriteLine($"{attempts} attempts, {calls} calls that were throttled in ten minutes");
        Assert.InRange(attempts, 15, 40);
        // A read is sent again at once, four times at most, unless it was said for how long not to; a write never is.
        Assert.InRange(calls, attempts, (attempts + 1) * (readsToo && !saysHowLong ? 5 : 1) + 1);
        await Target.ApplyAsync(next, connector);
        Assert.Empty(Comparison.Compare(Target.Plan(next).Objects, await Target.ObserveAsync()));
        Assert.Null(await connector.EndSessionsAsync(Target.Binding, Target.IdentityId, ["g"], ConnectorTarget.Valid(), Cancellation));
    }

    /// <summary>Whoever waits on it has waited at once.</summary>
    private sealed class HurriedClock() : FakeTimeProvider(System.GetUtcNow())
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime > TimeSpan.Zero)
                Advance(dueTime);
            return timer;
        }
    }
}
