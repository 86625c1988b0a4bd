using System.Text.Json.Nodes;

namespace NhiGrains.Sandbox.Tests.Gcp;

public class TroubleshooterTests : GcpTests
{
    private const string TeamA = "resource.name.startsWith('projects/_/buckets/shop-orders/objects/team-a/') && request.time < timestamp('2030-01-01T00:00:00Z')";

    [Theory]
    [InlineData("storage.objects.get", "team-a/1.json", "2029-12-31T23:59:59Z", "CAN_ACCESS")]
    [InlineData("storage.objects.get", "team-a/1.json", "2030-01-01T00:00:00Z", "CANNOT_ACCESS")]
    [InlineData("storage.objects.get", "team-ab/1.json", "2029-12-31T23:59:59Z", "CANNOT_ACCESS")]
    [InlineData("storage.objects.delete", "team-a/1.json", "2029-12-31T23:59:59Z", "CANNOT_ACCESS")]
    [InlineData("storage.objects.get", "team-a/1.json", null, "UNKNOWN_CONDITIONAL")]
    public async Task Version_3_evaluates_conditions_for_the_time_and_resource_that_it_is_told(string permission, string name, string? time, string expected)
    {
        await BindAsync("roles/storage.objectViewer", "user:alice@example.com", TeamA);
        var tuple = Tuple("alice@example.com", permission, $"//storage.googleapis.com/projects/_/buckets/shop-orders/objects/{name}");
        if (time is not null)
        {
            tuple["conditionContext"] = new JsonObject
            {
                ["request"] = new JsonObject { ["receiveTime"] = time },
                ["resource"] = new JsonObject
                {
                    ["service"] = "storage.googleapis.com",
                    ["type"] = "storage.googleapis.com/Object",
                    ["name"] = $"projects/_/buckets/shop-orders/objects/{name}",
                },
            };
        }

        var answer = await DoAsync("POST", "v3/iam:troubleshoot", new JsonObject { ["accessTuple"] = tuple });

        Assert.Equal(expected, (string?)answer["overallAccessState"]);
    }

    [Theory]
    [InlineData("alice@example.com", "storage.objects.get", "UNKNOWN_CONDITIONAL")]
    [InlineData("alice@example.com", "storage.objects.delete", "NOT_GRANTED")]
    [InlineData("bob@example.com", "storage.objects.get", "NOT_GRANTED")]
    [InlineData("carol@example.com", "storage.objects.get", "GRANTED")]
    public async Task Version_1_says_of_a_condition_that_it_depends_on_it(string principal, string permission, string expected)
    {
        await BindAsync("roles/storage.objectViewer", "user:alice@example.com", TeamA);
        await BindAsync("roles/storage.objectAdmin", "user:carol@example.com");

        var answer = await DoAsync("POST", "v1/iam:troubleshoot", new JsonObject
        {
            ["accessTuple"] = Tuple(principal, permission, "//storage.googleapis.com/projects/_/buckets/shop-orders/objects/team-a/1.json"),
        });

        Assert.Equal(expected, (string?)answer["access"]);
        Assert.Equal(expected, (string?)answer["explainedPolicies"]![1]!["access"]);
    }

    [Fact]
    public async Task An_accounts_access_is_told_by_its_email_and_that_of_one_made_again_is_another()
    {
        await CreateAccountAsync("orders-agent");
        await BindAsync("roles/browser", $"serviceAccount:{EmailOf("orders-agent")}");
        var tuple = Tuple(EmailOf("orders-agent"), "resourcemanager.projects.get", $"//cloudresourcemanager.googleapis.com/projects/{Project}");
        var request = new JsonObject { ["accessTuple"] = tuple };
        Assert.Equal("GRANTED", (string?)(await DoAsync("POST", "v1/iam:troubleshoot", request))["access"]);

        await DoAsync("DELETE", $"{AccountsPath}/{EmailOf("orders-agent")}");
        await CreateAccountAsync("orders-agent");

        Assert.Equal("NOT_GRANTED", (string?)(await DoAsync("POST", "v1/iam:troubleshoot", request))["access"]);
    }

    [Theory]
    [InlineData("none.such.permission", "//cloudresourcemanager.googleapis.com/projects/shop-prod")]
    [InlineData("pubsub.topics.get", "//pubsub.googleapis.com/projects/another/topics/orders")]
    [InlineData("pubsub.topics.get", "projects/shop-prod/topics/orders")]
    public async Task What_is_not_known_is_refused(string permission, string resource) => await RefusedAsync(
        400, "INVALID_ARGUMENT", "POST", "v1/iam:troubleshoot", new JsonObject { ["accessTuple"] = Tuple("a@example.com", permission, resource) });

    private static JsonObject Tuple(string principal, string permission, string resource) =>
        new() { ["principal"] = principal, ["permission"] = permission, ["fullResourceName"] = resource };
}
