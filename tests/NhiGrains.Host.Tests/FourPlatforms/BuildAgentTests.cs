using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using NhiGrains.Host.Tests.EndToEnd;
using NhiGrains.Host.Tests.Stories;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.FourPlatforms;

/// <summary>One access rule for a build agent becomes IAM, Kubernetes, a secret and database rights.</summary>
[Collection("four platforms")] // Each runs servers and a host of its own: one after the other on two cores.
public class BuildAgentTests
{
    internal const string Agent = "build-agent";

    private static readonly string[] All = ["aws:demo", "gcp:demo", "k8s:test", "pg:demo"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_grant_is_effective_on_all_four_works_there_and_ends_on_time_on_all_four()
    {
        await using var clouds = await Clouds.SetAsync();
        using var portal = await clouds.PortalAsync();
        await RegisterAsync(clouds, portal);

        var grant = await RequestAsync(portal, seconds: 45);
        var (aws, gcp, postgres) = (await CredentialAsync(portal, grant, "aws:demo"), await CredentialAsync(portal, grant, "gcp:demo"), await CredentialAsync(portal, grant, "pg:demo"));

        Assert.Equal((null, "AccessDenied"), (await clouds.Aws.TryPutAsync(aws, "orders/1.zip"), await clouds.Aws.TryPutAsync(aws, "salaries/1.zip")));
        Assert.Equal(HttpStatusCode.OK, await clouds.Gcp.TryReadAsync(gcp));
        Assert.True(await MayPatchAsync(clouds, "orders"));
        Assert.False(await MayPatchAsync(clouds, "salaries"));
        Assert.Equal((null, "42501"), (await RealServer.TryReadAsync(postgres, "orders"), await RealServer.TryReadAsync(postgres, "salaries")));

        var end = (await GrantAsync(portal, grant)).GetProperty("expiresAt").GetDateTimeOffset();
        var gone = new List<string>();
        await Task.WhenAll(
            UntilGoneAsync("aws", async () => await clouds.Aws.TryPutAsync(aws, "orders/2.zip")),
            UntilGoneAsync("gcp", async () => await clouds.Gcp.TryReadAsync(gcp) is var code and not HttpStatusCode.OK ? code.ToString() : null),
            UntilGoneAsync("k8s", async () => await MayPatchAsync(clouds, "orders") ? null : "denied"),
            UntilGoneAsync("pg", async () => await RealServer.TryReadAsync(postgres, "orders")));
        Assert.Equal(4, gone.Count);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", gone));

        await Eventually.TrueAsync(async () => Portal.Text(await GrantAsync(portal, grant), "status") == "REVOKED", TimeSpan.FromSeconds(40), () => "not revoked", Cancellation);
        // What is left denies: the sessions of the grant, for as long as one can live.
        Assert.All(await clouds.Aws.PoliciesAsync(), policy => Assert.StartsWith($"nhi.{Agent}.ended.", policy, StringComparison.Ordinal));
        Assert.All([aws, gcp, postgres], secret => Assert.DoesNotContain(secret, clouds.Host.Log, StringComparison.Ordinal));
        await ReplayedAudit.CheckAsync(clouds.Host.Url, await clouds.Host.TokenAsync("--role", "auditor", "--subject", "audit"), Agent);

        // Native ends are whole seconds, rounded down, and so is the lifetime of a token of Google, which makes two; with the control plane alive the others follow within seconds.
        async Task UntilGoneAsync(string where, Func<Task<string?>> refusedAsync)
        {
            string? refusal = null;
            await Eventually.TrueAsync(async () => (refusal = await refusedAsync()) is not null, TimeSpan.FromSeconds(90), () => $"{where} still gives access", Cancellation);
            var late = TimeProvider.System.GetUtcNow() - end;
            Assert.True(late.TotalSeconds is >= -2.1 and <= 15, $"{where} refused with {refusal} {late.TotalSeconds:0.0} s after the end");
            lock (gone)
                gone.Add($"{where} {late.TotalSeconds:0.0} s after the end");
        }
    }

    [Fact]
    public async Task With_the_control_plane_dead_access_ends_at_its_time_where_the_platform_can_end_it()
    {
        await using var clouds = await Clouds.SetAsync();
        using var portal = await clouds.PortalAsync();
        await RegisterAsync(clouds, portal);
        var grant = await RequestAsync(portal, seconds: 30);
        var (aws, gcp, postgres) = (await CredentialAsync(portal, grant, "aws:demo"), await CredentialAsync(portal, grant, "gcp:demo"), await CredentialAsync(portal, grant, "pg:demo"));
        var end = (await GrantAsync(portal, grant)).GetProperty("expiresAt").GetDateTimeOffset();

        await clouds.Host.KillAsync(); // And never started again.

        Assert.Equal((null, HttpStatusCode.OK, null), (await clouds.Aws.TryPutAsync(aws, "orders/1.zip"), await clouds.Gcp.TryReadAsync(gcp), await RealServer.TryReadAsync(postgres, "orders")));
        clouds.Sandbox.Clock.Advance(end - clouds.Sandbox.Clock.GetUtcNow());
        Assert.Equal("AccessDenied", await clouds.Aws.TryPutAsync(aws, "orders/2.zip"));
        Assert.NotEqual(HttpStatusCode.OK, await clouds.Gcp.TryReadAsync(gcp));
        Assert.False(clouds.Aws.Allows("s3:PutObject", $"arn:aws:s3:::{FakeAccount.Bucket}/orders/2.zip"));
        await Eventually.TrueAsync(async () => await RealServer.TryReadAsync(postgres, "orders") == "28P01", TimeSpan.FromSeconds(60), () => "PostgreSQL still lets it in", Cancellation);
        var late = TimeProvider.System.GetUtcNow() - end;
        Assert.InRange(late, TimeSpan.FromSeconds(-1.1), TimeSpan.FromSeconds(3));
        TestContext.Current.TestOutputHelper?.WriteLine($"PostgreSQL refused the login {late.TotalSeconds:0.0} s after the end; AWS and Google at the end, on the sandbox's clock");
    }

    [Fact]
    public async Task What_is_added_by_hand_on_each_is_told_as_extra_and_reverted_on_request()
    {
        await using var clouds = await Clouds.SetAsync();
        using var portal = await clouds.PortalAsync();
        await RegisterAsync(clouds, portal);
        var grant = await RequestAsync(portal, seconds: 1_800);

        await clouds.Aws.AddPolicyByHandAsync("by-hand");
        await clouds.Gcp.BindByHandAsync();
        await BindByHandAsync(clouds);
        await clouds.Postgres.DoAsync("GRANT SELECT ON salaries TO build_agent");
        foreach (var platform in All)
            await portal.DoAsync("refreshPlatform", "... on PlatformSuccess { progress }", new { platform, waitSeconds = 20 });

        JsonElement[] extra = [];
        await Eventually.TrueAsync(async () => (extra = await ExtraAsync(portal)).Length == 4, TimeSpan.FromSeconds(20), () => string.Join('\n', extra), Cancellation);
        Assert.Equal(All, extra.Select(drift => Portal.Text(drift, "platform")).Order(StringComparer.Ordinal));

        foreach (var platform in All)
            await portal.DoAsync("resolveDrift", "... on DriftSuccess { status }", new { identityId = Agent, platform, action = "REVERT", reason = "not ours" });

        Assert.Empty(await ExtraAsync(portal));
        Assert.DoesNotContain("by-hand", await clouds.Aws.PoliciesAsync());
        Assert.DoesNotContain("by hand", await clouds.Gcp.PolicyAsync(), StringComparison.Ordinal);
        Assert.Contains("roles/owner", await clouds.Gcp.PolicyAsync(), StringComparison.Ordinal);
        Assert.False(await clouds.Postgres.MayAsync("build_agent", "salaries", "SELECT"));
        Assert.True(await clouds.Postgres.MayAsync("build_agent", "orders", "SELECT"));
        Assert.True(await MayPatchAsync(clouds, "orders"));

        // No credential was handed out, so nothing lingers.
        var revoked = await portal.DoAsync("revokeGrant", "... on GrantSuccess { grant { status residualUntil } }", new { identityId = Agent, grantId = grant, waitFor = "REVOKED", waitSeconds = 30 });
        Assert.Equal("""{"status":"REVOKED","residualUntil":null}""", revoked.GetProperty("grant").GetRawText());
    }

    internal static async Task RegisterAsync(Clouds clouds, Portal portal)
    {
        using var admin = clouds.Cluster.ClientWith(clouds.Cluster.AdminToken);
        using var made = await admin.PostAsJsonAsync(new Uri("/api/v1/namespaces", UriKind.Relative), new { metadata = new { name = "ci" } }, Cancellation);
        Assert.True(made.IsSuccessStatusCode);
        await portal.DoAsync("registerIdentity", "... on IdentitySuccess { identity { id } }", new
        {
            identityId = Agent,
            kind = "BOT",
            environment = "staging",
            owner = new { person = "ada", team = "delivery" },
            tags = new[] { new { key = "app", value = "build-agent" } },
            bindings = new object[]
            {
                new { platform = "aws:demo", principal = "role/build-agent", createIfMissing = true },
                new { platform = "gcp:demo", principal = FakeProject.Account, createIfMissing = true },
                new { platform = "k8s:test", principal = "ci/build-agent", createIfMissing = true },
                new { platform = "pg:demo", principal = "build_agent", createIfMissing = true },
            },
        });
    }

    internal static async Task<string> RequestAsync(Portal portal, int seconds)
    {
        var result = await portal.DoAsync("requestAccess", "... on GrantSuccess { waitReached grant { grantId status failure outcomes { platform fidelity status message } } }", new
        {
            identityId = Agent,
            lifetimeSeconds = seconds,
            reason = "deploy orders",
            waitFor = "EFFECTIVE",
            waitSeconds = 30,
            entitlements = new object[]
            {
                new { platform = "aws:demo", verbs = new[] { "WRITE" }, resources = new[] { new { type = "s3-object", container = FakeAccount.Bucket, match = "PREFIX", name = "orders/" } } },
                new { platform = "gcp:demo", verbs = new[] { "READ" }, resources = new[] { new { type = "secretmanager-secret", container = "", match = "EXACT", name = FakeProject.Secret } } },
                new { platform = "k8s:test", verbs = new[] { "WRITE" }, resources = new[] { new { type = "deployments", container = "ci", match = "EXACT", name = "orders" } } },
                new
                {
                    platform = "pg:demo",
                    verbs = new[] { "READ" },
                    resources = new[] { new { type = "table", container = "shop/public", match = "EXACT", name = "orders" }, new { type = "table", container = "shop/public", match = "EXACT", name = "stock" } },
                },
            },
        });
        var grant = result.GetProperty("grant");
        Assert.True(result.GetProperty("waitReached").GetBoolean(), grant.GetRawText());
        Assert.All(grant.GetProperty("outcomes").EnumerateArray(), outcome => Assert.Equal("EFFECTIVE", Portal.Text(outcome, "status")));
        Assert.Equal(All, grant.GetProperty("outcomes").EnumerateArray().Select(outcome => Portal.Text(outcome, "platform")).Order(StringComparer.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine(grant.GetRawText());
        return Portal.Text(grant, "grantId");
    }

    internal static async Task<string> CredentialAsync(Portal portal, string grantId, string platform)
    {
        var issued = await portal.DoAsync("issueCredential", "... on CredentialSuccess { secret }", new { identityId = Agent, grantId, platform });
        return Portal.Text(issued, "secret");
    }

    internal static async Task<JsonElement> GrantAsync(Portal portal, string grantId)
    {
        var data = await portal.AskAsync("query ($filter: GrantFilter) { grants(first: 50, filter: $filter) { nodes { grantId status expiresAt } } }", new { filter = new { identityId = Agent } });
        return data.GetProperty("grants").GetProperty("nodes").EnumerateArray().Single(grant => Portal.Text(grant, "grantId") == grantId);
    }

    private static async Task<JsonElement[]> ExtraAsync(Portal portal)
    {
        var data = await portal.AskAsync("query ($filter: DriftFilter) { drift(first: 50, filter: $filter) { nodes { kind platform objectKind key observed } } }", new { filter = new { identityId = Agent } });
        return [.. data.GetProperty("drift").GetProperty("nodes").EnumerateArray().Where(drift => Portal.Text(drift, "kind") == "EXTRA")];
    }

    private static async Task<bool> MayPatchAsync(Clouds clouds, string name)
    {
        using var admin = clouds.Cluster.ClientWith(clouds.Cluster.AdminToken);
        using var answer = await admin.PostAsJsonAsync(new Uri("/apis/authorization.k8s.io/v1/subjectaccessreviews", UriKind.Relative), new
        {
            spec = new
            {
                user = "system:serviceaccount:ci:build-agent",
                groups = new[] { "system:serviceaccounts", "system:serviceaccounts:ci", "system:authenticated" },
                resourceAttributes = new { verb = "patch", group = "apps", resource = "deployments", name, @namespace = "ci" },
            },
        }, Cancellation);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("status").GetProperty("allowed").GetBoolean();
    }

    private static async Task BindByHandAsync(Clouds clouds)
    {
        using var admin = clouds.Cluster.ClientWith(clouds.Cluster.AdminToken);
        using var answer = await admin.PostAsJsonAsync(new Uri("/apis/rbac.authorization.k8s.io/v1/namespaces/ci/rolebindings", UriKind.Relative), new
        {
            metadata = new { name = "by-hand" },
            roleRef = new { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name = "cluster-admin" },
            subjects = new[] { new { kind = "ServiceAccount", name = "build-agent", @namespace = "ci" } },
        }, Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
    }
}
