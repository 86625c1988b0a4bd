using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Gcp.Tests.Api;

/// <summary>A project that throttles for long, and clocks that do not agree.</summary>
public class BadDayTests : GcpTests
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Who_is_throttled_for_ten_minutes_is_told_so_at_once_and_goes_on_where_it_was()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read), Target.Entitlement(Target.Resource(2), Verb.Read, Verb.Delete));
        using (Target.Proxy.Inject(new Fault.Answer(429, TenMinutes), Target.Writes))
        {
            var before = Target.Proxy.Passed.Count(Target.Writes);
            var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(desired, Target.Faulty));

            Assert.Equal((PlatformError.Throttled, TenMinutes), (failure.Error, failure.RetryAfter));
            Assert.Equal(1, Target.Proxy.Passed.Count(Target.Writes) - before);
            // Others are not held back by what one was told.
            Assert.NotNull(await Target.ObserveAsync(Target.Faulty));
        }

        await Target.ApplyAsync(desired, Target.Faulty);

        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task A_clock_five_minutes_off_gives_nobody_access_for_longer(int minutes)
    {
        var off = new Off(TimeSpan.FromMinutes(minutes));
        await using var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(off).AddGcpPlatform(Target.Options(Target.Address)).BuildServiceProvider();
        var connector = services.GetRequiredService<IPlatformConnector>();
        var google = Target.Server.Clock;
        var end = google.GetUtcNow().AddMinutes(8);
        var desired = Target.Desired(2) with { Entitlements = [new(Target.Entitlement(Target.Resource(1), Verb.Read), "g1", end)] };

        await Target.ApplyAsync(desired, connector);
        Assert.Empty((await connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);
        var issued = await connector.IssueCredentialAsync(new(Target.Binding, Target.IdentityId, "g1", end, off.GetUtcNow()), ConnectorTarget.Valid(), Cancellation);

        // What the token's end is, is Google's to say; what it may do ends by Google's clock.
        Assert.Equal(CredentialAnswer.Works, await Target.TryAsync(issued.Value.Secret, Target.Resource(1)));
        Assert.InRange(issued.Value.ExpiresAt - end, TimeSpan.FromMinutes(-minutes - 1), TimeSpan.FromMinutes(-minutes + 1));
        google.Advance(TimeSpan.FromMinutes(8));
        Assert.NotEqual(CredentialAnswer.Works, await Target.TryAsync(issued.Value.Secret, Target.Resource(1)));
        google.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(CredentialAnswer.NotAccepted, await Target.TryAsync(issued.Value.Secret, Target.Resource(1)));
    }

    private sealed class Off(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
