using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Schema;

/// <summary>Evidence at the edge of the API; that it is verified is tested where there is something to verify it.</summary>
public sealed class EvidenceTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Secret = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzZWNyZXQifQ.c2lnbmF0dXJlLW9mLWEtdG9rZW4tdGhhdC1pcy1zZWNyZXQ";

    private const string Ask =
        """query ($evidence: [EvidenceInput!]) { simulateAccess(identityId: "x", entitlements: [], evidence: $evidence) { ... on Refusal { code field } } }""";

    [Fact]
    public async Task A_server_that_verifies_nothing_refuses_all_evidence()
    {
        var refusal = (await server.DataAsync(Requester, Ask, new { evidence = new[] { new { kind = "OIDC_TOKEN", value = Secret } } })).GetProperty("simulateAccess");
        Assert.Equal(("EVIDENCE_NOT_CONFIGURED", "evidence"), (refusal.GetProperty("code").GetString(), refusal.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task An_error_does_not_repeat_a_token_that_is_in_the_wrong_place()
    {
        object?[] misplaced =
        [
            new { kind = Secret }, new { kind = "OIDC_TOKEN", value = new { Secret } }, new { kind = "OIDC_TOKEN", value = new[] { Secret } }, Secret,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["kind"] = "OIDC_TOKEN", [Secret] = "x" },
        ];
        foreach (var evidence in misplaced)
            await QuietAsync(Ask, new { evidence = new[] { evidence } });
        foreach (var literal in new[] { $"{{kind: OIDC_TOKEN, value: {{a: \"{Secret}\"}}}}", $"{{kind: \"{Secret}\"}}", $"\"{Secret}\"", $"{{kind: OIDC_TOKEN, value: \"{Secret}", Secret })
            await QuietAsync(Ask.Replace("evidence: $evidence", $"evidence: [{literal}]", StringComparison.Ordinal).Replace("($evidence: [EvidenceInput!])", "", StringComparison.Ordinal));
    }

    private async Task QuietAsync(string query, object? variables = null)
    {
        var answer = (await server.AskAsync(Requester, query, variables)).GetRawText();
        Assert.Contains("errors", answer, StringComparison.Ordinal);
        foreach (var part in Secret.Split('.').Skip(1))
        {
            Assert.DoesNotContain(part, answer, StringComparison.Ordinal);
            Assert.DoesNotContain(server.Log.Lines, line => line.Contains(part, StringComparison.Ordinal));
        }
    }
}
