using System.Text.Json;
using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Schema;

public sealed class RiskTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Report = $$"""
        mutation ($id: String!, $type: String = "secret-leaked", $severity: RiskSeverity = HIGH, $endsAt: Instant, $ttl: Int, $note: String, $key: String) {
          reportRisk(input: { identityId: $id, type: $type, severity: $severity, endsAt: $endsAt, ttlSeconds: $ttl, note: $note, idempotencyKey: $key }) {
            result { ... on IdentitySuccess { identity { status risk risks { riskId eventId source type severity at endsAt note suspendedBy clearedAt } } } {{Refusal}} }
          }
        }
        """;

    private const string Change = $$"""
        mutation ($id: String!, $risk: String!) {
          early: resumeIdentity(input: { identityId: $id }) { result { ... on IdentitySuccess { identity { status } } {{Refusal}} } }
          clearRisk(input: { identityId: $id, riskId: $risk, reason: "rotated" }) { result { ... on IdentitySuccess { identity { status risk risks { clearedAt } } } {{Refusal}} } }
          late: resumeIdentity(input: { identityId: $id }) { result { ... on IdentitySuccess { identity { status } } {{Refusal}} } }
        }
        """;

    [Fact]
    public async Task A_signal_that_policy_answers_suspends_and_only_after_it_was_cleared_a_person_resumes()
    {
        await server.DataAsync(Operator, RegisterIdentity, new { id = "leaky" });

        var told = Result(await server.DataAsync(Operator, Report, new { id = "leaky", ttl = 3600, note = "found in a public repository", key = "leak-1" }), "reportRisk").GetProperty("identity");

        Assert.Equal(("SUSPENDED", "HIGH"), (Text(told, "status"), Text(told, "risk")));
        var risk = Assert.Single(told.GetProperty("risks").EnumerateArray());
        Assert.Equal(("leak-1", "reported-by:olga", "secret-leaked", "found in a public repository"), (Text(risk, "eventId"), Text(risk, "source"), Text(risk, "type"), Text(risk, "note")));
        Assert.Equal($"risk response 1 of policy {server.World.Policies.Version}", Text(risk, "suspendedBy"));
        Assert.Equal(TimeSpan.FromHours(1), risk.GetProperty("endsAt").GetDateTimeOffset() - risk.GetProperty("at").GetDateTimeOffset());

        var changed = await server.DataAsync(Operator, Change, new { id = "leaky", risk = Text(risk, "riskId") });
        Assert.Equal("RISK_ALIVE", Text(Result(changed, "early"), "code"));
        var cleared = Result(changed, "clearRisk").GetProperty("identity");
        Assert.Equal(("SUSPENDED", JsonValueKind.Null), (Text(cleared, "status"), cleared.GetProperty("risk").ValueKind));
        Assert.NotEqual(JsonValueKind.Null, Assert.Single(cleared.GetProperty("risks").EnumerateArray()).GetProperty("clearedAt").ValueKind);
        Assert.Equal("ACTIVE", Text(Result(changed, "late").GetProperty("identity"), "status"));
    }

    [Fact]
    public async Task Identities_are_found_by_the_worst_of_their_signals()
    {
        foreach (var (id, severity) in ((string, string)[])[("calm", "LOW"), ("worse", "MEDIUM"), ("worst", "CRITICAL")])
        {
            await server.DataAsync(Operator, RegisterIdentity, new { id = $"risky-{id}" });
            await server.DataAsync(Operator, Report, new { id = $"risky-{id}", type = "odd-use", severity, ttl = 60 });
        }

        var found = await server.DataAsync(Viewer, """{ identities(filter: { riskAtLeast: MEDIUM, idContains: "risky-" }) { nodes { identityId status risk } } }""");

        Assert.Equal(
            """[{"identityId":"risky-worse","status":"ACTIVE","risk":"MEDIUM"},{"identityId":"risky-worst","status":"ACTIVE","risk":"CRITICAL"}]""",
            found.GetProperty("identities").GetProperty("nodes").GetRawText());
    }

    [Theory]
    [InlineData(null, null, "secret-leaked", "END_REQUIRED")]
    [InlineData(60, "2099-01-01T00:00:00Z", "secret-leaked", "END_REQUIRED")]
    [InlineData(0, null, "secret-leaked", "RISK_OVER")]
    [InlineData(-1, null, "secret-leaked", "RISK_OVER")]
    [InlineData(int.MaxValue, null, "secret-leaked", "RISK_TOO_LONG")]
    [InlineData(null, "2000-01-01T00:00:00Z", "secret-leaked", "RISK_OVER")]
    [InlineData(60, null, "Secret leaked!", "INVALID_RISK_TYPE")]
    public async Task A_signal_that_is_none_is_refused(int? ttl, string? endsAt, string type, string code)
    {
        await server.DataAsync(Operator, RegisterIdentity, new { id = "sound" });

        var refusal = Result(await server.DataAsync(Operator, Report, new { id = "sound", ttl, endsAt, type }), "reportRisk");

        Assert.Equal(code, Text(refusal, "code"));
        Assert.Empty(server.World.Identities["sound"].Identity.Risks);
    }

    [Fact]
    public async Task Who_may_not_suspend_may_not_report()
    {
        Assert.Equal("FORBIDDEN", await server.ErrorCodeAsync(Requester, Report, new { id = "leaky", ttl = 60 }));
        Assert.Equal("FORBIDDEN", await server.ErrorCodeAsync("bot:/leaky", Report, new { id = "leaky", ttl = 60 }));
    }

    private static JsonElement Result(JsonElement data, string name) => data.GetProperty(name).GetProperty("result");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
