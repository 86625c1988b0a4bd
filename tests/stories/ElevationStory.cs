using NhiGrains.Host.Tests.EndToEnd;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>(f) JIT elevation of a production service account is removed after the window.</summary>
/// <remarks>The policy is <c>policies/f-elevation.yaml</c>. The cluster is a real kube-apiserver, and its own authorizer is asked.</remarks>
[Collection(StoryCollection.Name)]
public sealed class ElevationStory(StoryWorld world)
{
    private const string Account = "checkout-operator";

    private static readonly object[] ChangeDeployment =
        [new { platform = "k8s:test", verbs = new[] { "READ", "WRITE" }, resources = new[] { new { type = "deployments", container = "checkout", match = "EXACT", name = "checkout" } } }];

    [Fact]
    public async Task It_may_change_the_deployment_within_the_window_and_not_a_moment_after()
    {
        using var cluster = world.Cluster.ClientWith(world.Cluster.AdminToken);
        await cluster.CreateNamespaceAsync("checkout");
        await world.SetGroupAsync("on-call", "olga");
        using var admin = world.AsAdmin();
        await admin.RegisterAsync(Account, "SERVICE_ACCOUNT", "production", "checkout", [new { platform = "k8s:test", principal = $"checkout/{Account}", createIfMissing = true }]);

        // Whoever is not on call, and for longer than the window: denied.
        var notOnCall = await admin.RequestAsync(Account, ChangeDeployment, seconds: 600);
        Assert.Contains("requesters: members of on-call", Assert.Single(StoryPortal.Findings(notOnCall), IsOfRule), StringComparison.Ordinal);
        using var olga = world.As("olga", "requester");
        var tooLong = await olga.RequestAsync(Account, ChangeDeployment, seconds: 3_600);
        Assert.Contains("lifetimeAtMost: 00:15:00", Assert.Single(StoryPortal.Findings(tooLong), IsOfRule), StringComparison.Ordinal);
        Assert.Equal(("DENIED", "DENIED"), (Portal.Text(notOnCall, "status"), Portal.Text(tooLong, "status")));
        Assert.False(await MayAsync(cluster, "patch", "checkout"));

        var grant = await olga.RequestAsync(Account, ChangeDeployment, seconds: 10, waitFor: "EFFECTIVE");
        Assert.True(await MayAsync(cluster, "patch", "checkout"));
        Assert.False(await MayAsync(cluster, "patch", "another"));
        Assert.False(await MayAsync(cluster, "delete", "checkout"));

        var end = grant.GetProperty("expiresAt").GetDateTimeOffset();
        await admin.UntilAsync(Account, Portal.Text(grant, "grantId"), StoryPortal.IsRevoked);
        Assert.False(await MayAsync(cluster, "patch", "checkout"));
        Assert.False(await MayAsync(cluster, "get", "checkout"));
        var late = TimeProvider.System.GetUtcNow() - end;
        Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        TestContext.Current.TestOutputHelper?.WriteLine($"seen as removed {late.TotalSeconds:0.0} s after the end of the window");
        await world.ReplayAsync(Account);
    }

    private static bool IsOfRule(string finding) => finding.StartsWith("on-call-elevates-", StringComparison.Ordinal);

    private static Task<bool> MayAsync(HttpClient cluster, string verb, string name) => cluster.MayAsync($"checkout/{Account}", verb, "deployments", name, "apps");
}
