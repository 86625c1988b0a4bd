using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms;

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
}
