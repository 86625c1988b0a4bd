using NhiGrains.Domain.People;
using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Schema;

/// <summary>A token can be good for longer than its person is here.</summary>
public sealed class DepartedCallerTests : IClassFixture<TestServer>
{
    private const string Gone = "ada:admin";

    private readonly TestServer _server;

    public DepartedCallerTests(TestServer server)
    {
        _server = server;
        server.World.People = PeopleDirectory.Empty with { Departed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { ["ada"] = DateTimeOffset.UnixEpoch } };
    }

    [Theory]
    [InlineData("setGroupMembers", """{ group: "security", add: ["mallory"] }""")]
    [InlineData("delegateApprovals", """{ from: "bob", to: "mallory", until: "2036-01-01T00:00:00Z" }""")]
    [InlineData("setAbsence", """{ person: "bob", until: "2036-01-01T00:00:00Z" }""")]
    [InlineData("recordDeparture", """{ person: "bob" }""")]
    [InlineData("recordReturn", """{ person: "mallory" }""")]
    [InlineData("applyPolicySet", """{ why: "mine", documents: [] }""")]
    [InlineData("rollbackPolicySet", """{ why: "mine", version: "v" }""")]
    [InlineData("registerIdentity", """{ identityId: "left-behind", kind: BOT, owner: { person: "bob", team: "ops" }, environment: "test" }""")]
    [InlineData("updateIdentity", """{ identityId: "left-behind", environment: "test" }""")]
    [InlineData("setIntent", """{ identityId: "left-behind", entitlements: [{ platform: "k8s:test", verbs: [READ], resources: [{ type: "configmaps", container: "shop" }] }] }""")]
    [InlineData("resumeIdentity", """{ identityId: "left-behind" }""")]
    [InlineData("clearRisk", """{ identityId: "left-behind", riskId: "r" }""")]
    [InlineData("approveRequest", """{ identityId: "left-behind", grantId: "g1", planDigest: "d" }""")]
    public async Task Whoever_has_left_gives_nothing_whatever_the_token_says(string mutation, string input)
    {
        Assert.Equal("PERSON_DEPARTED", await CodeAsync(Gone, mutation, input));
        Assert.Equal("PERSON_DEPARTED", await CodeAsync($"ada:admin,{TestServer.Delegated}", mutation, input));
        Assert.Equal("PERSON_DEPARTED", await CodeAsync("ada:admin/a-bot", mutation, input));
        Assert.Empty(_server.World.DirectoryCommands);
    }

    [Theory]
    [InlineData("revokeGrant", """{ identityId: "still-there", grantId: "g1" }""")]
    [InlineData("suspendIdentity", """{ identityId: "still-there" }""")]
    [InlineData("offboardIdentity", """{ identityId: "still-there" }""")]
    [InlineData("setIntent", """{ identityId: "still-there", entitlements: [] }""")]
    [InlineData("reportRisk", """{ identityId: "still-there", type: "leak", severity: LOW, ttlSeconds: 60 }""")]
    [InlineData("rejectRequest", """{ identityId: "still-there", grantId: "g1" }""")]
    [InlineData("withdrawApproval", """{ identityId: "still-there", grantId: "g1" }""")]
    [InlineData("rejectException", """{ identityId: "still-there", name: "x" }""")]
    [InlineData("withdrawExceptionApproval", """{ identityId: "still-there", name: "x" }""")]
    [InlineData("endException", """{ identityId: "still-there", name: "x" }""")]
    public async Task What_takes_away_or_says_no_is_not_refused_for_that_and_does_not_ask_the_directory(string mutation, string input)
    {
        _server.World.Identities.Remove("still-there", out _);
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "still-there" });

        _server.World.DirectoryAnswers = false;
        try
        {
            Assert.NotEqual("PERSON_DEPARTED", await CodeAsync(Gone, mutation, input));
        }
        finally
        {
            _server.World.DirectoryAnswers = true;
        }
    }

    [Fact]
    public async Task What_gives_fails_while_the_directory_does_not_answer()
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "unanswered" });
        await _server.DataAsync(Operator, """mutation { suspendIdentity(input: { identityId: "unanswered" }) { idempotencyKey } }""");

        _server.World.DirectoryAnswers = false;
        try
        {
            Assert.Equal("INTERNAL", await _server.ErrorCodeAsync(Operator, """mutation { resumeIdentity(input: { identityId: "unanswered" }) { idempotencyKey } }"""));
        }
        finally
        {
            _server.World.DirectoryAnswers = true;
        }

        Assert.Null(await CodeAsync(Operator, "resumeIdentity", """{ identityId: "unanswered" }"""));
    }

    [Fact]
    public async Task Somebody_who_is_here_records_the_return()
    {
        Assert.Null(await CodeAsync(Operator, "recordReturn", """{ person: "ada" }"""));

        Assert.Null(await CodeAsync(Gone, "setGroupMembers", """{ group: "security", add: ["eve"] }"""));
        _server.World.DirectoryCommands.Clear();
    }

    private async Task<string?> CodeAsync(string token, string mutation, string input)
    {
        var answer = await _server.DataAsync(token, $"mutation {{ {mutation}(input: {input}) {{ result {{ ... on Refusal {{ code }} }} }} }}");
        return answer.GetProperty(mutation).GetProperty("result").TryGetProperty("code", out var code) ? code.GetString() : null;
    }
}
