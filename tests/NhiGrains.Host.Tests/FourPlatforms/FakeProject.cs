using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox;
using NhiGrains.Sandbox.Gcp;

namespace NhiGrains.Host.Tests.FourPlatforms;

/// <summary>The sandbox's Google project with a secret, and hands that change it past the control plane.</summary>
internal sealed class FakeProject(GcpProject project, Uri address) : IDisposable
{
    public const string Id = "shop-demo";
    public const string Secret = "deploy-key";
    public const string Account = $"build-agent@{Id}.iam.gserviceaccount.com";

    private readonly HttpClient _http = new() { BaseAddress = address };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<FakeProject> StartAsync(SandboxServer server)
    {
        var project = new GcpProject(server.Surroundings, "gcp:demo", Id, 987654321012);
        var fake = new FakeProject(project, await server.AddAsync(project));
        await fake.AddSecretAsync(Secret);
        return fake;
    }

    public object Settings(string folder)
    {
        var token = Path.Combine(folder, "gcp-token");
        File.WriteAllText(token, project.AdministratorToken);
        return new { project = Id, endpoint = address, accessTokenFile = token, callsPerSecond = 500 };
    }

    public async Task AddSecretAsync(string name)
    {
        await DoAsync("POST", $"v1/projects/{Id}/secrets?secretId={name}", """{"replication":{"automatic":{}}}""");
        await DoAsync("POST", $"v1/projects/{Id}/secrets/{name}:addVersion", """{"payload":{"data":"c2VjcmV0"}}""");
    }

    /// <summary>Who may do what with one secret, as its own policy says.</summary>
    public async Task<string> SecretPolicyAsync(string name) =>
        (await DoAsync("GET", $"v1/projects/{Id}/secrets/{name}:getIamPolicy?options.requestedPolicyVersion=3", "")).ToJsonString();

    /// <summary>Reads the secret with a token as it was handed out.</summary>
    public async Task<HttpStatusCode> TryReadAsync(string token) => (await SendAsync("GET", $"v1/projects/{Id}/secrets/{Secret}/versions/latest:access", null, token)).Code;

    public async Task<string> PolicyAsync() =>
        (await DoAsync("POST", $"v3/projects/{Id}:getIamPolicy", """{"options":{"requestedPolicyVersion":3}}""")).ToJsonString();

    public async Task BindByHandAsync()
    {
        var policy = JsonNode.Parse(await PolicyAsync())!.AsObject(); // A policy is an object.
        policy["version"] = 3;
        policy["bindings"]!.AsArray().Add((JsonNode)new JsonObject // Its owner has one.
        {
            ["role"] = "roles/storage.objectViewer",
            ["members"] = new JsonArray($"serviceAccount:{Account}"),
            ["condition"] = new JsonObject { ["title"] = "by hand", ["expression"] = "request.time < timestamp(\"2099-01-01T00:00:00Z\")" },
        });
        await DoAsync("POST", $"v3/projects/{Id}:setIamPolicy", new JsonObject { ["policy"] = policy.DeepClone() }.ToJsonString());
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> DoAsync(string verb, string path, string body)
    {
        var (code, text) = await SendAsync(verb, path, body, project.AdministratorToken);
        return code == HttpStatusCode.OK ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{verb} {path}: {code} {text}"); // Google answers an object.
    }

    private async Task<(HttpStatusCode Code, string Text)> SendAsync(string verb, string path, string? body, string token)
    {
        using var request = new HttpRequestMessage(new(verb), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
