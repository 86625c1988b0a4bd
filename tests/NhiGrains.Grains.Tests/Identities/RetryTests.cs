using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Enforcement;
using NhiGrains.Grains.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Tests.Identities;

/// <summary>When enforcement is asked again.</summary>
public sealed class RetryTests
{
    private const string Platform = "k8s:test";

    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)] // As after a drift was ignored for a month, and then a grant ended.
    public void A_report_about_an_earlier_generation_puts_nothing_off(long wanted, bool waits)
    {
        var ignored = new EnforcementReport(Platform, EnforcementStatus.Effective, 1, "", null, [], null, null, RetryAt: Now.AddDays(30), Settled: true);
        var state = new IdentityState
        {
            Platforms = [ignored],
            Wanted = new Dictionary<string, Wanted>(StringComparer.Ordinal) { [Platform] = new(wanted, "", []) },
        };

        Assert.Equal(waits ? Now.AddDays(30) : null, state.RetryAt(Platform));
        Assert.Equal(!waits, state.IsUnsettled(Platform));
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(86_400, 30)]
    public void A_platform_that_asks_for_a_day_is_asked_again_within_the_schedule(int asked, int expected)
    {
        var fault = new PlatformException(PlatformError.Throttled, "Later.", retryAfter: TimeSpan.FromSeconds(asked));

        var next = new EnforcementState().With(fault, Wanted(), Now, jitter: 0);

        Assert.Equal(Now.AddSeconds(expected), next.RetryAt);
    }

    private static DesiredState Wanted() => new("billing", Platform, new(Platform, "shop/billing"), 1, PrincipalWanted: true, [], []);
}
