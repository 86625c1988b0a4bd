using NhiGrains.Domain.Expiry;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Grants;

public class BundleTests
{
    private const string Other = "k8s:other";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void A_grant_that_is_all_or_nothing_awaits_every_platform_and_others_await_none()
    {
        Assert.Equal([Other, Some.Platform], Bundle().Awaiting);
        Assert.Empty(Bundle(BundleMode.BestEffort).Awaiting);
        Assert.Empty(((ActiveGrant)Some.Granted("g", Hour, Some.Noon, Some.Entitlement(), Some.Entitlement("other"))).Awaiting);
    }

    [Fact]
    public void What_a_platform_refuses_before_it_was_there_takes_the_rest_back()
    {
        var identity = With(Bundle()).EstablishedOn(Some.Platform).RefusedOn(Other, "no permission", Some.Noon);

        var revoking = Assert.IsType<RevokingGrant>(Assert.Single(identity.Grants));
        Assert.Equal(RevocationReason.BundleFailed, revoking.Reason);
        Assert.Equal($"{Other}: no permission", revoking.Failure);
        Assert.Empty(identity.AccessAt(Some.Noon));
        var gone = revoking.ConfirmGone(Some.Platform, Some.Noon, null);
        Assert.Equal(revoking.Failure, Assert.IsType<RevokedGrant>(((RevokingGrant)gone).ConfirmGone(Other, Some.Noon, null)).Failure);
    }

    [Fact]
    public void What_fails_after_it_was_there_takes_nothing_back()
    {
        var there = With(Bundle()).EstablishedOn(Some.Platform).EstablishedOn(Other);

        Assert.Same(there, there.RefusedOn(Other, "no permission", Some.Noon));
        Assert.Equal(there.Generation, With(Bundle()).Generation);
        Assert.Equal(GrantStatus.Active, there.Expire(Some.Noon + ActiveGrant.BundleTime).Grants[0].Status);
    }

    [Fact]
    public void A_platform_that_is_not_there_in_time_takes_the_rest_back()
    {
        var identity = With(Bundle()).EstablishedOn(Some.Platform);

        Assert.Equal(Some.Noon + ActiveGrant.BundleTime, DueTimes.NextDue(identity, Some.Noon));
        Assert.Same(identity, identity.Expire(Some.Noon + ActiveGrant.BundleTime - TimeSpan.FromTicks(1)));
        var late = Assert.IsType<RevokingGrant>(identity.Expire(Some.Noon + ActiveGrant.BundleTime).Grants[0]);
        Assert.Equal(RevocationReason.BundleFailed, late.Reason);
        Assert.Contains(Other, late.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void What_begins_later_is_not_awaited()
    {
        var later = Some.Entitlement() with { Platform = Other, Conditions = new(NotBefore: Some.Noon + Hour) };
        var decision = Some.Permit(2 * Hour, Some.Entitlement(), later);

        var grant = Assert.IsType<ActiveGrant>(Grant.From("g", Request(decision), decision));

        Assert.Equal([Some.Platform], grant.Awaiting);
        Assert.Equal(GrantStatus.Active, With(grant).EstablishedOn(Some.Platform).Expire(Some.Noon + ActiveGrant.BundleTime).Grants[0].Status);
    }

    [Fact]
    public void Nothing_is_awaited_while_nothing_is_given_and_the_wait_begins_anew_when_it_is()
    {
        var suspended = With(Bundle()).EstablishedOn(Some.Platform).Suspend().Value;
        var later = Some.Noon + (2 * ActiveGrant.BundleTime);

        Assert.Equal(Some.Noon + Hour, DueTimes.NextDue(suspended, Some.Noon));
        Assert.Same(suspended, suspended.Expire(later));
        var resumed = suspended.Resume(later).Value;

        Assert.Equal(later + ActiveGrant.BundleTime, DueTimes.NextDue(resumed, later));
        Assert.Same(resumed, resumed.Expire(later + ActiveGrant.BundleTime - TimeSpan.FromTicks(1)));
        Assert.Equal(RevocationReason.BundleFailed, Assert.IsType<RevokingGrant>(resumed.Expire(later + ActiveGrant.BundleTime).Grants[0]).Reason);
        Assert.IsType<ActiveGrant>(resumed.EstablishedOn(Other).Expire(later + ActiveGrant.BundleTime).Grants[0]);
    }

    [Fact]
    public void What_is_over_before_that_has_expired()
    {
        var identity = With(Bundle(lifetime: TimeSpan.FromMinutes(1)));

        Assert.Equal(RevocationReason.Expired, Assert.IsType<RevokingGrant>(identity.Expire(Some.Noon + TimeSpan.FromMinutes(1)).Grants[0]).Reason);
    }

    [Fact]
    public void An_approval_begins_the_wait()
    {
        var decision = Decision(BundleMode.AllOrNothing, Hour) with { Outcome = DecisionOutcome.RequireApproval, AnswerWithin = Hour };
        var pending = (PendingApprovalGrant)Grant.From("g", Request(decision), decision);

        Assert.Equal(Some.Noon + Hour + ActiveGrant.BundleTime, Assert.IsType<ActiveGrant>(pending.Permit(decision with { Outcome = DecisionOutcome.Permit }, Some.Noon + Hour)).EstablishedBy);
    }

    private static ActiveGrant Bundle(BundleMode mode = BundleMode.AllOrNothing, TimeSpan? lifetime = null) =>
        (ActiveGrant)Grant.From("g", Request(Decision(mode, lifetime ?? Hour)), Decision(mode, lifetime ?? Hour));

    private static AccessRequest Request(Decision decision) => new("ada", "a test", decision.Entitlements, Hour, Some.Noon);

    private static Decision Decision(BundleMode mode, TimeSpan lifetime) =>
        Some.Permit(lifetime, Some.Entitlement(), Some.Entitlement() with { Platform = Other }) with { Bundle = mode };

    private static Identity With(Grant grant) => Some.Identity.Add(grant).Value;
}
