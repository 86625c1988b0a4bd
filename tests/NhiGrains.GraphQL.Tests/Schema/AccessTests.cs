using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Schema;

public sealed class AccessTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Own = "bot:/self-made";

    [Theory]
    [InlineData("vera:viewer", "{ audit { nodes { id } } }", "'auditor' or 'admin'")]
    [InlineData("vera:viewer", """{ node(id: "AuditEntry:0/1") { id } }""", "'auditor' or 'admin'")]
    [InlineData("anna:auditor", """mutation { refreshPlatform(input: { platform: "k8s:test" }) { idempotencyKey } }""", "'operator' or 'admin'")]
    [InlineData("nora:", "{ platforms { id } }", "'viewer'")]
    [InlineData("nora:stranger", "{ platforms { id } }", "'viewer'")]
    [InlineData("bot:/someone", "{ platforms { id } }", "'viewer'")]
    [InlineData("bot:/someone", """{ identity(id: "another") { id } }""", "'viewer'")]
    [InlineData("bot:/someone", """{ node(id: "Grant:another/g1") { id } }""", "'viewer'")]
    [InlineData("bot:/someone", "{ grants { nodes { id } } }", "'viewer'")]
    [InlineData("olga:operator", """mutation { requestAccess(input: { identityId: "x", entitlements: [], lifetimeSeconds: 1 }) { idempotencyKey } }""", "'requester' or 'admin'")]
    public async Task Without_the_role_a_field_is_FORBIDDEN_and_the_role_is_named(string token, string query, string named)
    {
        var answer = await server.AskAsync(token, query);

        var error = answer.GetProperty("errors")[0];
        Assert.Equal("FORBIDDEN", error.GetProperty("extensions").GetProperty("code").GetString());
        Assert.Contains(named, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subject_that_no_audit_entry_could_name_is_refused()
    {
        await server.DataAsync($"{new string('v', 255)}:viewer", "{ platforms { id } }");

        Assert.Equal("SUBJECT_TOO_LONG", await server.ErrorCodeAsync($"{new string('v', 256)}:viewer", "{ platforms { id } }"));
    }

    [Theory]
    [InlineData("system:viewer")]
    [InlineData("system%3Apolicy-file:viewer")]
    [InlineData("system%3Ademo:viewer")]
    [InlineData("identity%3Aself-made:viewer")]
    public async Task A_subject_that_is_somebody_elses_name_in_the_audit_is_refused(string token) =>
        Assert.Equal("SUBJECT_RESERVED", await server.ErrorCodeAsync(token, "{ platforms { id } }"));

    [Fact]
    public async Task A_document_that_was_cached_for_one_caller_is_still_checked_for_another()
    {
        const string query = "{ audit { totalCount } }";
        for (var time = 0; time < 3; time++)
        {
            await server.DataAsync(Auditor, query);
            Assert.Equal("FORBIDDEN", await server.ErrorCodeAsync(Viewer, query));
        }
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("operator")]
    [InlineData("approver")]
    [InlineData("requester")]
    [InlineData("auditor")]
    public async Task Every_role_reads_what_a_viewer_reads(string role) => await server.DataAsync($"x:{role}", "{ platforms { id } }");

    [Fact]
    public async Task An_identity_acts_for_itself_and_for_nobody_else()
    {
        await server.DataAsync(Operator, RegisterIdentity, new { id = "self-made" });
        await server.DataAsync(Operator, RegisterIdentity, new { id = "other-made" });

        var grant = (await server.DataAsync(Own, RequestAccess, new { id = "self-made", verbs = new[] { "READ" } })).GetProperty("requestAccess").GetProperty("result").GetProperty("grant");
        Assert.Equal("identity:self-made", grant.GetProperty("request").GetProperty("requestedBy").GetString());
        await server.DataAsync(Own, """{ identity(id: "self-made") { id grants { id } } grants(filter: { identityId: "self-made" }) { totalCount } }""");

        Assert.Equal("FORBIDDEN", await server.ErrorCodeAsync(Own, RequestAccess, new { id = "other-made", verbs = new[] { "READ" } }));
        Assert.Equal("FORBIDDEN", await server.ErrorCodeAsync(Own, """mutation { suspendIdentity(input: { identityId: "self-made" }) { idempotencyKey } }"""));
        Assert.Empty(server.World.Identities["other-made"].Identity.Grants);
    }

    [Theory]
    [InlineData("resolveDrift", """{ identityId: "someone", platform: "k8s:test", action: REVERT }""")]
    [InlineData("watchPrincipal", """{ platform: "k8s:test", principal: "shop/own", digest: "d" }""")]
    [InlineData("adoptPrincipal", """{ platform: "k8s:test", principal: "shop/own", digest: "d", identityId: "new", kind: BOT, owner: { person: "ann", team: "ops" }, environment: "test" }""")]
    [InlineData("resumeIdentity", """{ identityId: "someone" }""")]
    [InlineData("clearRisk", """{ identityId: "someone", riskId: "r" }""")]
    public async Task What_is_not_ours_or_not_trusted_is_for_people_to_decide_whatever_roles_the_token_of_an_identity_has(string mutation, string input)
    {
        var query = $"mutation {{ {mutation}(input: {input}) {{ result {{ ... on Refusal {{ code }} }} }} }}";

        Assert.Equal("NOT_A_PERSON", await CodeAsync("bot:operator,admin/someone"));
        Assert.Equal("NOT_A_PERSON", await CodeAsync($"ann:operator,admin,{TestServer.Delegated}"));
        Assert.NotEqual("NOT_A_PERSON", await CodeAsync(Operator)); // Refused for something else: there is none of it.

        async Task<string?> CodeAsync(string token) => (await server.DataAsync(token, query)).GetProperty(mutation).GetProperty("result").GetProperty("code").GetString();
    }

    [Theory]
    [InlineData("updateIdentity", """environment: "test" """)]
    [InlineData("transferOwnership", """owner: { person: "ann", team: "friends" }""")]
    public async Task What_its_own_access_is_decided_by_no_identity_changes_whatever_roles_its_token_has(string mutation, string input)
    {
        await server.DataAsync(Operator, RegisterIdentity, new { id = "own-profile" });

        Assert.Equal("NOT_A_PERSON", await CodeAsync("bot:operator,admin/own-profile"));
        Assert.Null(await CodeAsync("bot:operator/somebody-else"));
        Assert.Null(await CodeAsync(Operator));

        async Task<string?> CodeAsync(string token)
        {
            var answer = await server.DataAsync(token, $$"""mutation { {{mutation}}(input: { identityId: "own-profile", {{input}} }) { result { ... on Refusal { code } } } }""");
            return answer.GetProperty(mutation).GetProperty("result").TryGetProperty("code", out var code) ? code.GetString() : null;
        }
    }

    [Fact]
    public async Task A_forbidden_mutation_leaves_the_one_beside_it_alone_and_does_nothing_itself()
    {
        await server.DataAsync(Operator, RegisterIdentity, new { id = "beside" });

        var answer = await server.AskAsync(Operator, """
            mutation {
              suspendIdentity(input: { identityId: "beside" }) { result { __typename } }
              requestAccess(input: { identityId: "beside", entitlements: [], lifetimeSeconds: 1 }) { result { __typename } }
            }
            """);

        Assert.Equal("FORBIDDEN", answer.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString());
        Assert.Empty(server.World.Identities["beside"].Identity.Grants);
    }

    [Theory]
    [InlineData("ann:requester", "ann:requester", true)] // The owner.
    [InlineData("rita:requester", "ann:requester", false)]
    [InlineData("rita:requester", "rita:requester", false)]
    [InlineData("ann:requester", "rita:requester", false)]
    [InlineData("ann:requester", "ivan:requester,approver,auditor", false)]
    [InlineData("ann:requester", "bot:requester/other-keyed", false)]
    [InlineData("rita:requester", "bot:/keyed-by", true)]
    [InlineData("ann:requester", "bot:/other-keyed", false)]
    [InlineData("ann:requester", "ann:", false)]
    [InlineData("rita:requester", "olga:operator", true)]
    [InlineData("rita:requester", "root:admin", true)]
    public async Task A_credential_is_for_the_identity_an_owner_who_requested_and_operators(string requester, string token, bool may)
    {
        await server.DataAsync(Operator, RegisterIdentity, new { id = "keyed-by" });
        var grant = (await server.DataAsync(requester, RequestAccess, new { id = "keyed-by", verbs = new[] { "READ" } })).GetProperty("requestAccess").GetProperty("result").GetProperty("grant").GetProperty("grantId").GetString();
        var query = $$"""mutation { issueCredential(input: { identityId: "keyed-by", grantId: "{{grant}}" }) { result { ... on CredentialSuccess { secret } } } }""";

        var answer = await server.AskAsync(token, query);

        if (may)
            Assert.Equal($"secret-of-{grant}", answer.GetProperty("data").GetProperty("issueCredential").GetProperty("result").GetProperty("secret").GetString());
        else
            Assert.Equal("FORBIDDEN", answer.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString());
        Assert.Equal(may, answer.GetRawText().Contains("secret-of-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ann:requester")] // The owner, who requested it.
    [InlineData("olga:operator")]
    [InlineData("olga:/keyed-gone")] // Whose token it is as well.
    public async Task Who_has_departed_is_handed_no_credential(string token)
    {
        await server.DataAsync(Operator, RegisterIdentity, new { id = "keyed-gone" });
        var grant = (await server.DataAsync("ann:requester", RequestAccess, new { id = "keyed-gone", verbs = new[] { "READ" } })).GetProperty("requestAccess").GetProperty("result").GetProperty("grant").GetProperty("grantId").GetString();
        var (query, people) = ($$"""mutation { issueCredential(input: { identityId: "keyed-gone", grantId: "{{grant}}" }) { result { ... on CredentialSuccess { secret } {{Refusal}} } } }""", server.World.People);
        server.World.People = people with { Departed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal) { [token.Split(':')[0]] = DateTimeOffset.UnixEpoch } };

        var gone = await server.DataAsync(token, query);
        var itself = await server.DataAsync("bot:/keyed-gone", query);

        server.World.People = people;
        Assert.Equal("PERSON_DEPARTED", gone.GetProperty("issueCredential").GetProperty("result").GetProperty("code").GetString());
        Assert.Equal($"secret-of-{grant}", itself.GetProperty("issueCredential").GetProperty("result").GetProperty("secret").GetString());
    }
}
