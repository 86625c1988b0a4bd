using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace NhiGrains.Platforms.Gcp.Tests;

/// <summary>Hands that work on the project past the connector, with nothing of its code.</summary>
internal sealed class Hands(Uri address, string token) : IDisposable
{
    public const string Project = "shop-prod";

    private readonly HttpClient _http = new() { BaseAddress = address };

    public async Task<(HttpStatusCode Code, JsonNode? Answer)> SendAsync(string verb, string path, JsonNode? body = null, string? with = null)
    {
        using var request = new HttpRequestMessage(new(verb), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", with ?? token);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(text) : null);
    }

    public async Task<JsonNode> DoAsync(string verb, string path, JsonNode? body = null)
    {
        var (code, answer) = await SendAsync(verb, path, body);
        return code is HttpStatusCode.OK or HttpStatusCode.NoContent ? answer ?? new JsonObject()
            : throw new InvalidOperationException($"{verb} {path}: {code} {answer?.ToJsonString()}");
    }

    public async Task CreateAccountAsync(string id) =>
        await DoAsync("POST", $"v1/projects/{Project}/serviceAccounts", new JsonObject { ["accountId"] = id, ["serviceAccount"] = new JsonObject { ["displayName"] = id } });

    public async Task CreateBucketAsync(string name, params string[] objects)
    {
        await DoAsync("POST", $"storage/v1/b?project={Project}", new JsonObject
        {
            ["name"] = name,
            ["iamConfiguration"] = new JsonObject { ["uniformBucketLevelAccess"] = new JsonObject { ["enabled"] = true } },
        });
        foreach (var one in objects)
            await UploadAsync(name, one);
    }

    public async Task UploadAsync(string bucket, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"upload/storage/v1/b/{bucket}/o?uploadType=media&name={Uri.EscapeDataString(name)}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new StringContent("content", Encoding.UTF8, "text/plain");
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    public Task<JsonNode> PolicyAsync(string place) => place switch
    {
        _ when place.StartsWith("v3/", StringComparison.Ordinal) =>
            DoAsync("POST", $"{place}:getIamPolicy", new JsonObject { ["options"] = new JsonObject { ["requestedPolicyVersion"] = 3 } }),
        _ when place.StartsWith("storage/", StringComparison.Ordinal) => DoAsync("GET", $"{place}/iam?optionsRequestedPolicyVersion=3"),
        _ when place.Contains("/serviceAccounts/", StringComparison.Ordinal) => DoAsync("POST", $"{place}:getIamPolicy?options.requestedPolicyVersion=3"),
        _ => DoAsync("GET", $"{place}:getIamPolicy?options.requestedPolicyVersion=3"),
    };

    /// <summary>Reads a policy, changes its bindings and writes it, with its etag, until nobody came between.</summary>
    public async Task EditAsync(string place, Action<JsonArray> change)
    {
        for (; ; )
        {
            var policy = (await PolicyAsync(place)).AsObject();
            policy["version"] = 3;
            if (policy["bindings"] is not JsonArray bindings)
                policy["bindings"] = bindings = [];
            change(bindings);
            var (code, answer) = place.StartsWith("storage/", StringComparison.Ordinal)
                ? await SendAsync("PUT", $"{place}/iam", policy)
                : await SendAsync("POST", $"{place}:setIamPolicy", new JsonObject { ["policy"] = policy.DeepClone() });
            if (code == HttpStatusCode.OK)
                return;
            if (code is not (HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed))
                throw new InvalidOperationException($"{place}: {code} {answer?.ToJsonString()}");
        }
    }

    public Task BindAsync(string place, string role, string member, string? expression = null, string title = "by hand", string? description = null) =>
        EditAsync(place, bindings =>
        {
            var binding = new JsonObject { ["role"] = role, ["members"] = new JsonArray(member) };
            if (expression is not null)
                binding["condition"] = new JsonObject { ["title"] = title, ["expression"] = expression };
            if (expression is not null && description is not null)
                binding["condition"]?.AsObject().Add("description", description);
            bindings.Add((JsonNode)binding);
        });

    /// <summary>The sandbox's authorizer, by Policy Troubleshooter.</summary>
    public async Task<bool> AllowsAsync(string email, string permission, string fullResourceName, DateTimeOffset at)
    {
        var answer = await DoAsync("POST", "v3/iam:troubleshoot", new JsonObject
        {
            ["accessTuple"] = new JsonObject
            {
                ["principal"] = email,
                ["permission"] = permission,
                ["fullResourceName"] = fullResourceName,
                ["conditionContext"] = new JsonObject { ["request"] = new JsonObject { ["receiveTime"] = at.ToString("O", System.Globalization.CultureInfo.InvariantCulture) } },
            },
        });
        return answer["overallAccessState"]?.GetValue<string>() switch
        {
            "CAN_ACCESS" => true,
            "CANNOT_ACCESS" => false,
            var other => throw new InvalidOperationException($"The sandbox answered {other}."),
        };
    }

    public void Dispose() => _http.Dispose();
}
