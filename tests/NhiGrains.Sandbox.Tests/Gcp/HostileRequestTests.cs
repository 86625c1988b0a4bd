using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Discovery;

namespace NhiGrains.Sandbox.Tests.Gcp;

/// <summary>Whatever is sent, the sandbox refuses it in Google's form, and never fails itself.</summary>
public class HostileRequestTests : GcpTests
{
    private static readonly string[] Bodies =
    [
        "", "{", "[]", "null", "7", "\"x\"", """{"a":{}}""", """{"policy":null}""", """{"policy":{"bindings":[null]}}""",
        """{"policy":{"bindings":[{"role":"roles/browser","members":[null]}]}}""",
        """{"policy":{"version":3,"bindings":[{"role":"roles/browser","members":["user:a@x"],"condition":{"title":"t","expression":""}}]}}""",
        """{"policy":{"version":3,"bindings":[{"role":"roles/browser","members":["user:a@x"],"condition":{"title":{},"expression":[]}}]}}""",
        """{"policy":{"version":9999999999,"etag":{}}}""", """{"accountId":{},"serviceAccount":[]}""", """{"permissions":[{}]}""",
        """{"permissions":"x"}""", """{"scope":[1],"lifetime":{}}""", """{"scope":["x"],"lifetime":"-1s"}""", """{"scope":["x"],"lifetime":"s"}""",
        """{"scope":["x"],"lifetime":"99999999999999999999999999999999s"}""", """{"roleId":"abc","role":{"includedPermissions":{}}}""",
        """{"accessTuple":{"principal":"","fullResourceName":"//","permission":"x"}}""", """{"accessTuple":[]}""", """{"name":"../x","metadata":7}""",
        """{"iamConfiguration":{"uniformBucketLevelAccess":{"enabled":"yes"}},"name":"bucket"}""", """{"topic":7}""", """{"topic":"projects/p/topics/"}""",
        """{"replication":7}""", """{"payload":{"data":"%"}}""", """{"template":[]}""", """{"options":{"requestedPolicyVersion":"x"}}""",
        """{"updateMask":"","serviceAccount":{"displayName":7}}""", """{"updateMask":"description","serviceAccount":{"description":{}}}""",
        "{\"a\":" + new string('[', 10_000), "{\"\\ud800\":1}", "{\"accountId\":\"\\ud800\"}", "{\"name\":\"\\ud800\"}", "{\"a\":1,\"a\":2}", "\u0000",
    ];

    public static TheoryData<string> Routes => new(
        $"POST {AccountsPath}", $"PATCH {AccountsPath}/a@b", $"PUT {AccountsPath}/EMAIL", $"PATCH {AccountsPath}/EMAIL", $"POST {AccountsPath}/EMAIL:setIamPolicy",
        $"POST {AccountsPath}/EMAIL:testIamPermissions", $"POST {AccountsPath}/EMAIL:generateAccessToken", $"POST {AccountsPath}/EMAIL/keys?x=%ff",
        $"GET {AccountsPath}?pageToken=%00&pageSize=-1", $"GET {AccountsPath}?pageToken=ZQ%3D%3D", $"POST {ProjectPath}:getIamPolicy", $"POST {ProjectPath}:setIamPolicy",
        $"POST {ProjectPath}:testIamPermissions", $"POST v1/projects/{Project}/roles", $"PATCH v1/projects/{Project}/roles/abc", "POST v1/iam:troubleshoot",
        "POST v3/iam:troubleshoot", $"POST storage/v1/b?project={Project}", "POST storage/v1/b", "PUT storage/v1/b/none/iam", "POST upload/storage/v1/b/none/o?uploadType=resumable",
        "PUT upload/storage/v1/b/none/o?upload_id=e30", "PUT upload/storage/v1/b/none/o?upload_id=%25", $"PUT v1/projects/{Project}/topics/orders",
        $"PUT v1/projects/{Project}/subscriptions/orders", $"POST v1/projects/{Project}/secrets?secretId=x", $"POST v1/projects/{Project}/secrets/x:addVersion",
        $"GET v1/projects/{Project}/secrets/x/versions/x:access", $"POST v2/projects/{Project}/locations/l/services?serviceId=s", "POST token", "GET %2e%2e/%20", "POST v3/projects/%F0:setIamPolicy");

    protected override DiscoveryDocuments? Documents => null;

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_request_may_be_what_it_likes(string route)
    {
        await CreateAccountAsync("orders-agent");
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Cloud.AdministratorToken);
        var parts = route.Replace("EMAIL", EmailOf("orders-agent"), StringComparison.Ordinal).Split(' ');
        foreach (var body in Bodies)
        {
            using var request = new HttpRequestMessage(new(parts[0]), new Uri(Address, parts[1]));
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.SendAsync(request, Cancellation);
            var text = await response.Content.ReadAsStringAsync(Cancellation);

            Assert.True(response.StatusCode < HttpStatusCode.InternalServerError, $"{route} {body}: {text}");
            Assert.True(response.IsSuccessStatusCode || JsonNode.Parse(text)!["error"] is not null, $"{route} {body}: {text}");
        }
    }
}

public sealed class HostileRequestWithDocumentsTests : HostileRequestTests
{
    protected override DiscoveryDocuments? Documents => DiscoveryFolder.Documents;
}
