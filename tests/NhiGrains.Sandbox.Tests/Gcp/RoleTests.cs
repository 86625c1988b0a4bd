using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp;
using NhiGrains.Sandbox.Gcp.Roles;

namespace NhiGrains.Sandbox.Tests.Gcp;

public class RoleTests : GcpTests
{
    private const string RolesPath = $"v1/projects/{Project}/roles";

    protected override GcpQuotas Quotas => new(CustomRoles: 3);

    [Fact]
    public async Task A_custom_role_gives_its_permissions_as_long_as_it_is_neither_deleted_nor_disabled()
    {
        await CreateAccountAsync("orders-agent");
        await CreateAsync("topicReader", "pubsub.topics.get");
        await BindAsync($"projects/{Project}/roles/topicReader", $"serviceAccount:{EmailOf("orders-agent")}");
        var token = await TokenOfAsync("orders-agent");
        Assert.Equal(["pubsub.topics.get"], await HasAsync(token));

        await DoAsync("PATCH", $"{RolesPath}/topicReader?updateMask=includedPermissions", new JsonObject { ["includedPermissions"] = new JsonArray("pubsub.topics.publish") });
        Assert.Equal(["pubsub.topics.publish"], await HasAsync(token));
        await DoAsync("PATCH", $"{RolesPath}/topicReader?updateMask=stage", new JsonObject { ["stage"] = "DISABLED" });
        Assert.Empty(await HasAsync(token));
        await DoAsync("PATCH", $"{RolesPath}/topicReader?updateMask=stage", new JsonObject { ["stage"] = "GA" });
        await DoAsync("DELETE", $"{RolesPath}/topicReader");
        Assert.Empty(await HasAsync(token));
        // Others' bindings beside one of a deleted role can still be changed.
        await BindAsync("roles/browser", "user:alice@example.com");
        await DoAsync("POST", $"{RolesPath}/topicReader:undelete", new JsonObject());
        Assert.Equal(["pubsub.topics.publish"], await HasAsync(token));
    }

    [Fact]
    public async Task A_deleted_role_cannot_be_granted_and_its_id_not_be_used_again_for_37_days()
    {
        await CreateAsync("topicReader", "pubsub.topics.get");
        await DoAsync("DELETE", $"{RolesPath}/topicReader");

        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", new JsonObject
        {
            ["policy"] = new JsonObject { ["bindings"] = new JsonArray(Binding($"projects/{Project}/roles/topicReader", "user:alice@example.com")) },
        });
        await RefusedAsync(400, "FAILED_PRECONDITION", "POST", RolesPath, Request("topicReader", "pubsub.topics.get"));
        Assert.Null((await DoAsync("GET", RolesPath))["roles"]);
        Assert.Single((await DoAsync("GET", $"{RolesPath}?showDeleted=true"))["roles"]!.AsArray());
        Server.Clock.Advance(TimeSpan.FromDays(8));
        await RefusedAsync(404, "NOT_FOUND", "POST", $"{RolesPath}/topicReader:undelete", new JsonObject());
        Server.Clock.Advance(TimeSpan.FromDays(30));
        await CreateAsync("topicReader", "pubsub.topics.get");
    }

    [Fact]
    public async Task A_stale_etag_of_a_role_is_refused()
    {
        var created = await CreateAsync("topicReader", "pubsub.topics.get");
        await DoAsync("PATCH", $"{RolesPath}/topicReader?updateMask=title", new JsonObject { ["title"] = "first", ["etag"] = (string?)created["etag"] });

        await RefusedAsync(409, "ABORTED", "PATCH", $"{RolesPath}/topicReader?updateMask=title", new JsonObject { ["title"] = "second", ["etag"] = (string?)created["etag"] });
        await RefusedAsync(409, "ABORTED", "DELETE", $"{RolesPath}/topicReader?etag={Uri.EscapeDataString((string)created["etag"]!)}");
    }

    [Fact]
    public async Task More_custom_roles_than_the_project_may_have_are_refused()
    {
        foreach (var id in (string[])["one_", "two_", "three"])
            await CreateAsync(id, "pubsub.topics.get");

        await RefusedAsync(429, "RESOURCE_EXHAUSTED", "POST", RolesPath, Request("four", "pubsub.topics.get"));
    }

    [Theory]
    [InlineData("topicReader", "pubsub.topics.*")]
    [InlineData("topicReader", "none.such.permission")]
    [InlineData("topic-reader", "pubsub.topics.get")]
    [InlineData("ab", "pubsub.topics.get")]
    public async Task What_cannot_be_a_custom_role_is_refused(string id, string permission) =>
        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", RolesPath, Request(id, permission));

    [Fact]
    public async Task Predefined_roles_are_listed_and_read_with_their_permissions()
    {
        Assert.Equal(
            ["secretmanager.versions.access"],
            (await DoAsync("GET", "v1/roles/secretmanager.secretAccessor"))["includedPermissions"]!.AsArray()
                .Select(permission => (string)permission!).Where(permission => permission.StartsWith("secretmanager.", StringComparison.Ordinal)));
        await RefusedAsync(404, "NOT_FOUND", "GET", "v1/roles/none.such");
        var listed = (await DoAsync("GET", "v1/roles?pageSize=1000"))["roles"]!.AsArray();
        Assert.Equal([.. PredefinedRoles.Names.Order(StringComparer.Ordinal)], listed.Select(role => (string)role!["name"]!));
        Assert.All(listed, role => Assert.Null(role!["includedPermissions"]));
    }

    [Theory]
    [InlineData("roles/viewer")]
    [InlineData("roles/pubsub.viewer")]
    [InlineData("roles/storage.objectViewer")]
    [InlineData("roles/secretmanager.viewer")]
    [InlineData("roles/run.viewer")]
    public void A_role_that_only_looks_changes_nothing(string role) => Assert.All(PredefinedRoles.All[role].Permissions, permission =>
        Assert.Matches(@"\.(get|list|getIamPolicy|listEffectiveTags|listTagBindings|listRevisions|validate)$", permission));

    private Task<JsonObject> CreateAsync(string id, string permission) => DoAsync("POST", RolesPath, Request(id, permission));

    private static JsonObject Request(string id, string permission) => new()
    {
        ["roleId"] = id,
        ["role"] = new JsonObject { ["title"] = id, ["includedPermissions"] = new JsonArray(permission), ["stage"] = "GA" },
    };

    private async Task<string[]> HasAsync(string token)
    {
        var asked = new JsonObject { ["permissions"] = new JsonArray("pubsub.topics.get", "pubsub.topics.publish") };
        var answer = await DoAsync("POST", $"{ProjectPath}:testIamPermissions", asked, token);
        return [.. (answer["permissions"]?.AsArray() ?? []).Select(permission => (string)permission!)];
    }
}
