using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Discovery;

namespace NhiGrains.Sandbox.Tests.Gcp;

/// <summary>As the demo runs it: on the sandbox's own rules.</summary>
public class WithoutDocumentsTests : GcpTests
{
    protected override DiscoveryDocuments? Documents => null;

    [Theory]
    [InlineData("""{"accountId": "orders-agent", "owner": "me"}""")]
    [InlineData("""{"accountId": 7}""")]
    [InlineData("""{"serviceAccount": {}}""")]
    [InlineData("""{"accountId": "orders-agent", "accountId": "another-agent"}""")]
    [InlineData("""["orders-agent"]""")]
    [InlineData("""{"accountId": """)]
    public async Task A_request_that_is_not_whole_and_right_is_refused(string body)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Cloud.AdministratorToken);
        using var content = new StringContent(body, mediaType: new("application/json"));
        using var response = await http.PostAsync(new Uri(Address, AccountsPath), content, Cancellation);

        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["error"]!;
        Assert.Equal("INVALID_ARGUMENT", (string?)error["status"]);
    }

    [Theory]
    [InlineData("""{"policy": {"bindings": [{"role": 1}]}}""")]
    [InlineData("""{"policy": {"version": 1.5}}""")]
    [InlineData("""{"policy": {"rules": []}}""")]
    [InlineData("""{"policy": [], "updateMask": ""}""")]
    [InlineData("""{"policy": {}, "updateMask": "nonsense"}""")]
    [InlineData("{}")]
    public async Task A_policy_that_is_none_is_refused(string body) =>
        await RefusedAsync(400, "INVALID_ARGUMENT", "POST", $"{ProjectPath}:setIamPolicy", JsonNode.Parse(body));

    [Fact]
    public async Task Without_credentials_there_is_no_answer()
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(Address, AccountsPath), Cancellation);

        Assert.Equal(401, (int)response.StatusCode);
        await RefusedAsync(401, "UNAUTHENTICATED", "GET", AccountsPath, token: "ya29.sandbox.x.y");
        await RefusedAsync(401, "UNAUTHENTICATED", "GET", AccountsPath, token: "nonsense");
    }
}

// The same as with documents.
public sealed class ServiceAccountWithoutDocumentsTests : ServiceAccountTests
{
    protected override DiscoveryDocuments? Documents => null;
}

public sealed class PolicyWithoutDocumentsTests : PolicyTests
{
    protected override DiscoveryDocuments? Documents => null;
}

public sealed class ResourceWithoutDocumentsTests : ResourceTests
{
    protected override DiscoveryDocuments? Documents => null;
}
