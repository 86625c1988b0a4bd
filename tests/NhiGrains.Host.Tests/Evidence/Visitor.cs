using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Tests.Composition;

namespace NhiGrains.Host.Tests.Evidence;

/// <summary>Asks for access over the server's API, with evidence.</summary>
internal sealed class Visitor(RunningServer server, HttpClient http) : IDisposable
{
    private const string Request =
        """
        mutation ($id: String!, $evidence: [EvidenceInput!], $key: String, $seconds: Int!) {
          requestAccess(input: { identityId: $id, lifetimeSeconds: $seconds, reason: "ticket 7", evidence: $evidence, idempotencyKey: $key
            entitlements: [{ platform: "pg:orders", verbs: [READ], resources: [{ type: "table", container: "orders/public", name: "prices" }] }] }) {
            result {
              ... on GrantSuccess { grant { grantId status request { evidence { kind trust subject claims { key value } expiresAt digest } } } }
              ... on Refusal { code message remedy field }
            }
          }
        }
        """;

    private const string Renewal =
        """
        mutation ($id: String!, $grant: String!, $evidence: [EvidenceInput!], $key: String) {
          renewGrant(input: { identityId: $id, grantId: $grant, lifetimeSeconds: 600, reason: "it takes longer", evidence: $evidence, idempotencyKey: $key }) {
            result {
              ... on GrantSuccess { grant { grantId expiresAt request { evidence { digest } } } }
              ... on Refusal { code message remedy field }
            }
          }
        }
        """;

    private const string Simulation =
        """
        query ($id: String!, $evidence: [EvidenceInput!]) {
          simulateAccess(identityId: $id, lifetimeSeconds: 60, evidence: $evidence
            entitlements: [{ platform: "pg:orders", verbs: [READ], resources: [{ type: "table", container: "orders/public", name: "prices" }] }]) {
            ... on Simulation { decision { outcome } }
            ... on Refusal { code message remedy field }
          }
        }
        """;

    /// <summary>Without TLS.</summary>
    public static Visitor To(RunningServer server) => new(server, new HttpClient { BaseAddress = new(server.Url) });

    /// <summary>With TLS, and perhaps a certificate of its own.</summary>
    public static Visitor Securely(RunningServer server, X509Certificate2 expected, X509Certificate2? own)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Equals(expected) == true;
        if (own is not null)
            handler.SslOptions.ClientCertificates = [own];
        return new(server, new HttpClient(handler) { BaseAddress = new(server.SecureUrl) });
    }

    /// <summary>Who it is; an administrator otherwise.</summary>
    public string? Token { get; init; }

    /// <summary>The grant, or the refusal.</summary>
    public async Task<JsonElement> RequestAsync(string id, object? evidence, string? key = null, int seconds = 60) =>
        (await DataAsync(Request, new { id, evidence, key, seconds })).GetProperty("requestAccess").GetProperty("result");

    /// <summary>The grant, or the refusal.</summary>
    public async Task<JsonElement> RenewAsync(string id, string? grant, object? evidence, string? key = null) =>
        (await DataAsync(Renewal, new { id, grant, evidence, key })).GetProperty("renewGrant").GetProperty("result");

    public async Task<JsonElement> SimulateAsync(string id, object? evidence) => (await DataAsync(Simulation, new { id, evidence })).GetProperty("simulateAccess");

    /// <summary>The code of a refusal; <c>OK</c> for a grant.</summary>
    public async Task<string?> CodeAsync(string id, object? evidence) =>
        (await RequestAsync(id, evidence)).TryGetProperty("code", out var code) ? code.GetString() : "OK";

    public async Task<string> TextAsync(string id, object? evidence, bool authenticated = true)
    {
        using var answer = await SendAsync(Request, new { id, evidence, key = (string?)null, seconds = 60 }, authenticated);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonElement> DataAsync(string query, object variables)
    {
        using var answer = await SendAsync(query, variables, authenticated: true);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.False(body.TryGetProperty("errors", out var errors), errors.ToString());
        return body.GetProperty("data");
    }

    private async Task<HttpResponseMessage> SendAsync(string query, object variables, bool authenticated)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = JsonContent.Create(new { query, variables }) };
        if (authenticated)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token ?? server.Token(RoleNames.Admin));
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
