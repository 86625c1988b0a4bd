using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Platforms.TestKit.Waiting;
using NhiGrains.Sandbox.Faults;
using NhiGrains.Sandbox.Kubernetes;

namespace NhiGrains.Sandbox.Tests.Kubernetes;

/// <summary>What a real server cannot be made to do at will: time, late visibility, forgotten versions, and writers at once.</summary>
public class ClusterTests : IAsyncLifetime
{
    private const string Maps = "api/v1/namespaces/default/configmaps";

    private readonly SandboxServer _server = new(seed: 3);
    private readonly HttpClient _http = new();
    private KubernetesCluster? _cluster;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private KubernetesCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster was not made.");

    public async ValueTask InitializeAsync()
    {
        _cluster = new(_server.Surroundings, "k8s:test");
        _http.BaseAddress = await _server.AddAsync(_cluster);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_pages_of_a_list_show_one_state_whatever_is_written_between_them_and_are_forgotten_after_five_minutes()
    {
        await MakeAsync("a", "b", "c", "d");
        var first = await DoAsync("GET", $"{Maps}?limit=2");
        var next = $"{Maps}?limit=2&continue={Uri.EscapeDataString((string)first["metadata"]!["continue"]!)}";
        await DoAsync("DELETE", $"{Maps}/c");
        await MakeAsync("bb");

        var second = await DoAsync("GET", next);

        Assert.Equal(["a", "b"], NamesOf(first));
        Assert.Equal(["c", "d"], NamesOf(second));
        Assert.Null(second["metadata"]!["continue"]);
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)second["metadata"]!["resourceVersion"]);
        _server.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.Gone, (await SendAsync("GET", next)).Code);
    }

    [Fact]
    public async Task A_plan_of_faults_makes_pages_short()
    {
        await MakeAsync("a", "b", "c");
        _server.Faults.Plan = FaultPlan.None with { PageSize = 2 };

        Assert.Equal(["a", "b"], NamesOf(await DoAsync("GET", $"{Maps}?limit=500")));
    }

    [Fact]
    public async Task A_write_is_seen_late_by_readers_and_by_the_authorizer()
    {
        var bob = """{"spec":{"user":"bob","resourceAttributes":{"verb":"get","resource":"pods","namespace":"default"}}}""";
        _server.Faults.Plan = FaultPlan.None with { VisibleAfter = TimeSpan.FromMinutes(1) };
        await DoAsync("POST", "apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
            """{"metadata":{"name":"x"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"bob"}]}""");

        Assert.False(await AllowsAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings/x")).Code);
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await AllowsAsync());

        async Task<bool> AllowsAsync() => (bool)(await DoAsync("POST", "apis/authorization.k8s.io/v1/subjectaccessreviews", bob))["status"]!["allowed"]!;
    }

    [Fact]
    public async Task A_token_ends_at_its_time_and_with_what_it_is_bound_to()
    {
        await DoAsync("POST", "api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"app"}}""");
        await DoAsync("POST", "api/v1/namespaces/default/secrets", """{"metadata":{"name":"grant"}}""");
        var free = await TokenAsync("{}");
        var bound = await TokenAsync("""{"boundObjectRef":{"kind":"Secret","apiVersion":"v1","name":"grant"}}""");
        var elsewhere = await TokenAsync("""{"audiences":["elsewhere"]}""");

        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("GET", Maps, token: free)).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("GET", Maps, token: bound)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("GET", Maps, token: elsewhere)).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("GET", Maps, token: free[..^2] + "AA")).Code);
        await DoAsync("DELETE", "api/v1/namespaces/default/secrets/grant");
        await DoAsync("POST", "api/v1/namespaces/default/secrets", """{"metadata":{"name":"grant"}}""");
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("GET", Maps, token: bound)).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("GET", Maps, token: free)).Code);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("GET", Maps, token: free)).Code);
    }

    [Fact]
    public async Task A_watch_tells_what_happened_since_its_version_and_says_when_that_is_forgotten()
    {
        var list = await DoAsync("GET", Maps);
        var from = $"{Maps}?watch=true&timeoutSeconds=1&resourceVersion={list["metadata"]!["resourceVersion"]}";
        await MakeAsync("a");
        await DoAsync("PUT", $"{Maps}/a", """{"metadata":{"name":"a"},"data":{"k":"v"}}""");
        await DoAsync("DELETE", $"{Maps}/a");

        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], (await WatchAsync(from)).Select(line => (string)line["type"]!));

        for (var i = 0; i < 5_001; i++)
        {
            await MakeAsync("b");
            await DoAsync("DELETE", $"{Maps}/b");
        }

        var error = Assert.Single(await WatchAsync(from));
        Assert.Equal(("ERROR", 410), ((string)error["type"]!, (int)error["object"]!["code"]!));
    }

    [Fact]
    public async Task An_open_watch_gets_a_change_when_it_is_made()
    {
        using var open = new HttpRequestMessage(HttpMethod.Get, $"{Maps}?watch=true&allowWatchBookmarks=true");
        open.Headers.Authorization = new("Bearer", Cluster.AdministratorToken);
        using var answer = await _http.SendAsync(open, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
        var line = lines.ReadLineAsync(Cancellation).AsTask();

        await MakeAsync("a");

        await Eventually.TrueAsync(() => Task.FromResult(line.IsCompleted), TimeSpan.FromSeconds(10), () => "The watch told nothing.", Cancellation);
        Assert.Equal("a", (string?)JsonNode.Parse((await line)!)!["object"]!["metadata"]!["name"]);
    }

    [Fact]
    public async Task Of_writers_at_once_with_one_version_one_wins()
    {
        await MakeAsync("a");
        var read = await DoAsync("GET", $"{Maps}/a");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer =>
        {
            var change = read.DeepClone();
            change["data"] = new JsonObject { ["writer"] = $"{writer}" };
            return SendAsync("PUT", $"{Maps}/a", change.ToJsonString());
        }));

        Assert.Single(answers, answer => answer.Code == HttpStatusCode.OK);
        Assert.Equal(15, answers.Count(answer => answer.Code == HttpStatusCode.Conflict));
    }

    private static IEnumerable<string> NamesOf(JsonObject list) => list["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!);

    private async Task MakeAsync(params string[] names)
    {
        foreach (var name in names)
            await DoAsync("POST", Maps, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } }.ToJsonString());
    }

    private async Task<string> TokenAsync(string spec) =>
        (string)(await DoAsync("POST", "api/v1/namespaces/default/serviceaccounts/app/token", $$"""{"spec":{{spec}} }"""))["status"]!["token"]!;

    private async Task<List<JsonObject>> WatchAsync(string path)
    {
        var text = (await SendAsync("GET", path)).Text;
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    private async Task<JsonObject> DoAsync(string method, string path, string? body = null)
    {
        var (code, text) = await SendAsync(method, path, body);
        Assert.True(code is HttpStatusCode.OK or HttpStatusCode.Created, $"{method} {path}: {text}");
        return JsonNode.Parse(text)!.AsObject(); // The API answers with objects.
    }

    private async Task<(HttpStatusCode Code, string Text)> SendAsync(string method, string path, string? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Cluster.AdministratorToken);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
