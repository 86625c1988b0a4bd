using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Faults;

namespace NhiGrains.Sandbox.Tests.Gcp;

public class PolicyTests : GcpTests
{
    private const string Agent = "orders-agent";
    private const string UntilNoon = "request.time < timestamp(\"2030-01-01T12:00:00Z\")";

    private static string AgentMember => $"serviceAccount:{EmailOf(Agent)}";

    [Fact]
    public async Task A_stale_etag_is_refused_and_the_policy_stays()
    {
        var stale = await ReadPolicyAsync();
        await BindAsync("roles/pubsub.viewer", "user:alice@example.com");
        stale["bindings"] = new JsonArray(Binding("roles/browser", "user:bob@example.com"));

        await RefusedAsync(409, "ABORTED", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject { ["policy"] = stale });

        Assert.Equal("roles/pubsub.viewer", (string?)Assert.Single(await BindingsAsync())["role"]);
    }

    [Fact]
    public async Task Each_write_gives_another_etag_also_one_that_changes_nothing()
    {
        var before = await ReadPolicyAsync();

        var after = await SetPolicyAsync(before);

        Assert.NotEqual((string?)before["etag"], (string?)after["etag"]);
        Assert.Equal((string?)after["etag"], (string?)(await ReadPolicyAsync())["etag"]);
    }

    [Fact]
    public async Task Sixty_four_writers_that_read_modify_and_write_with_etags_lose_nobodys_binding()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async writer =>
        {
            while (true)
            {
                var policy = await ReadPolicyAsync();
                policy["version"] = 3;
                if (policy["bindings"] is not JsonArray bindings)
                    policy["bindings"] = bindings = [];
                bindings.Add((JsonNode)Binding("roles/pubsub.viewer", $"user:writer-{writer}@example.com"));
                var reply = await SendAsync("POST", $"{ProjectPath}:setIamPolicy", new JsonObject { ["policy"] = policy });
                if (reply.Status != "ABORTED")
                {
                    Assert.Equal("", reply.Status);
                    return;
                }
            }
        }));

        var binding = Assert.Single(await BindingsAsync());
        Assert.Equal(64, binding["members"]!.AsArray().Count);
    }

    [Fact]
    public async Task Writers_without_an_etag_lose_each_others_bindings()
    {
        var read = await Task.WhenAll(ReadPolicyAsync(), ReadPolicyAsync());
        foreach (var (writer, policy) in read.Index())
        {
            policy.Remove("etag");
            policy["bindings"] = new JsonArray(Binding("roles/pubsub.viewer", $"user:writer-{writer}@example.com"));
            await SetPolicyAsync(policy);
        }

        var binding = Assert.Single(await BindingsAsync());
        Assert.Equal("user:writer-1@example.com", (string?)Assert.Single(binding["members"]!.AsArray()));
    }

    [Fact]
    public async Task Without_an_etag_a_version_1_policy_overwrites_a_version_3_one_and_its_conditions_are_lost()
    {
        await BindAsync("roles/pubsub.viewer", "user:alice@example.com", UntilNoon);

        await SetPolicyAsync(new() { ["bindings"] = new JsonArray(Binding("roles/pubsub.viewer", "user:alice@example.com")) });

        var policy = await ReadPolicyAsync();
        Assert.Equal(1, (int?)policy["version"]);
        Assert.Null(Assert.Single(policy["bindings"]!.AsArray())!["condition"]);
    }

    [Fact]
    public async Task With_an_etag_a_policy_with_conditions_is_changed_in_version_3_only()
    {
        await BindAsync("roles/pubsub.viewer", "user:alice@example.com", UntilNoon);
        var policy = await ReadPolicyAsync();
        policy["bindings"] = new JsonArray();
        policy["version"] = 1;

        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject { ["policy"] = policy.DeepClone() });

        policy["version"] = 3;
        await SetPolicyAsync(policy);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public async Task A_condition_is_refused_in_a_version_below_3(int? version)
    {
        var policy = new JsonObject { ["bindings"] = new JsonArray(Binding("roles/pubsub.viewer", "user:alice@example.com", UntilNoon)) };
        if (version is not null)
            policy["version"] = version;

        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject { ["policy"] = policy });
    }

    [Fact]
    public async Task Who_asks_for_a_version_below_3_sees_no_conditions_and_cannot_write_back_what_he_sees()
    {
        await BindAsync("roles/pubsub.viewer", "user:alice@example.com", UntilNoon);

        var policy = await ReadPolicyAsync(version: 1);

        Assert.Equal(1, (int?)policy["version"]);
        var binding = policy["bindings"]![1]!;
        Assert.Null(binding["condition"]);
        Assert.StartsWith("roles/pubsub.viewer_withcond_", (string?)binding["role"], StringComparison.Ordinal);
        policy.Remove("etag");
        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject { ["policy"] = policy });
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_version_that_there_is_not_is_refused(int version)
    {
        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:getIamPolicy", new JsonObject
        {
            ["options"] = new JsonObject { ["requestedPolicyVersion"] = version },
        });
        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject
        {
            ["policy"] = new JsonObject { ["version"] = version },
        });
    }

    [Fact]
    public async Task Bindings_of_one_role_and_condition_become_one_and_empty_ones_are_dropped()
    {
        var other = Binding("roles/pubsub.viewer", "user:alice@example.com", UntilNoon);
        other["condition"]!["title"] = "another title";
        var set = await SetPolicyAsync(new()
        {
            ["version"] = 3,
            ["bindings"] = new JsonArray(
                Binding("roles/pubsub.viewer", "user:bob@example.com"),
                Binding("roles/pubsub.viewer", "user:alice@example.com", UntilNoon),
                Binding("roles/pubsub.viewer", "user:alice@example.com"),
                Binding("roles/pubsub.viewer", "user:alice@example.com"),
                new JsonObject { ["role"] = "roles/browser" },
                other),
        });

        var bindings = set["bindings"]!.AsArray();
        Assert.Equal([null, "another title", "test"], bindings.Select(binding => (string?)binding!["condition"]?["title"]));
        Assert.Equal(["user:alice@example.com", "user:bob@example.com"], bindings[0]!["members"]!.AsArray().Select(member => (string?)member));
    }

    [Theory]
    [InlineData("roles/owner", "group:admins@example.com")]
    [InlineData("roles/editor", "user:alice@example.com")]
    [InlineData("roles/viewer", "user:alice@example.com")]
    public async Task Basic_roles_take_no_conditions(string role, string member) =>
        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject
        {
            ["policy"] = new JsonObject { ["version"] = 3, ["bindings"] = new JsonArray(Binding(role, member, UntilNoon)) },
        });

    [Theory]
    [InlineData("roles/pubsub.viewer", "allUsers")]
    [InlineData("roles/pubsub.viewer", "allAuthenticatedUsers")]
    [InlineData("roles/owner", "user:alice@example.com")]
    public async Task A_project_takes_neither_everybody_nor_owners_that_were_not_invited(string role, string member)
    {
        var policy = await ReadPolicyAsync();
        policy["bindings"]!.AsArray().Add((JsonNode)Binding(role, member));

        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject { ["policy"] = policy });
    }

    [Theory]
    [InlineData("roles/none.such", "user:alice@example.com")]
    [InlineData("roles/pubsub.viewer", "alice@example.com")]
    [InlineData("roles/pubsub.viewer", "robot:alice@example.com")]
    [InlineData("roles/pubsub.viewer", "serviceAccount:absent-agent@shop-prod.iam.gserviceaccount.com")]
    [InlineData("roles/pubsub.viewer", "deleted:serviceAccount:absent-agent@shop-prod.iam.gserviceaccount.com?uid=123")]
    public async Task Roles_and_members_that_there_are_not_are_refused(string role, string member) =>
        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject
        {
            ["policy"] = new JsonObject { ["bindings"] = new JsonArray(Binding(role, member)) },
        });

    [Fact]
    public async Task A_policy_has_at_most_1500_members_each_counted_in_each_of_its_bindings()
    {
        JsonObject Of(int count) => new()
        {
            ["bindings"] = new JsonArray(
                new JsonObject
                {
                    ["role"] = "roles/pubsub.viewer",
                    ["members"] = new JsonArray([.. Enumerable.Range(0, count).Select(i => (JsonNode)$"user:u{i}@example.com")]),
                },
                Binding("roles/browser", "user:u0@example.com")),
        };

        await SetPolicyAsync(Of(1499));
        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject { ["policy"] = Of(1500) });
    }

    [Fact]
    public async Task A_member_has_at_most_20_conditions_for_one_role()
    {
        JsonObject Of(int count) => new()
        {
            ["version"] = 3,
            ["bindings"] = new JsonArray([.. Enumerable.Range(10, count).Select(i =>
                (JsonNode)Binding("roles/pubsub.viewer", "user:alice@example.com", $"request.time < timestamp(\"20{i}-01-01T00:00:00Z\")"))]),
        };

        await SetPolicyAsync(Of(20));
        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject { ["policy"] = Of(21) });
    }

    [Fact]
    public async Task A_deleted_accounts_binding_is_shown_as_deleted_and_one_made_again_has_another_id_and_none_of_it()
    {
        var first = await CreateAccountAsync(Agent);
        await BindAsync("roles/pubsub.viewer", AgentMember);
        await DoAsync("DELETE", $"{AccountsPath}/{EmailOf(Agent)}");

        var second = await CreateAccountAsync(Agent);

        Assert.NotEqual((string?)first["uniqueId"], (string?)second["uniqueId"]);
        var shown = (string?)Assert.Single(await BindingsAsync())["members"]![0];
        Assert.Equal($"deleted:serviceAccount:{EmailOf(Agent)}?uid={first["uniqueId"]}", shown);
        Assert.Empty(await TestAsync("pubsub.topics.get", await TokenOfAsync(Agent)));
        // What is shown can be written back, and others' bindings beside it be changed.
        await BindAsync("roles/browser", AgentMember);
        Assert.Equal(2, (await BindingsAsync()).Count);
        Assert.NotEmpty(await TestAsync("resourcemanager.projects.get", await TokenOfAsync(Agent)));
    }

    [Fact]
    public async Task A_conditional_binding_ends_at_its_time_though_nobody_changes_it()
    {
        await CreateAccountAsync(Agent);
        var end = Server.Clock.GetUtcNow().AddMinutes(10);
        await BindAsync("roles/pubsub.viewer", AgentMember, $"request.time < timestamp(\"{end:yyyy-MM-ddTHH:mm:ssZ}\")");
        var token = await TokenOfAsync(Agent);

        Assert.NotEmpty(await TestAsync("pubsub.topics.get", token));
        Server.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Empty(await TestAsync("pubsub.topics.get", token));
    }

    [Fact]
    public async Task A_policy_is_seen_late_by_readers_and_by_the_authorizer_and_who_read_the_old_one_cannot_write()
    {
        await CreateAccountAsync(Agent);
        var token = await TokenOfAsync(Agent);
        Server.Faults.Plan = FaultPlan.None with { VisibleAfter = TimeSpan.FromMinutes(7) };
        Server.Clock.Advance(TimeSpan.FromMinutes(7));
        await BindAsync("roles/pubsub.viewer", AgentMember);

        Assert.Empty(await TestAsync("pubsub.topics.get", token));
        Assert.Empty(await BindingsAsync());
        await RefusedAsync(409, "ABORTED", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject { ["policy"] = await ReadPolicyAsync() });
        Server.Clock.Advance(TimeSpan.FromMinutes(7));

        Assert.NotEmpty(await TestAsync("pubsub.topics.get", token));
        await BindAsync("roles/browser", AgentMember);
    }

    [Fact]
    public async Task Who_may_not_change_the_policy_is_told_which_permission_on_what_he_lacks()
    {
        var reply = await SendAsync(
            "POST",
            $"{ProjectPath}:setIamPolicy",
            new JsonObject { ["policy"] = new JsonObject() },
            Cloud.TokenFor("alice@example.com", TimeSpan.FromHours(1)));

        Assert.Equal("PERMISSION_DENIED", reply.Status);
        Assert.Contains("'resourcemanager.projects.setIamPolicy'", reply.Message, StringComparison.Ordinal);
        Assert.Contains($"'projects/{Project}'", reply.Message, StringComparison.Ordinal);
        Assert.Equal("resourcemanager.projects.setIamPolicy", (string?)reply.Json["error"]!["details"]![0]!["metadata"]!["permission"]);
    }

    private async Task<string[]> TestAsync(string permission, string token)
    {
        var answer = await DoAsync("POST", $"{ProjectPath}:testIamPermissions", new JsonObject { ["permissions"] = new JsonArray(permission) }, token);
        return [.. (answer["permissions"]?.AsArray() ?? []).Select(has => (string)has!)];
    }
}
