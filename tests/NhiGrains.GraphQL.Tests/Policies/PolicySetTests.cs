using System.Text.Json;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Tests.World;

namespace NhiGrains.GraphQL.Tests.Policies;

public sealed class PolicySetTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Admin = "root:admin";
    private const string Auditor = "anna:auditor";

    private const string Change = """
        result { __typename
          ... on PolicySetSuccess { applied warnings rolloutId problems { path line column message } diff { rules { name change before after } parts { name } } policySet { version } }
          ... on Refusal { code field } }
        """;

    private static readonly PolicySet Other = new("other", [new("readers", PolicyEffect.Deny, new()), new("new", PolicyEffect.Permit, new())]);

    [Fact]
    public async Task A_set_is_tried_and_says_what_is_different_about_it()
    {
        var before = server.World.Policies;

        var result = await ApplyAsync(new { documents = Documents(Canonical.Text(Other)), why = "stricter", dryRun = true });

        Assert.False(result.GetProperty("applied").GetBoolean());
        var rules = result.GetProperty("diff").GetProperty("rules").EnumerateArray().Select(rule => $"{rule.GetProperty("name")} {rule.GetProperty("change")}");
        Assert.Equal(["new ADDED", "no-secrets REMOVED", "readers CHANGED"], rules);
        Assert.Equal("""[{"name":"name"},{"name":"riskResponses"}]""", result.GetProperty("diff").GetProperty("parts").GetRawText());
        Assert.Equal(before.Version, result.GetProperty("policySet").GetProperty("version").GetString());
        Assert.Same(before, server.World.Policies);
    }

    [Fact]
    public async Task A_rule_that_notifies_a_sink_that_is_not_there_is_warned_of()
    {
        var misspelt = new PolicySet("other", [new("readers", PolicyEffect.Deny, new()) { Notify = ["pager", "pagr"] }]);

        var warnings = (await ApplyAsync(new { documents = Documents(Canonical.Text(misspelt)), why = "w", dryRun = true })).GetProperty("warnings");

        Assert.Equal(["a warning", "The rule 'readers' notifies 'pagr', which is no sink of the settings (pager, siem): nobody there would hear of it."], warnings.EnumerateArray().Select(warning => warning.GetString()));
    }

    [Fact]
    public async Task What_is_wrong_with_a_document_is_a_list_with_places()
    {
        var result = await ApplyAsync(new { documents = Documents("{\n  nonsense"), why = "w" });

        Assert.Equal("""[{"path":"a.yaml","line":2,"column":3,"message":"It is not JSON."}]""", result.GetProperty("problems").GetRawText());
        Assert.False(result.GetProperty("applied").GetBoolean());
        Assert.Equal(JsonValueKind.Null, result.GetProperty("policySet").ValueKind);
    }

    [Fact]
    public async Task An_order_reaches_the_set_as_it_was_given()
    {
        var before = server.World.Policies;
        await ApplyAsync(new { documents = Documents(Canonical.Text(before)), why = "to be stricter", expectedVersion = before.Version, overrideLockout = true, rollout = new { mode = "GRACE", graceSeconds = 3600 }, idempotencyKey = "key-1" });

        var order = server.World.PolicyOrders.OfType<PolicyOrder>().Single(one => one.IdempotencyKey == "key-1");
        Assert.Equal(("root", "to be stricter", before.Version, true, false), (order.Actor, order.Why, order.ExpectedVersion, order.OverrideLockout, order.FromFile));
        Assert.Equal(new RolloutPlan(RolloutMode.Grace, TimeSpan.FromHours(1)), order.Rollout);
    }

    [Fact]
    public async Task A_set_that_has_changed_since_is_refused_and_so_is_an_unknown_version()
    {
        Assert.Equal("POLICY_CONFLICT", (await ApplyAsync(new { documents = Documents(Canonical.Text(Other)), why = "w", expectedVersion = "old" })).GetProperty("code").GetString());
        Assert.Equal("INVALID_DOCUMENTS", (await ApplyAsync(new { documents = Array.Empty<object>(), why = "w" })).GetProperty("code").GetString());
        Assert.Equal("UNKNOWN_POLICY_VERSION", (await ResultAsync("rollbackPolicySet", "RollbackPolicySetInput", new { version = "v9", why = "w" }, Change)).GetProperty("code").GetString());
        Assert.True((await ResultAsync("rollbackPolicySet", "RollbackPolicySetInput", new { version = "v1", why = "w" }, Change)).GetProperty("applied").GetBoolean());
    }

    [Theory]
    [InlineData("olga:operator", """mutation { applyPolicySet(input: { documents: [], why: "w" }) { idempotencyKey } }""")]
    [InlineData("olga:operator", """mutation { rollbackPolicySet(input: { version: "v1", why: "w" }) { idempotencyKey } }""")]
    [InlineData("rita:requester", """mutation { simulatePolicySet(input: { version: "v1" }) { idempotencyKey } }""")]
    [InlineData("vera:viewer", """{ policySimulation(id: "sim") { id } }""")]
    public async Task Only_administrators_change_the_policy(string token, string query) => Assert.Equal("FORBIDDEN", await server.ErrorCodeAsync(token, query));

    [Fact]
    public async Task Versions_are_read_page_by_page_with_who_and_why_and_what_they_say()
    {
        var first = (await server.DataAsync(Auditor, "{ policySetVersions(first: 2) { totalCount nodes { number version by why from isRollback rolloutId } pageInfo { hasNextPage endCursor } } }")).GetProperty("policySetVersions");
        var second = (await server.DataAsync(Auditor, "query ($after: String) { policySetVersions(first: 2, after: $after) { nodes { number } pageInfo { hasNextPage } } }",
            new { after = first.GetProperty("pageInfo").GetProperty("endCursor").GetString() })).GetProperty("policySetVersions");

        Assert.Equal(
            """[{"number":3,"version":"v1","by":"root","why":"a mistake","from":"v2","isRollback":true,"rolloutId":null},{"number":2,"version":"v2","by":"root","why":"stricter","from":"v1","isRollback":false,"rolloutId":"r2"}]""",
            first.GetProperty("nodes").GetRawText());
        Assert.Equal(3, first.GetProperty("totalCount").GetInt32());
        Assert.Equal("""{"nodes":[{"number":1}],"pageInfo":{"hasNextPage":false}}""", second.GetRawText());
        var one = (await server.DataAsync(Auditor, """{ policySetVersion(version: "v1") { number content } none: policySetVersion(version: "v9") { number } }"""));
        Assert.Equal((3, Canonical.Text(server.World.Policies)), (one.GetProperty("policySetVersion").GetProperty("number").GetInt32(), one.GetProperty("policySetVersion").GetProperty("content").GetString()));
        Assert.Equal(JsonValueKind.Null, one.GetProperty("none").ValueKind);
    }

    [Fact]
    public async Task A_simulation_is_begun_and_its_findings_are_read_page_by_page()
    {
        var order = new RolloutOrder("sim", RolloutMode.Leave, "v2", "v1", "root", "", DateTimeOffset.UnixEpoch, null);
        server.World.Rollouts["sim"] = new(order, new(RolloutStatus.Done, 3, 3, 2, 2, 0, DateTimeOffset.UnixEpoch));
        server.World.Findings.AddRange(
        [
            new("billing", new("ann", "shop"), "intent", PolicyFindingKind.Lost, [], ["r denies it."]),
            new("crm", new("bob", "shop"), "g1", PolicyFindingKind.NeedsApproval, [], []) { Needs = new([new(["security", "sre"], 2)], TimeSpan.FromHours(1)) },
        ]);

        var begun = await ResultAsync("simulatePolicySet", "SimulatePolicySetInput", new { version = "v2" }, "result { ... on PolicySimulationSuccess { simulation { id status examined affected } } }");
        Assert.Equal("""{"simulation":{"id":"sim","status":"DONE","examined":3,"affected":2}}""", begun.GetRawText());
        const string query = """query ($after: String) { policySimulation(id: "sim") { isSimulation version findings(first: 1, after: $after) { totalCount nodes { identityId owner { person } source kind reasons needs } pageInfo { hasNextPage endCursor } } } }""";
        var first = (await server.DataAsync(Auditor, query)).GetProperty("policySimulation").GetProperty("findings");
        var second = (await server.DataAsync(Auditor, query, new { after = first.GetProperty("pageInfo").GetProperty("endCursor").GetString() })).GetProperty("policySimulation").GetProperty("findings");

        Assert.Equal("""[{"identityId":"billing","owner":{"person":"ann"},"source":"intent","kind":"LOST","reasons":["r denies it."],"needs":[]}]""", first.GetProperty("nodes").GetRawText());
        Assert.Equal("""[{"identityId":"crm","owner":{"person":"bob"},"source":"g1","kind":"NEEDS_APPROVAL","reasons":[],"needs":["2 of security, sre"]}]""", second.GetProperty("nodes").GetRawText());
        Assert.Equal((true, false), (first.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean(), second.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean()));
        Assert.Equal("BAD_CURSOR", await server.ErrorCodeAsync(Auditor, query, new { after = "nonsense" }));
    }

    [Fact]
    public async Task Until_when_findings_are_kept_and_who_did_not_answer_is_told_and_later_that_they_were_removed()
    {
        var order = new RolloutOrder("kept", RolloutMode.Leave, "v2", "v1", "root", "", DateTimeOffset.UnixEpoch, null);
        server.World.Rollouts["kept"] = new(order, new(RolloutStatus.Done, 0, 0, 0, 0, 0, DateTimeOffset.UnixEpoch));
        server.World.Rollouts["runs"] = new(order with { Id = "runs" }, RolloutProgress.None with { Unanswered = 2 });

        var told = await server.DataAsync(Auditor, """{ kept: policySimulation(id: "kept") { keptUntil unansweredIdentities } runs: policySimulation(id: "runs") { keptUntil unanswered unansweredIdentities } none: policySimulation(id: "none") { keptUntil } }""");

        Assert.Equal("""{"kept":{"keptUntil":"1970-01-08T00:00:00.000Z","unansweredIdentities":[]},"runs":{"keptUntil":null,"unanswered":2,"unansweredIdentities":["crm","mute"]},"none":null}""", told.GetRawText());
        Assert.Equal("POLICY_FINDINGS_REMOVED", await server.ErrorCodeAsync(Auditor, $$"""{ policySimulation(id: "{{server.World.RemovedRollout}}") { id } }"""));
    }

    [Fact]
    public async Task Either_documents_or_a_version_is_simulated()
    {
        const string refused = "result { ... on Refusal { code } }";
        Assert.Equal("""{"code":"DOCUMENTS_OR_VERSION"}""", (await ResultAsync("simulatePolicySet", "SimulatePolicySetInput", new { }, refused)).GetRawText());
        Assert.Equal("""{"code":"INVALID_WAIT"}""", (await ResultAsync("simulatePolicySet", "SimulatePolicySetInput", new { version = "v1", waitSeconds = 31 }, refused)).GetRawText());
    }

    private static object[] Documents(string content) => [new { path = "a.yaml", content }];

    private Task<JsonElement> ApplyAsync(object input) => ResultAsync("applyPolicySet", "ApplyPolicySetInput", input, Change);

    private async Task<JsonElement> ResultAsync(string mutation, string type, object input, string selection) =>
        (await server.DataAsync(Admin, $"mutation ($input: {type}!) {{ {mutation}(input: $input) {{ {selection} }} }}", new { input })).GetProperty(mutation).GetProperty("result");
}
