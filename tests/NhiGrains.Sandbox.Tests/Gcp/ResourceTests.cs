using System.Text;
using System.Text.Json.Nodes;

namespace NhiGrains.Sandbox.Tests.Gcp;

/// <summary>Topics, subscriptions, secrets and services: what is granted on one of them is not had on another.</summary>
public class ResourceTests : GcpTests
{
    private const string Until2040 = "request.time < timestamp(\"2040-01-01T00:00:00Z\")";
    private const string Topics = $"v1/projects/{Project}/topics";
    private const string Secrets = $"v1/projects/{Project}/secrets";
    private const string Services = $"projects/{Project}/locations/europe-west1/services";

    private string Alice => Cloud.TokenFor("alice@example.com", TimeSpan.FromDays(10_000));

    public static TheoryData<string, string> Kinds => new()
    {
        { "pubsub.topics", "roles/pubsub.publisher" },
        { "pubsub.subscriptions", "roles/pubsub.subscriber" },
        { "secretmanager.secrets", "roles/secretmanager.viewer" },
        { "run.services", "roles/run.invoker" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_role_on_one_resource_is_not_had_on_its_neighbour(string kind, string role)
    {
        var (one, other) = (await CreateAsync(kind, "orders"), await CreateAsync(kind, "orders-2"));
        await SetAsync(one, Binding(role, "user:alice@example.com"));
        var permission = kind switch
        {
            "pubsub.topics" => "pubsub.topics.publish",
            "pubsub.subscriptions" => "pubsub.subscriptions.consume",
            "secretmanager.secrets" => "secretmanager.secrets.get",
            _ => "run.services.invoke",
        };

        Assert.Equal([permission], await TestAsync(one, permission));
        Assert.Empty(await TestAsync(other, permission));
        await RefusedAsync(403, "PERMISSION_DENIED", "GET", $"{other}:getIamPolicy", token: Alice);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_resource_that_is_deleted_and_made_again_has_nothing_of_the_old_ones_policy(string kind, string role)
    {
        var path = await CreateAsync(kind, "orders");
        await SetAsync(path, Binding(role, "user:alice@example.com"));
        Assert.NotNull((await DoAsync("GET", $"{path}:getIamPolicy"))["bindings"]);

        await DoAsync("DELETE", path.Replace("v1/projects/shop-prod/locations", "v2/projects/shop-prod/locations", StringComparison.Ordinal));
        await RefusedAsync(404, "NOT_FOUND", "GET", $"{path}:getIamPolicy");
        await CreateAsync(kind, "orders");

        Assert.Null((await DoAsync("GET", $"{path}:getIamPolicy"))["bindings"]);
    }

    [Theory]
    [InlineData("pubsub.topics", "roles/pubsub.publisher", false)]
    [InlineData("pubsub.subscriptions", "roles/pubsub.subscriber", false)]
    [InlineData("secretmanager.secrets", "roles/secretmanager.viewer", true)]
    [InlineData("run.services", "roles/run.invoker", true)]
    public async Task Topics_and_subscriptions_take_no_conditions_in_their_policies_and_the_others_do(string kind, string role, bool takes)
    {
        var path = await CreateAsync(kind, "orders");

        var reply = await SendAsync("POST", $"{path}:setIamPolicy", Request(Binding(role, "user:alice@example.com", Until2040)));

        Assert.Equal(takes ? "" : "INVALID_ARGUMENT", reply.Status);
    }

    [Theory]
    [InlineData("allUsers")]
    [InlineData("allAuthenticatedUsers")]
    public async Task Everybody_is_taken_without_a_condition_only(string member)
    {
        var path = await CreateAsync("run.services", "orders");
        await SetAsync(path, Binding("roles/run.invoker", member));
        Assert.Equal(["run.services.invoke"], await TestAsync(path, "run.services.invoke"));

        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{path}:setIamPolicy", Request(Binding("roles/run.invoker", member, Until2040)));
    }

    [Fact]
    public async Task A_secrets_condition_sees_the_projects_number_and_the_version()
    {
        await CreateAsync("secretmanager.secrets", "orders");
        await CreateAsync("secretmanager.secrets", "orders-2");
        foreach (var secret in (string[])["orders", "orders-2"])
        {
            await DoAsync("POST", $"{Secrets}/{secret}:addVersion", new JsonObject
            {
                ["payload"] = new JsonObject { ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)) },
            });
        }

        await BindAsync("roles/secretmanager.secretAccessor", "user:alice@example.com", $"resource.name.startsWith('projects/{Project}/secrets/orders/')");
        await RefusedAsync(403, "PERMISSION_DENIED", "GET", $"{Secrets}/orders/versions/latest:access", token: Alice);
        await BindAsync("roles/secretmanager.secretAccessor", "user:alice@example.com", $"resource.name.startsWith('projects/{Number}/secrets/orders/')");

        var accessed = await DoAsync("GET", $"{Secrets}/orders/versions/latest:access", token: Alice);
        Assert.Equal("orders", Encoding.UTF8.GetString(Convert.FromBase64String((string)accessed["payload"]!["data"]!)));
        Assert.Equal($"projects/{Number}/secrets/orders/versions/1", (string?)accessed["name"]);
        await RefusedAsync(403, "PERMISSION_DENIED", "GET", $"{Secrets}/orders-2/versions/latest:access", token: Alice);
        await RefusedAsync(403, "PERMISSION_DENIED", "GET", $"{Secrets}/orders", token: Alice);
    }

    [Fact]
    public async Task Pub_Sub_tells_conditions_no_name_so_that_one_by_name_gives_nothing()
    {
        var path = await CreateAsync("pubsub.topics", "orders");
        await BindAsync("roles/pubsub.publisher", "user:alice@example.com", $"resource.name.startsWith('projects/{Project}/topics/orders')");
        Assert.Empty(await TestAsync(path, "pubsub.topics.publish"));

        await BindAsync("roles/pubsub.publisher", "user:alice@example.com", Until2040);

        Assert.NotEmpty(await TestAsync(path, "pubsub.topics.publish"));
    }

    private async Task<string> CreateAsync(string kind, string id)
    {
        switch (kind)
        {
            case "pubsub.topics":
                await DoAsync("PUT", $"{Topics}/{id}", new JsonObject());
                return $"{Topics}/{id}";
            case "pubsub.subscriptions":
                await SendAsync("PUT", $"{Topics}/of-{id}", new JsonObject());
                await DoAsync("PUT", $"v1/projects/{Project}/subscriptions/{id}", new JsonObject { ["topic"] = $"projects/{Project}/topics/of-{id}" });
                return $"v1/projects/{Project}/subscriptions/{id}";
            case "secretmanager.secrets":
                await DoAsync("POST", $"{Secrets}?secretId={id}", new JsonObject { ["replication"] = new JsonObject { ["automatic"] = new JsonObject() } });
                return $"{Secrets}/{id}";
            default:
                var template = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["image"] = "hello" }) };
                await DoAsync("POST", $"v2/{Services}?serviceId={id}", new JsonObject { ["template"] = template });
                return $"v1/{Services}/{id}";
        }
    }

    private static JsonObject Request(JsonObject binding) => new() { ["policy"] = new JsonObject { ["version"] = 3, ["bindings"] = new JsonArray(binding) } };

    private Task<JsonObject> SetAsync(string path, JsonObject binding) => DoAsync("POST", $"{path}:setIamPolicy", Request(binding));

    private async Task<string[]> TestAsync(string path, string permission)
    {
        var answer = await DoAsync("POST", $"{path}:testIamPermissions", new JsonObject { ["permissions"] = new JsonArray(permission) }, Alice);
        return [.. (answer["permissions"]?.AsArray() ?? []).Select(has => (string)has!)];
    }
}
