using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>A portal: nothing but GraphQL over HTTP with a token.</summary>
internal sealed class Portal : IDisposable
{
    private const string GrantFields = "grantId status expiresAt revokedAt residualUntil identity { platforms { status message residualUntil } }";

    private readonly HttpClient _http;

    public Portal(Uri url, string token)
    {
        _http = new() { BaseAddress = url, Timeout = TimeSpan.FromSeconds(40) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<JsonElement> AskAsync(string query, object? variables = null)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri("/graphql", UriKind.Relative), new { query, variables }, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var json = JsonSerializer.Deserialize<JsonElement>(text);
        return json.TryGetProperty("errors", out _) ? throw new InvalidOperationException(text) : json.GetProperty("data");
    }

    /// <summary>The success of a mutation; a refusal fails the test.</summary>
    public async Task<JsonElement> DoAsync(string mutation, string success, object input)
    {
        var type = char.ToUpperInvariant(mutation[0]) + mutation[1..] + "Input";
        var data = await AskAsync($"mutation ($input: {type}!) {{ {mutation}(input: $input) {{ result {{ __typename {success} ... on Refusal {{ code message remedy field }} }} }} }}", new { input });
        var result = data.GetProperty(mutation).GetProperty("result");
        return Text(result, "__typename") != "Refusal" ? result : throw new InvalidOperationException(result.GetRawText());
    }

    public Task<JsonElement> RegisterAsync(string id) => DoAsync("registerIdentity", "... on IdentitySuccess { identity { id } }", new
    {
        identityId = id,
        kind = "SERVICE_ACCOUNT",
        environment = "staging",
        owner = new { person = "ada", team = "payments" },
        bindings = new[] { new { platform = "k8s:test", principal = $"shop/{id}", createIfMissing = true } },
    });

    public async Task<string> RequestAsync(string id, int seconds, string[] verbs, string? name = null, string? waitFor = "EFFECTIVE", string? key = null)
    {
        var result = await DoAsync("requestAccess", $"... on GrantSuccess {{ grant {{ {GrantFields} }} }}", new
        {
            identityId = id,
            entitlements = Configmaps(verbs, name),
            lifetimeSeconds = seconds,
            reason = "a test",
            waitFor,
            waitSeconds = 20,
            idempotencyKey = key,
        });
        return Text(result.GetProperty("grant"), "grantId");
    }

    public static object[] Configmaps(string[] verbs, string? name = null) =>
    [
        new
        {
            platform = "k8s:test",
            verbs,
            resources = new[] { new { type = "configmaps", container = "shop", match = name is null ? "ALL" : "EXACT", name } },
        },
    ];

    public async Task<JsonElement> GrantAsync(string id, string grantId)
    {
        var data = await AskAsync($"query ($filter: GrantFilter) {{ grants(first: 200, filter: $filter) {{ nodes {{ {GrantFields} }} }} }}", new { filter = new { identityId = id } });
        return data.GetProperty("grants").GetProperty("nodes").EnumerateArray().First(grant => Text(grant, "grantId") == grantId);
    }

    public async Task<JsonElement> UntilAsync(string id, string grantId, string status, TimeSpan within)
    {
        JsonElement grant = default;
        await Eventually.TrueAsync(async () => Text(grant = await GrantAsync(id, grantId), "status") == status, within, () => $"not {status}: {grant}", TestContext.Current.CancellationToken);
        return grant;
    }

    /// <summary>What is known of the identity's only platform; waits for an attempt that is under way.</summary>
    public Task<JsonElement> EnforcementAsync(string id) => PlatformAsync(id, "status message failedAttempts retryAt");

    /// <summary>What the identity knows of its only platform, at once.</summary>
    public async Task<string> StatusAsync(string id) => Text(await PlatformAsync(id, "status"), "status");

    public Task UntilStatusAsync(string id, string status, TimeSpan within)
    {
        JsonElement last = default;
        return Eventually.TrueAsync(async () => Text(last = await PlatformAsync(id, "status message"), "status") == status, within, () => $"not {status}: {last}", TestContext.Current.CancellationToken);
    }

    /// <summary>Every difference that is known, of all identities; a cluster has accounts of its own, which belong to none.</summary>
    public async Task<JsonElement[]> DriftAsync() =>
        [.. (await AskAsync("{ drift(first: 200) { nodes { kind identityId objectKind key } } }")).GetProperty("drift").GetProperty("nodes").EnumerateArray().Where(drift => Text(drift, "kind") != "UNMANAGED")];

    /// <summary>What the audit tells of an identity, in order.</summary>
    public async Task<string[]> StoryAsync(string id)
    {
        var data = await AskAsync("query ($id: String!) { audit(first: 200, identityId: $id) { nodes { action } } }", new { id });
        return [.. data.GetProperty("audit").GetProperty("nodes").EnumerateArray().Select(entry => Text(entry, "action"))];
    }

    private async Task<JsonElement> PlatformAsync(string id, string fields)
    {
        var data = await AskAsync($"query ($id: ID!) {{ identity(id: $id) {{ platforms {{ {fields} }} }} }}", new { id });
        return data.GetProperty("identity").GetProperty("platforms")[0];
    }

    public static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";

    public void Dispose() => _http.Dispose();
}
