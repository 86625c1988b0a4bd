using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>A <c>kill -9</c> exactly while a write is at the API server.</summary>
[Collection("killed servers")] // Each runs a cluster and a host of its own: one after the other on two cores.
public class KillWhileEnforcingTests
{
    private const int Seconds = 35;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Killed_with_a_write_that_was_lost_and_one_that_was_done_but_not_answered_the_outcome_is_the_same()
    {
        var (stage, proxy) = await Stage.SetBehindProxyAsync();
        await using var _ = stage;
        using var portal = await stage.PortalAsync();
        await portal.RegisterAsync("lost");
        await portal.RegisterAsync("done");
        var lost = await HeldAsync(portal, proxy, "lost", new Fault.Delay(TimeSpan.FromHours(1)));
        var done = await HeldAsync(portal, proxy, "done", new Fault.Silence());
        await Eventually.TrueAsync(() => stage.MayAsync("done", "get", "configmaps", "shop"), Soon, () => "the write was not done", TestContext.Current.CancellationToken);

        await stage.Host.KillAsync();
        Assert.False(await stage.MayAsync("lost", "get", "configmaps", "shop"));
        Assert.True(await stage.MayAsync("done", "get", "configmaps", "shop"));
        var before = await stage.ObjectsOfAsync("done");
        await stage.Host.StartAsync(TestContext.Current.CancellationToken);

        await GivenOnceAsync(stage, portal, "lost");
        await GivenOnceAsync(stage, portal, "done");
        Assert.Equal(before, await stage.ObjectsOfAsync("done"));
        await EndedOnTimeAsync(stage, portal, "lost", lost);
        await EndedOnTimeAsync(stage, portal, "done", done);
        Assert.Empty(await portal.DriftAsync());
        var audit = await stage.VerifyAuditAsync();
        Assert.True(audit.Code == 0, audit.Output);
    }

    /// <summary>Requests access, and returns when the last of its writes is at the API server.</summary>
    private static async Task<(string GrantId, DateTimeOffset Ends)> HeldAsync(Portal portal, FaultProxy proxy, string identity, Fault fault)
    {
        var before = proxy.Passed.Count(IsBinding);
        proxy.Inject(fault, IsBinding, times: 1);
        var grantId = await portal.RequestAsync(identity, Seconds, ["READ"], waitFor: null);
        await Eventually.TrueAsync(() => Task.FromResult(proxy.Passed.Count(IsBinding) > before), Soon, () => "nothing was written", TestContext.Current.CancellationToken);
        return (grantId, (await portal.GrantAsync(identity, grantId)).GetProperty("expiresAt").GetDateTimeOffset());
    }

    private static bool IsBinding(PassedRequest request) => request.Method == "POST" && request.Target.Contains("/rolebindings", StringComparison.Ordinal);

    private static async Task GivenOnceAsync(Stage stage, Portal portal, string identity)
    {
        await portal.UntilStatusAsync(identity, "EFFECTIVE", Soon);
        Assert.True(await stage.MayAsync(identity, "get", "configmaps", "shop"));
        Assert.False(await stage.MayAsync(identity, "update", "configmaps", "shop"));
        Assert.Equal(2, (await stage.ObjectsOfAsync(identity)).Count);
    }

    private static async Task EndedOnTimeAsync(Stage stage, Portal portal, string identity, (string GrantId, DateTimeOffset Ends) grant)
    {
        var revoked = await portal.UntilAsync(identity, grant.GrantId, "REVOKED", TimeSpan.FromSeconds(Seconds + 20));
        Assert.InRange(revoked.GetProperty("revokedAt").GetDateTimeOffset() - grant.Ends, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.False(await stage.MayAsync(identity, "get", "configmaps", "shop"));
        Assert.Empty(await stage.ObjectsOfAsync(identity));
        var story = await portal.StoryAsync(identity);
        Assert.Single(story, "grant.revoking");
        Assert.Single(story, "grant.revoked");
    }
}
