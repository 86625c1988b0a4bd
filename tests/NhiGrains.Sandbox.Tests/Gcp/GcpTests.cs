using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp;
using NhiGrains.Sandbox.Gcp.Discovery;

namespace NhiGrains.Sandbox.Tests.Gcp;

/// <summary>One project of the sandbox for each test, held to Google's discovery documents.</summary>
public abstract class GcpTests : IAsyncLifetime
{
    protected const string Project = "shop-prod";
    protected const long Number = 123456789012;
    protected const string ProjectPath = $"v3/projects/{Project}";
    protected const string AccountsPath = $"v1/projects/{Project}/serviceAccounts";

    private readonly HttpClient _http = new();

    protected SandboxServer Server { get; } = new(seed: 7);

    /// <summary>Set when the test begins.</summary>
    protected GcpProject Cloud { get; private set; } = null!;

    protected Uri Address { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected virtual GcpQuotas Quotas => new();

    protected virtual DiscoveryDocuments? Documents => DiscoveryFolder.Documents;

    public async ValueTask InitializeAsync()
    {
        Cloud = new(Server.Surroundings, "gcp:shop", Project, Number, Documents, Quotas);
        Address = await Server.AddAsync(Cloud);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A member as policies name it.</summary>
    protected static string EmailOf(string account) => $"{account}@{Project}.iam.gserviceaccount.com";

    /// <param name="token">Null: the administrator's.</param>
    protected async Task<Reply> SendAsync(string verb, string path, JsonNode? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(new(verb), new Uri(Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Cloud.AdministratorToken);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
        return new(response.StatusCode, isJson ? JsonNode.Parse(text)!.AsObject() : [], text); // The sandbox answers with objects.
    }

    /// <summary>What is answered, which must be a success.</summary>
    protected async Task<JsonObject> DoAsync(string verb, string path, JsonNode? body = null, string? token = null)
    {
        var reply = await SendAsync(verb, path, body, token);
        Assert.True(reply.Code is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{verb} {path}: {(int)reply.Code} {reply.Text}");
        return reply.Json;
    }

    protected async Task RefusedAsync(int code, string status, string verb, string path, JsonNode? body = null, string? token = null)
    {
        var reply = await SendAsync(verb, path, body, token);
        Assert.True((int)reply.Code == code, $"{verb} {path}: {(int)reply.Code} {reply.Text}");
        Assert.Equal(status, reply.Status);
        Assert.NotEmpty(reply.Message);
    }

    protected Task<JsonObject> CreateAccountAsync(string id) =>
        DoAsync("POST", AccountsPath, new JsonObject { ["accountId"] = id, ["serviceAccount"] = new JsonObject { ["displayName"] = id } });

    protected Task<JsonObject> ReadPolicyAsync(int version = 3) =>
        DoAsync("POST", $"{ProjectPath}:getIamPolicy", new JsonObject { ["options"] = new JsonObject { ["requestedPolicyVersion"] = version } });

    protected Task<JsonObject> SetPolicyAsync(JsonObject policy, string? token = null) =>
        DoAsync("POST", $"{ProjectPath}:setIamPolicy", new JsonObject { ["policy"] = policy.DeepClone() }, token);

    /// <summary>The bindings of the project's policy, but for its owner's.</summary>
    protected async Task<List<JsonNode>> BindingsAsync() =>
        [.. ((await ReadPolicyAsync())["bindings"]?.AsArray() ?? []).OfType<JsonNode>().Where(binding => (string?)binding["role"] != "roles/owner")];

    /// <summary>Reads the project's policy, adds a binding, and sets it with its etag.</summary>
    protected async Task BindAsync(string role, string member, string? expression = null)
    {
        var policy = await ReadPolicyAsync();
        policy["version"] = 3;
        if (policy["bindings"] is not JsonArray bindings)
            policy["bindings"] = bindings = [];
        bindings.Add((JsonNode)Binding(role, member, expression));
        await SetPolicyAsync(policy);
    }

    protected static JsonObject Binding(string role, string member, string? expression = null)
    {
        var binding = new JsonObject { ["role"] = role, ["members"] = new JsonArray(member) };
        if (expression is not null)
            binding["condition"] = new JsonObject { ["title"] = "test", ["expression"] = expression };
        return binding;
    }

    /// <summary>A token of an account's, got as Google's clients get it.</summary>
    protected async Task<string> TokenOfAsync(string account, string lifetime = "3600s")
    {
        var answer = await DoAsync(
            "POST",
            $"v1/projects/-/serviceAccounts/{EmailOf(account)}:generateAccessToken",
            new JsonObject { ["scope"] = new JsonArray("https://www.googleapis.com/auth/cloud-platform"), ["lifetime"] = lifetime });
        return answer["accessToken"]!.GetValue<string>();
    }

    protected sealed record Reply(HttpStatusCode Code, JsonObject Json, string Text)
    {
        public string Status => Json["error"]?["status"]?.GetValue<string>() ?? "";

        public string Message => Json["error"]?["message"]?.GetValue<string>() ?? "";
    }
}
