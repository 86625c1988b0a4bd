using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.Kubernetes.Tests.Sandbox;

/// <summary>The same requests to a real kube-apiserver and to the sandbox's cluster get the same answers.</summary>
public class SameAnswersTests(Cluster real, SandboxCluster sandbox)
{
    private const string Rbac = "apis/rbac.authorization.k8s.io/v1";
    private const string RoleRef = """{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"}""";

    private const string Definitions = "apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private static int _count;

    private readonly string _namespace = $"same-{Interlocked.Increment(ref _count)}";

    /// <summary>Method, path in the test's namespace, body; what is made before each is in <see cref="PrepareAsync"/>.</summary>
    public static TheoryData<string, string, string> Requests => new()
    {
        { "GET", "api/v1/namespaces/NS/configmaps/c", "" },
        { "GET", "api/v1/namespaces/NS/configmaps/absent", "" },
        { "GET", "api/v1/namespaces/NS/nonsense/c", "" },
        { "GET", "api/v9/namespaces/NS/configmaps/c", "" },
        { "GET", "api/v1/namespaces/NS/configmaps?limit=1", "" },
        { "GET", "api/v1/namespaces/NS/configmaps?continue=nonsense", "" },
        { "GET", "api/v1/namespaces/NS/configmaps?fieldSelector=metadata.name%3Dc", "" },
        { "GET", "api/v1/namespaces/NS/configmaps?fieldSelector=nonsense%3Dc", "" },
        { "GET", "api/v1/namespaces/NS/configmaps?labelSelector=a%3Db", "" },
        { "GET", "api/v1/namespaces/NS/configmaps?labelSelector=a", "" },
        { "GET", "api/v1/namespaces/NS/configmaps?labelSelector=!a", "" },
        { "GET", "api/v1/namespaces/NS/configmaps?labelSelector=a!%3Db", "" },
        { "GET", "api/v1/namespaces/NS/secrets?fieldSelector=type%3DOpaque", "" },
        { "POST", "api/v1/namespaces/NS/configmaps", """{"metadata":{"name":"new"}}""" },
        { "POST", "api/v1/namespaces/NS/configmaps", """{"metadata":{"name":"c"}}""" },
        { "POST", "api/v1/namespaces/NS/configmaps", """{"metadata":{"generateName":"new-"}}""" },
        { "POST", "api/v1/namespaces/NS/configmaps", """{"metadata":{}}""" },
        { "POST", "api/v1/namespaces/NS/configmaps", """{"metadata":{"name":"Upper"}}""" },
        { "POST", "api/v1/namespaces/NS/configmaps", """{"metadata":{"name":"new","namespace":"other"}}""" },
        { "POST", "api/v1/namespaces/NS/configmaps", """{"metadata":{"name":"new","resourceVersion":"5"}}""" },
        { "POST", "api/v1/namespaces/NS/configmaps", """{"kind":"Secret","apiVersion":"v1","metadata":{"name":"new"}}""" },
        { "POST", "api/v1/namespaces/NS/configmaps", """{"metadata":{"name":7}}""" },
        { "POST", "api/v1/namespaces/NS/configmaps", "{" },
        { "POST", "api/v1/namespaces/NS-absent/configmaps", """{"metadata":{"name":"new"}}""" },
        { "POST", "api/v1/namespaces", """{"metadata":{"name":"with.dot"}}""" },
        { "PUT", "api/v1/namespaces/NS/configmaps/c", """{"metadata":{"name":"c"},"data":{"k":"v"}}""" },
        { "PUT", "api/v1/namespaces/NS/configmaps/c", """{"metadata":{"name":"c","resourceVersion":"1"}}""" },
        { "PUT", "api/v1/namespaces/NS/configmaps/c", """{"metadata":{"name":"c","uid":"5c4a0e9a-0000-0000-0000-000000000000"}}""" },
        { "PUT", "api/v1/namespaces/NS/configmaps/c", """{"metadata":{"name":"d"}}""" },
        { "PUT", "api/v1/namespaces/NS/configmaps/absent", """{"metadata":{"name":"absent","resourceVersion":"1"}}""" },
        { "PUT", "api/v1/namespaces/NS/secrets/s", """{"metadata":{"name":"s"},"type":"other"}""" },
        { "PUT", "api/v1/namespaces/NS/configmaps", """{"metadata":{"name":"c"}}""" },
        { "POST", "api/v1/namespaces/NS/configmaps/c", """{"metadata":{"name":"c"}}""" },
        { "GET", "api/v1/configmaps/c", "" },
        { "POST", "api/v1/configmaps", """{"metadata":{"name":"c"}}""" },
        { "GET", "api/v1/namespaces/NS/configmaps/c/nonsense", "" },
        { "GET", "api/v1/namespaces/NS/configmaps?watch=true&resourceVersion=x", "" },
        { "DELETE", "api/v1/namespaces/NS/configmaps/c", "" },
        { "DELETE", "api/v1/namespaces/NS/configmaps/absent", "" },
        { "DELETE", "api/v1/namespaces/NS/configmaps/c", """{"preconditions":{"uid":"5c4a0e9a-0000-0000-0000-000000000000"}}""" },
        { "DELETE", "api/v1/namespaces/NS/configmaps/c", """{"preconditions":{"resourceVersion":"1"}}""" },
        { "POST", $"{Rbac}/namespaces/NS/roles", """{"metadata":{"name":"Any:Name"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}""" },
        { "POST", $"{Rbac}/namespaces/NS/roles", """{"metadata":{"name":"new"},"rules":[{"apiGroups":[""],"resources":["pods"]}]}""" },
        { "POST", $"{Rbac}/namespaces/NS/roles", """{"metadata":{"name":"new"},"rules":[{"apiGroups":[""],"verbs":["get"]}]}""" },
        { "POST", $"{Rbac}/namespaces/NS/roles", """{"metadata":{"name":"new"},"rules":[{"resources":["pods"],"verbs":["get"]}]}""" },
        { "POST", $"{Rbac}/namespaces/NS/roles", """{"metadata":{"name":"new"},"rules":[{"nonResourceURLs":["/x"],"verbs":["get"]}]}""" },
        { "POST", $"{Rbac}/clusterroles", """{"metadata":{"name":"NS"},"rules":[{"nonResourceURLs":["/x"],"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}""" },
        { "POST", $"{Rbac}/namespaces/NS/rolebindings", $$"""{"metadata":{"name":"new"},"roleRef":{{RoleRef}},"subjects":[{"kind":"ServiceAccount","name":"a"}]}""" },
        { "POST", $"{Rbac}/namespaces/NS/rolebindings", $$"""{"metadata":{"name":"new"},"roleRef":{{RoleRef}},"subjects":[{"kind":"Robot","name":"a"}]}""" },
        { "POST", $"{Rbac}/namespaces/NS/rolebindings", $$"""{"metadata":{"name":"new"},"roleRef":{{RoleRef}} }""" },
        { "POST", $"{Rbac}/namespaces/NS/rolebindings", """{"metadata":{"name":"new"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":""}}""" },
        { "POST", $"{Rbac}/namespaces/NS/rolebindings", """{"metadata":{"name":"new"},"roleRef":{"apiGroup":"x","kind":"Role","name":"r"}}""" },
        { "POST", $"{Rbac}/clusterrolebindings", $$"""{"metadata":{"name":"NS"},"roleRef":{{RoleRef}} }""" },
        { "POST", $"{Rbac}/clusterrolebindings", """{"metadata":{"name":"NS"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"x"},"subjects":[{"kind":"ServiceAccount","name":"a"}]}""" },
        { "PUT", $"{Rbac}/namespaces/NS/rolebindings/b", """{"metadata":{"name":"b"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"x"}}""" },
        { "POST", "api/v1/namespaces/NS/serviceaccounts/a/token", """{"spec":{"expirationSeconds":600}}""" },
        { "POST", "api/v1/namespaces/NS/serviceaccounts/a/token", """{"spec":{"expirationSeconds":599}}""" },
        { "POST", "api/v1/namespaces/NS/serviceaccounts/a/token", """{"spec":{"expirationSeconds":9223372036854775807}}""" },
        { "POST", "api/v1/namespaces/NS/serviceaccounts/a/token", """{"spec":{"expirationSeconds":"600"}}""" },
        { "POST", "api/v1/namespaces/NS/serviceaccounts/a/token", "" },
        { "POST", "api/v1/namespaces/NS/serviceaccounts/absent/token", """{"spec":{"expirationSeconds":600}}""" },
        { "POST", "api/v1/namespaces/NS/serviceaccounts/a/token", """{"spec":{"boundObjectRef":{"kind":"Secret","apiVersion":"v1","name":"absent"}}}""" },
        { "POST", "api/v1/namespaces/NS/serviceaccounts/a/token", """{"spec":{"boundObjectRef":{"kind":"Secret","apiVersion":"v1","name":"s","uid":"1"}}}""" },
        { "POST", "apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{}}""" },
        { "POST", "apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{"user":"u"}}""" },
        { "POST", Definitions, Definition() },
        { "POST", Definitions, Definition(scope: "Everywhere") },
        { "POST", Definitions, Definition(plural: "gadgets") },
        { "GET", $"{Definitions}/gadgets.NS.example.com", "" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_gets_the_same_answer(string method, string path, string body)
    {
        var answers = new List<(HttpStatusCode, string?, string?, int)>();
        foreach (var server in (IKubernetesServer[])[real.Server, sandbox])
        {
            using var client = await PrepareAsync(server);
            var (code, json) = await SendAsync(client, method, path, body);
            answers.Add((code, (string?)json["kind"], (string?)json["reason"], (json["items"] as JsonArray)?.Count ?? -1));
        }

        Assert.True(answers[0] == answers[1], $"{method} {path} {body}: really {answers[0]}, and in the sandbox {answers[1]}");
    }

    /// <summary>Roles with stars, names, subresources and URLs, bound to users, groups and accounts, here and in the cluster.</summary>
    [Fact]
    public async Task A_thousand_questions_about_roles_made_by_chance_get_the_same_answers()
    {
        using var one = await PrepareAsync(real.Server);
        using var other = await PrepareAsync(sandbox);
        var random = new Random(20261126);
        string Of(params string[] from) => from[random.Next(from.Length)];
        string List(int most, params string[] from) => $"[{string.Join(',', Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => $"\"{Of(from)}\""))}]";
        for (var i = 0; i < 40; i++)
        {
            var cluster = random.Next(3) == 0;
            var rule = $$"""{"verbs":{{List(2, "get", "list", "create", "delete", "*")}},"apiGroups":{{List(2, "", "apps", "*")}},"resources":{{List(2, "pods", "pods/log", "secrets", "*", "*/log")}}{{(random.Next(3) == 0 ? $",\"resourceNames\":{List(2, "a", "b")}" : "")}}}""";
            var at = cluster ? "" : $"namespaces/{_namespace}/";
            var role = cluster ? "clusterroles" : "roles";
            await BothAsync($"{Rbac}/{at}{role}", $$"""{"metadata":{"name":"{{_namespace}}-{{i}}"},"rules":[{{rule}}]}""");
            var toCluster = cluster && random.Next(2) == 0;
            var subject = Of(
                $$"""{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"{{_namespace}}-u"}""",
                $$"""{"kind":"Group","apiGroup":"rbac.authorization.k8s.io","name":"{{_namespace}}-g"}""",
                $$"""{"kind":"ServiceAccount","name":"a"{{(toCluster || random.Next(2) == 0 ? $",\"namespace\":\"{_namespace}\"" : "")}}}""");
            await BothAsync(
                toCluster ? $"{Rbac}/clusterrolebindings" : $"{Rbac}/namespaces/{_namespace}/rolebindings",
                $$"""{"metadata":{"name":"{{_namespace}}-{{i}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"{{(cluster ? "ClusterRole" : "Role")}}","name":"{{_namespace}}-{{random.Next(i + 2)}}"},"subjects":[{{subject}}]}""");
        }

        var allowed = 0;
        for (var i = 0; i < 1000; i++)
        {
            var user = Of($"\"user\":\"{_namespace}-u\"", $"\"user\":\"x\",\"groups\":[\"{_namespace}-g\"]", $"\"user\":\"system:serviceaccount:{_namespace}:a\"");
            var resource = $$"""{"verb":"{{Of("get", "list", "create", "delete", "*")}}","group":"{{Of("", "apps", "batch")}}","resource":"{{Of("pods", "secrets", "nodes")}}","subresource":"{{Of("", "", "log")}}","namespace":"{{Of("", _namespace, _namespace, "default")}}","name":"{{Of("", "a", "c")}}"}""";
            var body = $$"""{"spec":{ {{user}},"resourceAttributes":{{resource}} } }""";
            var expected = false;
            // A real server's authorizer sees a little later what was written.
            await Eventually.TrueAsync(
                async () => (expected = await AskAsync(one, body)) == await AskAsync(other, body),
                TimeSpan.FromSeconds(5),
                () => $"{body}: really {expected}",
                TestContext.Current.CancellationToken);
            allowed += expected ? 1 : 0;
        }

        Assert.InRange(allowed, 100, 900);

        async Task BothAsync(string path, string body)
        {
            foreach (var client in (HttpClient[])[one, other])
            {
                var (code, json) = await SendAsync(client, "POST", path, body);
                Assert.True(code == HttpStatusCode.Created, $"{body}: {json}");
            }
        }
    }

    private static string Definition(string plural = "widgets", string scope = "Cluster") =>
        $$$"""{"metadata":{"name":"widgets.NS.example.com"},"spec":{"group":"NS.example.com","scope":"{{{scope}}}","names":{"plural":"{{{plural}}}","singular":"widget","kind":"Widget"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"} } }] } }""";

    private async Task<bool> AskAsync(HttpClient client, string body) =>
        (bool)(await SendAsync(client, "POST", "apis/authorization.k8s.io/v1/subjectaccessreviews", body)).Json["status"]!["allowed"]!;

    private async Task<HttpClient> PrepareAsync(IKubernetesServer server)
    {
        var client = server.ClientWith(server.AdminToken);
        foreach (var (path, body) in ((string, string)[])
        [
            ("api/v1/namespaces", $$"""{"metadata":{"name":"{{_namespace}}"} }"""),
            ("api/v1/namespaces/NS/configmaps", """{"metadata":{"name":"c","labels":{"a":"b"}}}"""),
            ("api/v1/namespaces/NS/configmaps", """{"metadata":{"name":"d"}}"""),
            ("api/v1/namespaces/NS/secrets", """{"metadata":{"name":"s"}}"""),
            ("api/v1/namespaces/NS/serviceaccounts", """{"metadata":{"name":"a"}}"""),
            ($"{Rbac}/namespaces/NS/roles", """{"metadata":{"name":"r"},"rules":[]}"""),
            ($"{Rbac}/namespaces/NS/rolebindings", $$"""{"metadata":{"name":"b"},"roleRef":{{RoleRef}} }"""),
        ])
        {
            var (code, json) = await SendAsync(client, "POST", path, body);
            Assert.True(code == HttpStatusCode.Created, $"{path}: {json}");
        }

        return client;
    }

    private async Task<(HttpStatusCode Code, JsonObject Json)> SendAsync(HttpClient client, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new(method), new Uri(path.Replace("NS", _namespace, StringComparison.Ordinal), UriKind.Relative));
        if (body.Length > 0)
            request.Content = new StringContent(body.Replace("\"NS\"", $"\"{_namespace}\"", StringComparison.Ordinal).Replace("NS.", $"{_namespace}.", StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : []);
    }
}
