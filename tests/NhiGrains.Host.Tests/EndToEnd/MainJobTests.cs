using System.Net;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>The main job, driven over GraphQL alone, judged by the API server alone.</summary>
[Collection("real servers")] // Each runs a cluster and a host of its own: one after the other on two cores.
public class MainJobTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Access_is_decided_appears_is_proven_and_is_gone_on_time()
    {
        await using var stage = await Stage.SetAsync();
        using var portal = await stage.PortalAsync();
        await portal.RegisterAsync("billing");

        Assert.Equal(
            """{"outcome":"PERMIT","lifetimeSeconds":20,"matchedRules":["configmaps-for-a-while"],"entitlements":[{"verbs":["LIST","READ"]}]}""",
            await DecisionAsync(portal, 20, Portal.Configmaps(["READ", "LIST"])));
        Assert.Equal(
            """{"outcome":"PERMIT_REDUCED","lifetimeSeconds":3600,"matchedRules":["configmaps-for-a-while"],"entitlements":[{"verbs":["READ"]}]}""",
            await DecisionAsync(portal, 7200, Portal.Configmaps(["READ"])));
        Assert.Equal(
            """{"outcome":"DENY","lifetimeSeconds":null,"matchedRules":[],"entitlements":[]}""",
            await DecisionAsync(portal, 20, [new { platform = "k8s:test", verbs = new[] { "READ" }, resources = new[] { new { type = "secrets", container = "shop", match = "ALL" } } }]));
        Assert.False(await stage.MayAsync("billing", "get", "configmaps", "shop"));
        var grantId = await portal.RequestAsync("billing", 20, ["READ", "LIST"]);
        var ended = (await portal.GrantAsync("billing", grantId)).GetProperty("expiresAt").GetDateTimeOffset();

        Assert.True(await stage.MayAsync("billing", "get", "configmaps", "shop"));
        Assert.True(await stage.MayAsync("billing", "list", "configmaps", "shop"));
        Assert.False(await stage.MayAsync("billing", "update", "configmaps", "shop"));
        Assert.False(await stage.MayAsync("billing", "get", "secrets", "shop"));
        Assert.False(await stage.MayAsync("billing", "get", "configmaps", "other"));
        var issued = await portal.DoAsync("issueCredential", "... on CredentialSuccess { secret expiresAt residualUntil }", new { identityId = "billing", grantId });
        var token = Portal.Text(issued, "secret");
        Assert.Equal(HttpStatusCode.OK, await stage.ReadAsync(token));

        var revoked = await portal.UntilAsync("billing", grantId, "REVOKED", TimeSpan.FromSeconds(40));
        Assert.False(await stage.MayAsync("billing", "get", "configmaps", "shop"));
        // Without its binding it may not; which of the two is said depends on how long ago the API server saw the token.
        Assert.Contains(await stage.ReadAsync(token), new[] { HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized });
        var said = revoked.GetProperty("revokedAt").GetDateTimeOffset();
        Assert.True(said >= ended && said - ended < TimeSpan.FromSeconds(10), $"ended {ended}, revoked {said}");
        await Eventually.TrueAsync(async () => await stage.ReadAsync(token) == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(15), () => "the token still authenticates", TestContext.Current.CancellationToken);
        Assert.True(revoked.GetProperty("residualUntil").GetDateTimeOffset() >= said, "the residual access of the token was not told");
        var audit = await stage.VerifyAuditAsync();
        Assert.True(audit.Code == 0, audit.Output);
        Assert.DoesNotContain(token, stage.Host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ending_one_of_two_overlapping_grants_leaves_the_other()
    {
        await using var stage = await Stage.SetAsync();
        using var portal = await stage.PortalAsync();
        await portal.RegisterAsync("billing");
        await portal.RequestAsync("billing", 600, ["READ"]);
        var second = await portal.RequestAsync("billing", 600, ["READ", "LIST"]);
        Assert.True(await stage.MayAsync("billing", "list", "configmaps", "shop"));

        await portal.DoAsync("revokeGrant", "... on GrantSuccess { grant { status } }", new { identityId = "billing", grantId = second, waitFor = "REVOKED", waitSeconds = 20 });

        Assert.False(await stage.MayAsync("billing", "list", "configmaps", "shop"));
        Assert.True(await stage.MayAsync("billing", "get", "configmaps", "shop"));
    }

    [Fact]
    public async Task Killed_after_the_answer_while_active_and_while_revoking_the_outcome_is_the_same()
    {
        await using var stage = await Stage.SetAsync();
        using var portal = await stage.PortalAsync();
        await portal.RegisterAsync("billing");

        var grantId = await portal.RequestAsync("billing", 45, ["READ"], waitFor: null);
        await stage.Host.KillAsync(); // After the answer, in the middle of enforcement or before it.
        await stage.Host.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => stage.MayAsync("billing", "get", "configmaps", "shop"), Soon, () => "what was answered was lost", TestContext.Current.CancellationToken);
        Assert.Equal("ACTIVE", Portal.Text(await portal.GrantAsync("billing", grantId), "status"));

        await stage.Host.KillAsync(); // While it is active.
        await stage.Host.StartAsync(TestContext.Current.CancellationToken);
        await portal.DoAsync("revokeGrant", "... on GrantSuccess { grant { status } }", new { identityId = "billing", grantId });
        await stage.Host.KillAsync(); // While revoking.
        await stage.Host.StartAsync(TestContext.Current.CancellationToken);

        await portal.UntilAsync("billing", grantId, "REVOKED", TimeSpan.FromSeconds(60));
        Assert.False(await stage.MayAsync("billing", "get", "configmaps", "shop"));
        var audit = await stage.VerifyAuditAsync();
        Assert.True(audit.Code == 0, audit.Output);
    }

    [Fact]
    public async Task A_cluster_that_is_down_over_the_end_is_revoked_within_a_minute_of_its_return()
    {
        await using var stage = await Stage.SetAsync();
        using var portal = await stage.PortalAsync();
        await portal.RegisterAsync("billing");
        var grantId = await portal.RequestAsync("billing", 8, ["READ"]);

        await stage.StopClusterAsync();
        await portal.UntilAsync("billing", grantId, "REVOKING", TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(
            async () => (await portal.GrantAsync("billing", grantId)).GetRawText().Contains("\"UNKNOWN\"", StringComparison.Ordinal),
            TimeSpan.FromSeconds(40), () => "the status does not say that it is not known", TestContext.Current.CancellationToken);
        await stage.StartClusterAgainAsync();

        await portal.UntilAsync("billing", grantId, "REVOKED", TimeSpan.FromSeconds(60));
        Assert.False(await stage.MayAsync("billing", "get", "configmaps", "shop"));
    }

    private static async Task<string> DecisionAsync(Portal portal, int seconds, object[] entitlements)
    {
        var data = await portal.AskAsync(
            "query ($e: [EntitlementInput!]!, $seconds: Int!) { simulateAccess(identityId: \"billing\", entitlements: $e, lifetimeSeconds: $seconds) { ... on Simulation { decision { outcome lifetimeSeconds matchedRules entitlements { verbs } } } } }",
            new { e = entitlements, seconds });
        return data.GetProperty("simulateAccess").GetProperty("decision").GetRawText();
    }
}
