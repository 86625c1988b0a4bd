using System.Text.Json.Nodes;

namespace NhiGrains.Sandbox.Tests.Gcp;

/// <summary>What Google's documentation says of basic roles and of the policy that a bucket is born with.</summary>
public class BasicRoleTests : GcpTests
{
    private const string Bucket = "storage/v1/b/shop-orders";

    [Theory]
    [InlineData("roles/viewer", "pubsub.topics.get", true)]
    [InlineData("roles/viewer", "pubsub.topics.create", false)]
    [InlineData("roles/viewer", "secretmanager.versions.access", false)]
    [InlineData("roles/editor", "pubsub.topics.create", true)]
    [InlineData("roles/editor", "pubsub.topics.setIamPolicy", false)]
    [InlineData("roles/editor", "resourcemanager.projects.setIamPolicy", false)]
    [InlineData("roles/editor", "secretmanager.versions.access", false)]
    [InlineData("roles/editor", "iam.serviceAccounts.actAs", true)]
    [InlineData("roles/editor", "iam.serviceAccounts.getAccessToken", false)]
    [InlineData("roles/owner", "resourcemanager.projects.setIamPolicy", true)]
    [InlineData("roles/owner", "secretmanager.versions.access", true)]
    [InlineData("roles/owner", "iam.serviceAccounts.getAccessToken", false)]
    public async Task A_basic_role_on_the_project_gives_what_is_documented(string role, string permission, bool expected)
    {
        await CreateAccountAsync("orders-agent");
        await BindAsync(role, $"serviceAccount:{EmailOf("orders-agent")}");

        var answer = await DoAsync(
            "POST",
            $"{ProjectPath}:testIamPermissions",
            new JsonObject { ["permissions"] = new JsonArray(permission) },
            await TokenOfAsync("orders-agent"));

        Assert.Equal(expected, answer["permissions"] is not null);
    }

    [Theory]
    [InlineData("roles/viewer", "storage.objects.get", true)]
    [InlineData("roles/viewer", "storage.objects.delete", false)]
    [InlineData("roles/editor", "storage.objects.delete", true)]
    [InlineData("roles/browser", "storage.objects.get", false)]
    public async Task A_buckets_objects_come_to_basic_roles_by_the_buckets_own_policy(string role, string permission, bool expected)
    {
        await CreateAccountAsync("orders-agent");
        await BindAsync(role, $"serviceAccount:{EmailOf("orders-agent")}");
        await DoAsync("POST", $"storage/v1/b?project={Project}", new JsonObject
        {
            ["name"] = "shop-orders",
            ["iamConfiguration"] = new JsonObject { ["uniformBucketLevelAccess"] = new JsonObject { ["enabled"] = true } },
        });
        var token = await TokenOfAsync("orders-agent");
        Assert.Equal(expected, await HasAsync());

        var policy = await DoAsync("GET", $"{Bucket}/iam?optionsRequestedPolicyVersion=3");
        policy["bindings"] = new JsonArray();
        await DoAsync("PUT", $"{Bucket}/iam", policy);

        Assert.False(await HasAsync());

        async Task<bool> HasAsync() => (await DoAsync("GET", $"{Bucket}/iam/testPermissions?permissions={permission}", token: token))["permissions"]!.AsArray().Count > 0;
    }
}
