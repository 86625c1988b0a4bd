using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Faults;
using NhiGrains.Sandbox.Gcp;

namespace NhiGrains.Sandbox.Tests.Gcp;

public class ServiceAccountTests : GcpTests
{
    private static readonly JsonObject Nothing = [];

    protected override GcpQuotas Quotas => new(ServiceAccounts: 250);

    [Fact]
    public async Task An_account_is_created_read_changed_and_deleted()
    {
        var created = await CreateAccountAsync("orders-agent");

        Assert.Equal(EmailOf("orders-agent"), (string?)created["email"]);
        Assert.Equal(21, ((string?)created["uniqueId"])?.Length);
        var path = $"{AccountsPath}/{EmailOf("orders-agent")}";
        Assert.True(JsonNode.DeepEquals(created, await DoAsync("GET", path)));
        Assert.True(JsonNode.DeepEquals(created, await DoAsync("GET", $"v1/projects/-/serviceAccounts/{created["uniqueId"]}")));

        var patched = await DoAsync("PATCH", path, new JsonObject
        {
            ["serviceAccount"] = new JsonObject { ["description"] = "ours", ["displayName"] = "not in the mask" },
            ["updateMask"] = "description",
        });
        Assert.Equal(("ours", "orders-agent"), ((string?)patched["description"], (string?)patched["displayName"]));

        await DoAsync("DELETE", path);
        await RefusedAsync(404, "NOT_FOUND", "GET", path);
        await RefusedAsync(404, "NOT_FOUND", "DELETE", path);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("Upper-case")]
    [InlineData("ends-with-")]
    [InlineData("longer-than-thirty-characters-x")]
    public async Task An_id_that_Google_would_not_take_is_refused(string id) =>
        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", AccountsPath, new JsonObject { ["accountId"] = id });

    [Fact]
    public async Task A_second_account_of_the_same_id_is_refused()
    {
        await CreateAccountAsync("orders-agent");

        await RefusedAsync(409, "ALREADY_EXISTS", "POST", AccountsPath, new JsonObject { ["accountId"] = "orders-agent" });
    }

    [Fact]
    public async Task Output_only_members_of_a_request_count_for_nothing_and_a_mask_of_them_is_refused()
    {
        var created = await DoAsync("POST", AccountsPath, new JsonObject
        {
            ["accountId"] = "orders-agent",
            ["serviceAccount"] = new JsonObject { ["disabled"] = true, ["uniqueId"] = "1", ["email"] = "x@example.com" },
        });

        Assert.Null(created["disabled"]);
        Assert.Equal(EmailOf("orders-agent"), (string?)created["email"]);
        await RefusedAsync(400, "INVALID_ARGUMENT", "PATCH", $"{AccountsPath}/{EmailOf("orders-agent")}", new JsonObject
        {
            ["serviceAccount"] = new JsonObject { ["disabled"] = true },
            ["updateMask"] = "disabled",
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    public async Task Pages_together_have_every_account_once_also_when_some_of_them_are_empty(int? pageSize)
    {
        for (var i = 0; i < 25; i++)
            await CreateAccountAsync($"agent-{i:000}");
        Server.Faults.Plan = FaultPlan.None with { PageSize = pageSize };
        List<string> seen = [];
        var (token, empty) = ("", 0);
        do
        {
            var page = await DoAsync("GET", $"{AccountsPath}?pageSize=10&pageToken={Uri.EscapeDataString(token)}");
            var emails = (page["accounts"]?.AsArray() ?? []).Select(account => (string)account!["email"]!).ToList();
            seen.AddRange(emails);
            empty += emails.Count == 0 ? 1 : 0;
            token = (string?)page["nextPageToken"] ?? "";
        }
        while (token.Length > 0);

        Assert.Equal(Enumerable.Range(0, 25).Select(i => EmailOf($"agent-{i:000}")), seen);
        Assert.Equal(pageSize is not null, empty > 0);
    }

    [Fact]
    public async Task More_accounts_than_the_project_may_have_are_refused()
    {
        for (var i = 0; i < 250; i++)
            await CreateAccountAsync($"agent-{i:000}");

        await RefusedAsync(429, "RESOURCE_EXHAUSTED", "POST", AccountsPath, new JsonObject { ["accountId"] = "one-too-many" });
        await DoAsync("DELETE", $"{AccountsPath}/{EmailOf("agent-000")}");
        await CreateAccountAsync("one-too-many");
    }

    [Fact]
    public async Task A_disabled_accounts_tokens_are_refused_at_once_and_live_again_when_it_is_enabled()
    {
        await CreateAccountAsync("orders-agent");
        var token = await TokenOfAsync("orders-agent");
        await DoAsync("POST", $"{ProjectPath}:testIamPermissions", Nothing, token);

        await DoAsync("POST", $"{AccountsPath}/{EmailOf("orders-agent")}:disable", Nothing);
        await RefusedAsync(401, "UNAUTHENTICATED", "POST", $"{ProjectPath}:testIamPermissions", Nothing, token);
        await DoAsync("POST", $"{AccountsPath}/{EmailOf("orders-agent")}:enable", Nothing);

        await DoAsync("POST", $"{ProjectPath}:testIamPermissions", Nothing, token);
    }

    [Fact]
    public async Task A_token_ends_when_it_says()
    {
        await CreateAccountAsync("orders-agent");
        var token = await TokenOfAsync("orders-agent", "60s");

        Server.Clock.Advance(TimeSpan.FromSeconds(58));
        await DoAsync("POST", $"{ProjectPath}:testIamPermissions", Nothing, token);
        Server.Clock.Advance(TimeSpan.FromSeconds(2));

        await RefusedAsync(401, "UNAUTHENTICATED", "POST", $"{ProjectPath}:testIamPermissions", Nothing, token);
    }

    [Theory]
    [InlineData("3601s")]
    [InlineData("0s")]
    [InlineData("1h")]
    public async Task A_lifetime_that_Google_would_not_give_is_refused(string lifetime)
    {
        await CreateAccountAsync("orders-agent");

        await RefusedAsync(
            400,
            "INVALID_ARGUMENT",
            "POST",
            $"v1/projects/-/serviceAccounts/{EmailOf("orders-agent")}:generateAccessToken",
            new JsonObject { ["scope"] = new JsonArray("x"), ["lifetime"] = lifetime });
    }

    [Fact]
    public async Task Who_may_not_make_tokens_of_an_account_gets_none_until_the_accounts_own_policy_lets_him()
    {
        await CreateAccountAsync("orders-agent");
        var alice = Cloud.TokenFor("alice@example.com", TimeSpan.FromHours(1));
        var path = $"v1/projects/-/serviceAccounts/{EmailOf("orders-agent")}:generateAccessToken";
        var request = new JsonObject { ["scope"] = new JsonArray("x") };
        await RefusedAsync(403, "PERMISSION_DENIED", "POST", path, request, alice);

        await DoAsync("POST", $"{AccountsPath}/{EmailOf("orders-agent")}:setIamPolicy", new JsonObject
        {
            ["policy"] = new JsonObject { ["bindings"] = new JsonArray(Binding("roles/iam.serviceAccountTokenCreator", "user:alice@example.com")) },
        });

        Assert.NotNull((await DoAsync("POST", path, request, alice))["accessToken"]);
    }

    [Fact]
    public async Task An_account_is_restored_with_its_bindings_within_thirty_days()
    {
        var created = await CreateAccountAsync("orders-agent");
        await BindAsync("roles/pubsub.viewer", $"serviceAccount:{EmailOf("orders-agent")}");
        await DoAsync("DELETE", $"{AccountsPath}/{EmailOf("orders-agent")}");

        var restored = await DoAsync("POST", $"v1/projects/-/serviceAccounts/{created["uniqueId"]}:undelete", Nothing);

        Assert.True(JsonNode.DeepEquals(created, restored["restoredAccount"]));
        Assert.Equal($"serviceAccount:{EmailOf("orders-agent")}", (string?)Assert.Single(await BindingsAsync())["members"]![0]);
        await DoAsync("DELETE", $"{AccountsPath}/{EmailOf("orders-agent")}");
        Server.Clock.Advance(TimeSpan.FromDays(31));
        await RefusedAsync(404, "NOT_FOUND", "POST", $"v1/projects/-/serviceAccounts/{created["uniqueId"]}:undelete", Nothing);
    }

    [Fact]
    public async Task A_write_is_seen_late_when_the_plan_says_so_and_the_next_write_builds_on_it_at_once()
    {
        Server.Faults.Plan = FaultPlan.None with { VisibleAfter = TimeSpan.FromMinutes(5) };
        await CreateAccountAsync("orders-agent");
        var path = $"{AccountsPath}/{EmailOf("orders-agent")}";

        await RefusedAsync(404, "NOT_FOUND", "GET", path);
        await RefusedAsync(409, "ALREADY_EXISTS", "POST", AccountsPath, new JsonObject { ["accountId"] = "orders-agent" });
        Server.Clock.Advance(TimeSpan.FromMinutes(5));

        await DoAsync("GET", path);
    }
}
