using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Identities;

/// <summary>Two activations of one identity at a time, of which one knows only what was true before the other took over.</summary>
public class RivalTests
{
    [Fact]
    public async Task Who_was_away_with_a_retry_to_do_does_not_give_what_was_revoked_meanwhile()
    {
        await using var away = await TwoSilos.StartAsync();
        await using var rivals = await away.RivalsAsync();
        var before = new Scenario(away, "billing");
        await before.Register();
        await before.UntilPlatformIs(EnforcementStatus.Effective);
        away.Platform.Before = (_, _) => throw new PlatformException(PlatformError.Unavailable, "No answer.", retryAfter: TimeSpan.FromHours(1));
        var grant = await before.Request(TimeSpan.FromMinutes(30), Scenario.May("prices"));
        await before.UntilPlatformIs(EnforcementStatus.Unknown);
        away.Platform.Before = null;

        var after = new Scenario(rivals, "billing");
        await rivals.Enforcement("billing").Converge();
        await after.UntilHas(after.Key("prices"));
        await after.Do(new IdentityCommand.RevokeGrant(grant.GrantId ?? "", "no longer needed"), "by-the-rival");
        await after.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
        // What it does when its retry is due. Nobody waits for that, but the next question to it is answered after it.
        await away.Enforcement("billing").Converge();
        await away.Enforcement("billing").Refresh();

        Assert.Empty(rivals.Platform.KeysOf(after.Principal));
    }

    [Fact]
    public async Task A_credential_that_comes_after_its_grant_was_revoked_is_ended_and_not_handed_out()
    {
        await using var away = await TwoSilos.StartAsync();
        await using var rivals = await away.RivalsAsync();
        var (before, after) = (new Scenario(away, "billing"), new Scenario(rivals, "billing"));
        await before.Register();
        var grant = await before.Request(TimeSpan.FromMinutes(30), Scenario.May("prices"));
        await before.UntilPlatformIs(EnforcementStatus.Effective);
        bool Issues(PassedRequest request) => request.Method == "POST" && request.Target.Contains("/credentials/", StringComparison.Ordinal);
        using var late = away.Way.Inject(new Fault.Delay(TimeSpan.FromSeconds(8)), Issues);

        var issuing = away.Enforcement("billing").IssueCredential(new("ada", grant.GrantId ?? ""));
        await Eventually.TrueAsync(() => Task.FromResult(away.Way.Passed.Any(Issues)), TimeSpan.FromSeconds(60), () => "not asked", TestContext.Current.CancellationToken);
        await after.Do(new IdentityCommand.RevokeGrant(grant.GrantId ?? "", "no longer needed"), "by-the-rival");
        await after.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
        var secret = "";
        var failure = await Record.ExceptionAsync(async () => secret = (await issuing).Secret);

        Assert.True(failure is not null || secret is null, "It was handed out.");
        Assert.False(away.Platform.HasCredential(before.Principal, grant.GrantId ?? ""));
    }

    [Fact]
    public async Task What_was_handed_out_in_one_silo_ends_in_another_one_though_the_platform_shows_nothing_of_it()
    {
        await using var away = await TwoSilos.StartAsync();
        await using var rivals = await away.RivalsAsync();
        var (before, after) = (new Scenario(away, "billing"), new Scenario(rivals, "billing"));
        await before.Register();
        var grant = await before.Request(TimeSpan.FromMinutes(30), Scenario.May("prices"));
        var other = await before.Request(TimeSpan.FromMinutes(30), Scenario.May("orders"));
        await before.UntilPlatformIs(EnforcementStatus.Effective);
        away.Platform.HidesCredentials = true;
        foreach (var of in new[] { grant, grant, other })
            Assert.Null((await away.Enforcement("billing").IssueCredential(new("ada", of.GrantId ?? ""))).Refusal);

        await after.Do(new IdentityCommand.RevokeGrant(grant.GrantId ?? "", "no longer needed"), "by-the-rival");
        await after.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);

        Assert.False(away.Platform.HasCredential(before.Principal, grant.GrantId ?? ""));
        Assert.True(away.Platform.HasCredential(before.Principal, other.GrantId ?? ""));
    }
}
