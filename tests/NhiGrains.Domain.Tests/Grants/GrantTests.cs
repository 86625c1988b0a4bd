using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Domain.Expiry;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Tests.Grants;

public class GrantTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Is_revoked_only_after_every_platform_was_read_back()
    {
        var grant = (ActiveGrant)Some.Granted("g", Minute, Some.Noon, Some.Entitlement(), Some.Entitlement() with { Platform = "k8s:other" });
        var revoking = grant.BeginRevocation(RevocationReason.Expired, Some.Noon + Minute);

        var first = revoking.ConfirmGone(Some.Platform, Some.Noon + Minute, Some.Noon + (2 * Minute));
        var second = ((RevokingGrant)first).ConfirmGone("k8s:other", Some.Noon + Minute, null);

        Assert.Equal(GrantStatus.Revoking, first.Status);
        Assert.Equal(Some.Noon + (2 * Minute), Assert.IsType<RevokedGrant>(second).ResidualUntil);
    }

    [Fact]
    public void Keeps_the_end_that_it_had_when_it_is_revoked_and_older_states_are_read_without_it()
    {
        var grant = (ActiveGrant)Some.Granted("g", Minute, Some.Noon, Some.Entitlement());

        var revoked = grant.BeginRevocation(RevocationReason.RevokedByRequest, Some.Noon).ConfirmGone(Some.Platform, Some.Noon, null);

        Assert.Equal(Some.Noon + Minute, Assert.IsType<RevokedGrant>(revoked).ExpiresAt);
        var older = JsonNode.Parse(Canonical.Text(revoked))!.AsObject(); // The text of an object.
        Assert.True(older.Remove("expiresAt"));
        Assert.Null(Assert.IsType<RevokedGrant>(older.Deserialize<Grant>(Canonical.Json)).ExpiresAt);
    }

    [Fact]
    public void Ends_at_its_instant_and_not_after_it()
    {
        var identity = Some.Identity.Add(Some.Granted("g", Minute, Some.Noon, Some.Entitlement())).Value;

        Assert.Single(identity.AccessAt(Some.Noon + Minute - TimeSpan.FromTicks(1)));
        Assert.Empty(identity.AccessAt(Some.Noon + Minute));
        Assert.Equal(Some.Noon + Minute, DueTimes.NextDue(identity, Some.Noon));
        Assert.Equal(["g"], DueTimes.DueAt(identity, Some.Noon + Minute));
    }

    [Fact]
    public void A_clock_that_was_set_back_takes_nothing_away()
    {
        var identity = Some.Identity.Add(Some.Granted("g", Minute, Some.Noon, Some.Entitlement())).Value;

        Assert.Single(identity.AccessAt(Some.Noon - Minute));
    }

    [Fact]
    public void What_ends_now_is_the_last_to_become_history()
    {
        var identity = Some.Identity.Add(Some.Granted("first", Minute, Some.Noon, Some.Entitlement())).Value
            .Add(new PendingApprovalGrant("waiting", new("ada", "why", [Some.Entitlement()], Minute, Some.Noon), Some.Permit(Minute), Some.Noon + (2 * Minute))).Value;
        for (var index = 0; index < Domain.Identities.Identity.MaxEndedGrants; index++)
            identity = identity.Add(new DeniedGrant($"g{index}", new("ada", "why", [Some.Entitlement()], Minute, Some.Noon), Some.Permit(Minute))).Value.WithoutHistory();

        var gone = identity.Expire(Some.Noon + Minute).ConfirmGone(Some.Platform, ["first"], Some.Noon + Minute, null).WithoutHistory();
        Assert.Equal(GrantStatus.Revoked, gone.Grants.Single(grant => grant.Id == "first").Status);
        var unanswered = gone.Expire(Some.Noon + (2 * Minute)).WithoutHistory();
        Assert.Equal(GrantStatus.ExpiredUnanswered, unanswered.Grants.Single(grant => grant.Id == "waiting").Status);
        Assert.Equal(["first", "waiting"], unanswered.Grants.TakeLast(2).Select(grant => grant.Id));
        Assert.Equal("waiting", gone.Offboard(Some.Noon + Minute).Value.WithoutHistory().Grants[^1].Id);
    }

    [Fact]
    public void A_window_of_an_entitlement_opens_and_closes_by_itself()
    {
        var window = Some.Entitlement() with { Conditions = new(Some.Noon + Minute, Some.Noon + (2 * Minute)) };
        var identity = Some.Identity.SetIntent(new([window], null), Some.Noon).Value;

        Assert.Empty(identity.AccessAt(Some.Noon));
        Assert.Equal(Some.Noon + Minute, DueTimes.NextDue(identity, Some.Noon));
        Assert.Single(identity.AccessAt(Some.Noon + Minute));
        Assert.Equal(Some.Noon + (2 * Minute), DueTimes.NextDue(identity, Some.Noon + Minute));
        Assert.Empty(identity.AccessAt(Some.Noon + (2 * Minute)));
    }

    [Fact]
    public void A_denied_request_gives_nothing()
    {
        var request = new AccessRequest("ada", "why", [Some.Entitlement()], Minute, Some.Noon);
        var decision = PolicyEngine.Decide(PolicySet.Empty, new("billing", default, "staging", Some.Profile.Tags, request.Entitlements, Minute));

        var identity = Some.Identity.Add(Grant.From("g", request, decision)).Value;

        Assert.Equal(GrantStatus.Denied, Assert.Single(identity.Grants).Status);
        Assert.Empty(identity.AccessAt(Some.Noon));
    }

    [Fact]
    public void Offboarding_ends_everything_and_retires_only_after_the_read_back()
    {
        var identity = Some.Identity.Add(Some.Granted("g", Minute, Some.Noon, Some.Entitlement())).Value.Offboard(Some.Noon).Value;

        Assert.Empty(identity.AccessAt(Some.Noon));
        Assert.Equal("WRONG_STATUS", identity.Retire().Refusal?.Code);
        Assert.True(identity.ConfirmGone(Some.Platform, ["g"], Some.Noon, null).Retire().IsOk);
    }

    [Fact]
    public void Survives_its_stored_form_and_tolerates_members_that_it_does_not_know()
    {
        var identity = Some.Identity.Add(Some.Granted("g", Minute, Some.Noon, Some.Entitlement())).Value;
        var text = Canonical.Text(identity);

        var back = JsonSerializer.Deserialize<Domain.Identities.Identity>(text.Replace("{\"id\"", "{\"newer\":1,\"id\"", StringComparison.Ordinal), Canonical.Json);

        Assert.Equal(text, Canonical.Text(back));
    }
}
