using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Discovery;
using NhiGrains.Sandbox.Gcp.Http;
using Microsoft.AspNetCore.Http;

namespace NhiGrains.Sandbox.Tests.Gcp;

public class DiscoveryTests : GcpTests
{
    [Fact]
    public async Task An_unknown_name_is_refused_in_Googles_words()
    {
        var reply = await SendAsync("POST", AccountsPath, new JsonObject
        {
            ["accountId"] = "orders-agent",
            ["serviceAccount"] = new JsonObject { ["owner"] = "me" },
        });

        Assert.Equal("INVALID_ARGUMENT", reply.Status);
        Assert.Equal("Invalid JSON payload received. Unknown name \"owner\" at 'service_account': Cannot find field.", reply.Message);
    }

    [Theory]
    [InlineData("""{"policy": {"bindings": [{"role": 1}]}}""", "Invalid value at 'policy.bindings[0].role' (TYPE_STRING), 1")]
    [InlineData("""{"policy": {"bindings": {"role": "x"}}}""", "Invalid value at 'policy.bindings' (TYPE_MESSAGE), {\"role\":\"x\"}")]
    [InlineData("""{"policy": {"version": 1.5}}""", "Invalid value at 'policy.version' (TYPE_INT32), 1.5")]
    [InlineData("""{"policy": {"etag": "not base64!"}}""", "Invalid value at 'policy.etag' (TYPE_BYTES), Base64 decoding failed for \"not base64!\"")]
    [InlineData("""{"policies": {}}""", "Invalid JSON payload received. Unknown name \"policies\": Cannot find field.")]
    [InlineData("""{"policy": {"auditConfigs": [{"auditLogConfigs": [{"logType": "ALL"}]}]}}""", "Invalid value at 'policy.audit_configs[0].audit_log_configs[0].log_type' (TYPE_ENUM), \"ALL\"")]
    public async Task A_wrong_type_is_refused_in_Googles_words(string body, string message)
    {
        var reply = await SendAsync("POST", $"{ProjectPath}:setIamPolicy", JsonNode.Parse(body));

        Assert.Equal("INVALID_ARGUMENT", reply.Status);
        Assert.Equal(message, reply.Message);
    }

    [Fact]
    public async Task A_wrong_query_is_refused()
    {
        await RefusedAsync(400, "INVALID_ARGUMENT", "GET", $"{AccountsPath}?maxResults=5");
        await RefusedAsync(400, "INVALID_ARGUMENT", "GET", $"{AccountsPath}?pageSize=many");
    }

    [Theory]
    [InlineData("GET", "v3/projects/shop-prod:getIamPolicy")]
    [InlineData("POST", "v1/projects/shop-prod/serviceAccounts/x@y:destroy")]
    [InlineData("DELETE", "v1/projects/shop-prod/serviceAccounts")]
    [InlineData("GET", "v9/projects")]
    public async Task A_method_that_there_is_not_is_not_found(string verb, string path) =>
        await RefusedAsync(404, "NOT_FOUND", verb, path);

    [Fact]
    public void An_answer_that_Google_would_not_give_is_found()
    {
        var method = Assert.Single(DiscoveryFolder.Documents.Find("GET", ["v1", "projects", "p", "serviceAccounts", "a"]));

        method.CheckAnswer(new() { ["email"] = "x", ["disabled"] = true });
        Assert.Throws<InvalidOperationException>(() => method.CheckAnswer(new() { ["mail"] = "x" }));
        Assert.Throws<InvalidOperationException>(() => method.CheckAnswer(new() { ["disabled"] = "true" }));
    }

    [Fact]
    public void A_method_without_a_request_takes_no_body()
    {
        var method = Assert.Single(DiscoveryFolder.Documents.Find("DELETE", ["v1", "projects", "p", "serviceAccounts", "a"]));
        var call = new Call(
            "DELETE", new Dictionary<string, string>(), QueryCollection.Empty, new() { ["force"] = true }, default, "", "", Principal.Anybody);

        Assert.Throws<GoogleError>(() => method.CheckRequest(call));
        method.CheckRequest(call with { Body = [] });
    }

    [Fact]
    public void A_folder_without_documents_is_refused() =>
        Assert.ThrowsAny<IOException>(() => DiscoveryDocuments.Load(Path.Combine(AppContext.BaseDirectory, "none-such")));
}
