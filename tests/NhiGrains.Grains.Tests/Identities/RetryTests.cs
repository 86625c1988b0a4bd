using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Identities;
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

    [Theory]
    [InlineData(1, 0.0, 30)]
    [InlineData(2, 0.0, 60)]
    [InlineData(100, 0.0, 1_800)]
    [InlineData(int.MaxValue, 0.999999, 3_600)]
    public void What_waits_for_a_person_is_tried_in_pauses_that_grow_to_an_hour(int attempt, double jitter, int seconds) =>
        Assert.Equal(seconds, RetrySchedule.DelayForPeople(attempt, jitter).TotalSeconds, tolerance: 1);

    [Theory]
    [InlineData(IdentityStatus.Offboarding, true)] // A state from before it was tried again by itself.
    [InlineData(IdentityStatus.Retired, false)] // Its principal may be somebody else's by now.
    public void What_waits_for_a_person_is_due_as_long_as_the_identity_leaves(IdentityStatus status, bool due)
    {
        var waiting = new EnforcementReport(Platform, EnforcementStatus.ManualActionRequired, 1, "", null, [], null, null, RetryAt: null, Settled: true);
        var profile = new IdentityProfile(IdentityKind.Bot, new("ada", "payments"), "test", new Dictionary<string, string>(StringComparer.Ordinal), []);
        var state = new IdentityState
        {
            Identity = Identity.Register("billing", profile).Value with { Status = status },
            Platforms = [waiting],
            Wanted = new Dictionary<string, Wanted>(StringComparer.Ordinal) { [Platform] = new(1, "", []) },
        };

        Assert.Equal(due, state.RetryAt(Platform) <= Now);
    }

    private static DesiredState Wanted() => new("billing", Platform, new(Platform, "shop/billing"), 1, PrincipalWanted: true, [], []);
}
