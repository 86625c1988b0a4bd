using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Kubernetes;

namespace NhiGrains.Sandbox.Tests.Kubernetes;

/// <summary>Whatever is sent, the sandbox refuses it as an API server does, and never fails itself.</summary>
public class HostileRequestTests
{
    private static readonly string[] Bodies =
    [
        "", "{", "[]", "null", "7", """{"a":{}}""", """{"metadata":7}""", """{"metadata":{"name":{}}}""", """{"metadata":{"name":"\ud800"}}""",
        "{\"a\":1,\"a\":2}", "{\"a\":" + new string('[', 10_000), """{"metadata":{"name":"x","labels":7}}""", """{"metadata":{"name":"x"},"rules":[null]}""",
        """{"metadata":{"name":"x"},"rules":[{"verbs":"get"}]}""", """{"metadata":{"name":"x"},"roleRef":[]}""",
        """{"metadata":{"name":"x"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"x"},"subjects":[7]}""",
        """{"metadata":{"name":"x"},"stringData":{"a":7}}""", """{"metadata":{"name":"x"},"data":7,"stringData":{"a":"b"}}""", """{"metadata":{"name":"x"},"type":7}""",
        """{"spec":7}""", """{"spec":{"expirationSeconds":"x"}}""", """{"spec":{"expirationSeconds":9223372036854775807}}""", """{"spec":{"expirationSeconds":-9223372036854775808}}""",
        """{"spec":{"boundObjectRef":{"kind":"Secret","name":{}}}}""", """{"spec":{"audiences":[7]}}""", """{"spec":{"user":7,"resourceAttributes":{}}}""",
        """{"spec":{"user":"u","resourceAttributes":{},"nonResourceAttributes":{}}}""", """{"preconditions":{"uid":7}}""",
    ];

    [Theory]
    [InlineData("POST api/v1/namespaces")]
    [InlineData("POST api/v1/namespaces/default/configmaps")]
    [InlineData("POST api/v1/namespaces/default/secrets")]
    [InlineData("PUT api/v1/namespaces/default/secrets/s")]
    [InlineData("PATCH api/v1/namespaces/default/secrets/s")]
    [InlineData("DELETE api/v1/namespaces/default/secrets/s")]
    [InlineData("POST api/v1/namespaces/default/serviceaccounts/a/token")]
    [InlineData("POST apis/rbac.authorization.k8s.io/v1/namespaces/default/roles")]
    [InlineData("POST apis/rbac.authorization.k8s.io/v1/clusterroles")]
    [InlineData("POST apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings")]
    [InlineData("POST apis/rbac.authorization.k8s.io/v1/clusterrolebindings")]
    [InlineData("POST apis/authorization.k8s.io/v1/subjectaccessreviews")]
    [InlineData("POST apis/authorization.k8s.io/v1/selfsubjectaccessreviews")]
    [InlineData("GET api/v1/secrets?limit=x&continue=ZQ%3D%3D")]
    [InlineData("GET api/v1/secrets?labelSelector=!%3D%3D%2C%2C!!&fieldSelector=%3D")]
    [InlineData("GET api/v1/secrets?watch=true&resourceVersion=x")]
    [InlineData("TRACE api/v1/secrets")]
    [InlineData("GET api")]
    [InlineData("GET api/v1")]
    [InlineData("GET api/v1/namespaces/default/secrets/s/a/b/c")]
    [InlineData("GET apis/%F0/%20/x")]
    public async Task A_request_may_be_what_it_likes(string route)
    {
        await using var server = new SandboxServer();
        var cluster = new KubernetesCluster(server.Surroundings, "k8s:test");
        using var http = new HttpClient { BaseAddress = await server.AddAsync(cluster) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", cluster.AdministratorToken);
        foreach (var (kind, name) in (IEnumerable<(string, string)>)[("secrets", "s"), ("serviceaccounts", "a")])
        {
            var path = new Uri($"api/v1/namespaces/default/{kind}", UriKind.Relative);
            using var made = await http.PostAsync(path, Json($$"""{"metadata":{"name":"{{name}}"} }"""), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        var parts = route.Split(' ');
        foreach (var body in Bodies)
        {
            using var request = new HttpRequestMessage(new(parts[0]), parts[1]) { Content = Json(body) };
            if (parts[0] == "PATCH")
                request.Content.Headers.ContentType = new("application/merge-patch+json");
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

            Assert.DoesNotContain("The sandbox failed", text, StringComparison.Ordinal);
            Assert.True(response.IsSuccessStatusCode || (string?)JsonNode.Parse(text)!["kind"] == "Status", $"{route} {body}: {text}");
        }
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
