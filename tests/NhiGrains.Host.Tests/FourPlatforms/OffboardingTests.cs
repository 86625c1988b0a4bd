using System.Text.Json;
using NhiGrains.Host.Tests.EndToEnd;
using NhiGrains.Platforms.TestKit.Postgres;
using NhiGrains.Platforms.TestKit.Waiting;
using Npgsql;

namespace NhiGrains.Host.Tests.FourPlatforms;

/// <summary>A build agent leaves four platforms, on two of which somebody has put something on its principal.</summary>
[Collection("four platforms")] // Each runs servers and a host of its own: one after the other on two cores.
public class OffboardingTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Access_is_gone_everywhere_at_once_and_what_somebody_keeps_is_a_task_until_they_let_it_go()
    {
        await using var clouds = await Clouds.SetAsync();
        using var portal = await clouds.PortalAsync();
        await BuildAgentTests.RegisterAsync(clouds, portal);
        var grant = await BuildAgentTests.RequestAsync(portal, seconds: 1_800);
        var (aws, postgres) = (await BuildAgentTests.CredentialAsync(portal, grant, "aws:demo"), await BuildAgentTests.CredentialAsync(portal, grant, "pg:demo"));
        await clouds.Aws.AddPolicyByHandAsync("by-hand");
        await clouds.Postgres.DoAsync("ALTER TABLE stock OWNER TO build_agent");

        await portal.AskAsync("mutation ($input: IdentityReasonInput!) { offboardIdentity(input: $input) { result { __typename } } }", new { input = new { identityId = BuildAgentTests.Agent, reason = "replaced" } });

        await UntilAsync(portal, "aws:demo MANUAL_ACTION_REQUIRED, gcp:demo REVOKED, k8s:test REVOKED, pg:demo MANUAL_ACTION_REQUIRED");
        Assert.Equal(("AccessDenied", true), (await clouds.Aws.TryPutAsync(aws, "orders/1.zip"), await RealServer.TryReadAsync(postgres, "orders") is not null));
        // Of both it is proven what is gone, so the grant itself is over.
        Assert.Equal("REVOKED", Portal.Text(await BuildAgentTests.GrantAsync(portal, grant), "status"));
        var tasks = await TasksAsync(portal);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', tasks));
        Assert.Equal(["aws:demo", "pg:demo"], tasks.Select(task => Portal.Text(task, "platform")).Order(StringComparer.Ordinal));
        Assert.All(tasks, task =>
        {
            Assert.Equal(("ada", false), (Portal.Text(task.GetProperty("owner"), "person"), task.GetProperty("overdue").GetBoolean()));
            Assert.NotEqual(JsonValueKind.Null, task.GetProperty("deadline").ValueKind);
            Assert.NotEqual(JsonValueKind.Null, task.GetProperty("retryAt").ValueKind);
        });

        await clouds.Aws.RemovePolicyByHandAsync("by-hand");
        await clouds.Postgres.DoAsync($"ALTER TABLE stock OWNER TO {PostgresServer.Admin}");
        foreach (var platform in (string[])["aws:demo", "pg:demo"])
            await portal.DoAsync("refreshPlatform", "... on PlatformSuccess { progress }", new { platform, waitSeconds = 20 });

        await UntilAsync(portal, "aws:demo REVOKED, gcp:demo REVOKED, k8s:test REVOKED, pg:demo REVOKED", "RETIRED");
        Assert.Empty(await TasksAsync(portal));
        Assert.False(await clouds.Aws.ExistsAsync());
        Assert.Equal("42704", (await Assert.ThrowsAsync<PostgresException>(() => clouds.Postgres.DoAsync("DROP ROLE build_agent"))).SqlState);
    }

    private static async Task UntilAsync(Portal portal, string platforms, string status = "OFFBOARDING")
    {
        JsonElement last = default;
        await Eventually.TrueAsync(
            async () =>
            {
                last = (await portal.AskAsync($$"""{ identity(id: "{{BuildAgentTests.Agent}}") { status platforms { platform status message } } }""")).GetProperty("identity");
                var seen = last.GetProperty("platforms").EnumerateArray().Select(on => $"{Portal.Text(on, "platform")} {Portal.Text(on, "status")}");
                return (Portal.Text(last, "status"), string.Join(", ", seen.Order(StringComparer.Ordinal))) == (status, platforms);
            },
            Soon, () => $"not {status} with {platforms}, but {last}", TestContext.Current.CancellationToken);
    }

    private static async Task<JsonElement[]> TasksAsync(Portal portal)
    {
        var data = await portal.AskAsync("{ manualTasks(first: 10) { nodes { platform what owner { person } deadline overdue retryAt drift { objectKind key } } } }");
        return [.. data.GetProperty("manualTasks").GetProperty("nodes").EnumerateArray()];
    }
}
