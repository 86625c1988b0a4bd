using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Enforcement;

public class FaultTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly PlatformException Silence = new(PlatformError.Unavailable, "No answer.");

    [Fact]
    public async Task A_platform_that_is_down_over_the_end_of_a_grant_is_revoked_when_it_is_back()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        var grant = await billing.RegisterWithGrant(Minute, Scenario.May("prices"));

        silos.Platform.Before = (_, _) => throw Silence;
        silos.Time.Advance(Minute);

        await billing.UntilPlatformIs(EnforcementStatus.Unknown);
        Assert.Equal(GrantStatus.Revoking, (await billing.Grant(grant.GrantId)).Status);
        Assert.Contains("revocation is under way", (await billing.View()).Platforms[0].Message, StringComparison.Ordinal);
        silos.Platform.Before = null;
        await billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
        await billing.UntilHas();
    }

    [Fact]
    public async Task A_platform_whose_reads_take_longer_than_a_fence_is_valid_is_written_to_all_the_same()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        using var slow = silos.Way.Inject(new Fault.Delay(Fence.DefaultValidity + TimeSpan.FromSeconds(2)), request => request.Method == "GET", times: 1);

        await billing.Request(30 * Minute, Scenario.May("prices"));

        await billing.UntilHas(billing.Key("prices"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        Assert.DoesNotContain(await Story.Of(silos, "billing"), entry => entry.Event.Action == "enforcement.failed");
    }

    [Theory]
    [InlineData("PUT")] // Another grant cannot be given,
    [InlineData("DELETE")] // its own access cannot be taken away.
    public async Task A_credential_ends_with_its_grant_whatever_else_cannot_be_done(string refused)
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        var ending = await billing.RegisterWithGrant(Minute, Scenario.May("prices"));
        await silos.Enforcement("billing").IssueCredential(new("ada", ending.GrantId ?? ""));
        using (silos.Way.Inject(new Fault.DropBefore(), request => request.Method == refused && request.Target.Contains("/objects/", StringComparison.Ordinal)))
        {
            await billing.Request(30 * Minute, Scenario.May("orders"));
            silos.Time.Advance(Minute);

            await Eventually.TrueAsync(() => Task.FromResult(!silos.Platform.HasCredential(billing.Principal, ending.GrantId ?? "")),
                TimeSpan.FromSeconds(60), () => "the credential lives on", TestContext.Current.CancellationToken);
            Assert.Equal(GrantStatus.Revoking, (await billing.Grant(ending.GrantId)).Status);
        }

        await billing.UntilGrantIs(ending.GrantId, GrantStatus.Revoked);
        Assert.NotNull((await billing.View()).Platforms[0].ResidualUntil);
    }

    [Theory]
    [InlineData("apply")]
    public async Task A_write_whose_answer_was_lost_is_found_done_and_is_no_drift(string operation)
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        var lost = 0;
        silos.Platform.After = (what, _) =>
        {
            if (what == operation && Interlocked.Increment(ref lost) == 1)
                throw Silence;
        };

        await billing.Request(Minute, Scenario.May("prices"));

        await billing.UntilHas(billing.Key("prices"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        Assert.Equal(1, silos.Platform.Writes);
        Assert.DoesNotContain(await Story.Of(silos, "billing"), entry => entry.Event.Action.StartsWith("drift.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // The next change comes before anybody looks.
    public async Task What_a_late_write_of_ours_left_is_taken_away_and_told(bool seen)
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        await billing.Request(Minute, Scenario.May("prices"));
        await billing.UntilHas(billing.Key("prices"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);

        silos.Platform.Plant(billing.Principal, "late", "billing", generation: 1);
        if (seen)
            await silos.Enforcement("billing").Refresh();
        else
            await billing.Request(Minute, Scenario.May("orders"));

        await billing.UntilHas(seen ? [billing.Key("prices")] : [billing.Key("prices"), billing.Key("orders")]);
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        var told = (await Story.Of(silos, "billing")).Where(entry => entry.Event.Action.StartsWith("drift.", StringComparison.Ordinal)).ToArray();
        Assert.Equal(["drift.detected", "drift.resolved"], told.Select(entry => entry.Event.Action));
        Assert.All(told, entry => Assert.Equal("late", entry.Event.Details["key"]));
    }

    [Fact]
    public async Task What_a_late_write_left_where_all_was_revoked_is_revoked_again()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.RegisterWithGrant(Minute, Scenario.May("prices"));
        silos.Time.Advance(Minute);
        await billing.UntilPlatformIs(EnforcementStatus.Revoked);

        silos.Platform.Plant(billing.Principal, "late", "billing", generation: 1);
        Assert.Equal(EnforcementStatus.Revoking, (await silos.Enforcement("billing").Refresh()).Status);

        await billing.UntilHas();
        await billing.UntilPlatformIs(EnforcementStatus.Revoked);
    }

    [Fact]
    public async Task Credentials_of_an_active_grant_live_on_when_another_one_cannot_be_issued()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        var grant = await billing.RegisterWithGrant(30 * Minute, Scenario.May("prices"));
        Assert.Null((await silos.Enforcement("billing").IssueCredential(new("ada", grant.GrantId ?? ""))).Refusal);
        var asked = 0;
        silos.BeforeCall = call =>
        {
            // The second time it asks is when the credential was issued.
            if (call.MethodName == nameof(IIdentityGrain.GetDesired) && Interlocked.Increment(ref asked) > 1)
                throw new TimeoutException("It hangs.");
        };

        await Assert.ThrowsAsync<TimeoutException>(() => silos.Enforcement("billing").IssueCredential(new("ada", grant.GrantId ?? "")));

        Assert.Equal(2, asked);
        Assert.True(silos.Platform.HasCredential(billing.Principal, grant.GrantId ?? ""));
    }

    [Fact]
    public async Task A_credential_ends_with_its_grant_although_a_generation_was_forged()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        var ending = await billing.RegisterWithGrant(Minute, Scenario.May("prices"));
        await silos.Enforcement("billing").IssueCredential(new("ada", ending.GrantId ?? ""));

        silos.Platform.Plant(billing.Principal, "forged", "billing", generation: long.MaxValue);
        silos.Time.Advance(Minute);

        await billing.UntilHas("forged");
        await Eventually.TrueAsync(() => Task.FromResult(!silos.Platform.HasCredential(billing.Principal, ending.GrantId ?? "")),
            TimeSpan.FromSeconds(60), () => "the credential lives on", TestContext.Current.CancellationToken);
        Assert.Equal(GrantStatus.Revoking, (await billing.Grant(ending.GrantId)).Status);
    }

    [Fact]
    public async Task A_read_that_fails_is_unknown_and_never_drift()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.RegisterWithGrant(Minute, Scenario.May("prices"));

        silos.Platform.Before = (_, _) => throw new PlatformException(PlatformError.Unavailable, "The list was cut off.");
        var view = await silos.Enforcement("billing").Refresh();

        Assert.Equal(EnforcementStatus.Unknown, view.Status);
        Assert.Empty(view.Drift);
        silos.Platform.Before = null;
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        Assert.Equal([billing.Key("prices")], silos.Platform.KeysOf(billing.Principal));
    }

    [Fact]
    public async Task A_principal_that_was_created_again_is_not_touched()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        await billing.Register();
        await billing.UntilPlatformIs(EnforcementStatus.Effective);

        silos.Platform.Recreate(billing.Principal);
        await billing.Request(Minute, Scenario.May("prices"));

        await billing.UntilPlatformIs(EnforcementStatus.Failed);
        Assert.Contains("created again", (await billing.View()).Platforms[0].Message, StringComparison.Ordinal);
        Assert.Empty(silos.Platform.KeysOf(billing.Principal));
    }

    [Fact]
    public async Task What_carries_a_newer_generation_is_left_alone_and_holds_up_no_revocation()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        var grant = await billing.RegisterWithGrant(Minute, Scenario.May("prices"));
        silos.Platform.Plant(billing.Principal, "from the future", "billing", generation: 1_000);

        silos.Time.Advance(Minute);

        await billing.UntilHas("from the future");
        await billing.UntilPlatformIs(EnforcementStatus.Failed);
        Assert.Equal(GrantStatus.Revoking, (await billing.Grant(grant.GrantId)).Status);
    }

    [Fact]
    public async Task A_credential_ends_with_its_grant_and_is_in_no_state_and_no_audit()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, "billing");
        var grant = await billing.RegisterWithGrant(Minute, Scenario.May("prices"));

        var answer = await silos.Enforcement("billing").IssueCredential(new("ada", grant.GrantId!)); // The request was not refused.
        var none = await silos.Enforcement("billing").IssueCredential(new("ada", "g-other"));

        Assert.Equal("NOT_ACTIVE", none.Refusal?.Code);
        Assert.NotNull(answer.Secret);
        Assert.True(silos.Platform.HasCredential(billing.Principal, grant.GrantId!)); // As above.
        Assert.DoesNotContain(answer.Secret, answer.ToString(), StringComparison.Ordinal);
        var story = await Story.Of(silos, "billing");
        Assert.Contains(story, entry => entry.Event.Action == "credential.issued");
        Assert.DoesNotContain(story, entry => NhiGrains.Domain.Canonical.Text(entry).Contains(answer.Secret, StringComparison.Ordinal));
        silos.Time.Advance(Minute);
        await billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
        Assert.False(silos.Platform.HasCredential(billing.Principal, grant.GrantId!)); // As above.
        Assert.Equal("NOT_ACTIVE", (await silos.Enforcement("billing").IssueCredential(new("ada", grant.GrantId!))).Refusal?.Code); // As above.
    }
}
