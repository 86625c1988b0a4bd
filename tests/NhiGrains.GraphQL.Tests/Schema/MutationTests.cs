using System.Text.Json;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Grants;
using NhiGrains.GraphQL.Tests.World;
using NhiGrains.Platforms.TestKit.Waiting;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Schema;

public sealed class MutationTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_identity_is_registered_asks_is_reduced_and_revokes()
    {
        await RegisterAsync("story");

        var grant = await RequestAsync("story", ["READ", "WRITE"]);

        Assert.Equal("ACTIVE", grant.GetProperty("status").GetString());
        Assert.Equal("PERMIT_REDUCED", grant.GetProperty("decision").GetProperty("outcome").GetString());
        Assert.Equal("""["READ"]""", grant.GetProperty("entitlements")[0].GetProperty("verbs").GetRawText());
        Assert.Equal("rita", grant.GetProperty("request").GetProperty("requestedBy").GetString());
        var revoked = await ResultAsync(Operator, "revokeGrant", "RevokeGrantInput", new { identityId = "story", grantId = Text(grant, "grantId") }, "... on GrantSuccess { grant { status revocationReason pendingPlatforms } }");
        Assert.Equal("""{"status":"REVOKING","revocationReason":"REVOKED_BY_REQUEST","pendingPlatforms":["k8s:test"]}""", revoked.GetProperty("grant").GetRawText());
    }

    [Theory]
    [InlineData("revokeGrant", "REVOKED_BY_REQUEST")]
    [InlineData("offboardIdentity", "IDENTITY_OFFBOARDED")]
    public async Task A_grant_that_ended_early_tells_in_every_state_when_it_was_to_end(string mutation, string reason)
    {
        var id = $"early-{mutation.ToLowerInvariant()}";
        await RegisterAsync(id);
        var grant = await RequestAsync(id, ["READ"]);
        var grantId = Text(grant, "grantId");
        var input = mutation == "revokeGrant" ? (object)new { identityId = id, grantId } : new { identityId = id };
        await ResultAsync(Operator, mutation, mutation == "revokeGrant" ? "RevokeGrantInput" : "IdentityReasonInput", input, "");
        var query = $$"""{ identity(id: "{{id}}") { grants { status expiresAt revocationReason } } }""";
        var revoking = (await server.DataAsync(Viewer, query)).GetProperty("identity").GetProperty("grants")[0];

        var view = server.World.Identities[id];
        server.World.Identities[id] = view with { Identity = view.Identity.ConfirmGone(TestServer.Platform, [grantId], DateTimeOffset.UnixEpoch, null) };

        var revoked = (await server.DataAsync(Viewer, query)).GetProperty("identity").GetProperty("grants")[0];
        Assert.Equal(("REVOKING", "REVOKED"), (Text(revoking, "status"), Text(revoked, "status")));
        Assert.All([revoking, revoked], ended => Assert.Equal((Text(grant, "expiresAt"), reason), (Text(ended, "expiresAt"), Text(ended, "revocationReason"))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_has_become_history_is_answered_without_the_grant(bool whileWaiting)
    {
        var id = $"history-{whileWaiting}".ToLowerInvariant();
        await RegisterAsync(id);
        var input = new { identityId = id, grantId = Text(await RequestAsync(id, ["READ"]), "grantId"), waitFor = whileWaiting ? "REVOKED" : null, waitSeconds = 20, idempotencyKey = "history" };
        const string Shown = "... on GrantSuccess { waitReached grant { status } identity { identityId } }";
        // Of the twenty that ended last it is none by now, as with many that end at once.
        void Forget() => server.World.Identities[id] = server.World.Identities[id] with { Identity = server.World.Identities[id].Identity with { Grants = [] } };

        var revoking = ResultAsync(Operator, "revokeGrant", "RevokeGrantInput", input, Shown);
        if (!whileWaiting)
            await revoking;
        await Eventually.TrueAsync(() => Task.FromResult(server.World.Answered.ContainsKey($"{id}/history")), TimeSpan.FromSeconds(10), () => "not answered", TestContext.Current.CancellationToken);
        Forget();
        server.World.Answered[$"{id}/history"] = new(null, server.World.Identities[id], input.grantId);
        var answer = whileWaiting ? await revoking : await ResultAsync(Operator, "revokeGrant", "RevokeGrantInput", input, Shown);

        Assert.Equal($$$"""{"waitReached":{{{(whileWaiting ? "true" : "null")}}},"grant":null,"identity":{"identityId":"{{{id}}}"}}""", answer.GetRawText());
    }

    [Fact]
    public async Task A_request_that_policy_denies_is_a_success_with_the_reasons()
    {
        await RegisterAsync("denied");

        var grant = await RequestAsync("denied", ["READ"], new { type = "secrets" });

        Assert.Equal("DENIED", grant.GetProperty("status").GetString());
        Assert.Equal("Rule 'no-secrets' denies it.", grant.GetProperty("decision").GetProperty("reasons")[0].GetString());
        Assert.Equal(JsonValueKind.Null, grant.GetProperty("expiresAt").ValueKind);
    }

    [Theory]
    [InlineData("refused", 0, "INVALID_LIFETIME", "lifetimeSeconds")]
    [InlineData("refused", -5, "INVALID_LIFETIME", "lifetimeSeconds")]
    [InlineData("refused", 2_000_000_000, "INVALID_LIFETIME", "lifetimeSeconds")]
    [InlineData("nobody", 60, "UNKNOWN_IDENTITY", "id")]
    [InlineData("Not/An Id", 60, "INVALID_IDENTITY_ID", "identityId")]
    public async Task What_cannot_be_done_is_a_refusal_that_says_what_to_do(string id, int seconds, string code, string field)
    {
        await server.DataAsync(Operator, RegisterIdentity, new { id = "refused" });

        var refusal = (await server.DataAsync(Requester, RequestAccess, new { id, seconds, verbs = new[] { "READ" } })).GetProperty("requestAccess").GetProperty("result");

        Assert.Equal(code, Text(refusal, "code"));
        Assert.Equal(field, Text(refusal, "field"));
        Assert.NotEqual("", Text(refusal, "remedy"));
    }

    [Fact]
    public async Task The_same_key_is_carried_out_once_and_a_missing_one_is_made()
    {
        await RegisterAsync("twice");
        var ask = new { id = "twice", verbs = new[] { "READ" }, key = "key-1" };

        var first = (await server.DataAsync(Requester, RequestAccess, ask)).GetProperty("requestAccess");
        var second = (await server.DataAsync(Requester, RequestAccess, ask)).GetProperty("requestAccess");
        var other = (await server.DataAsync(Requester, RequestAccess, new { id = "twice", verbs = new[] { "READ" } })).GetProperty("requestAccess");

        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Equal("key-1", Text(first, "idempotencyKey"));
        Assert.Equal(32, Text(other, "idempotencyKey").Length);
        Assert.Equal(2, server.World.Identities["twice"].Identity.Grants.Count);
        var refusal = (await server.DataAsync(Requester, RequestAccess, new { id = "twice", verbs = new[] { "READ" }, key = new string('k', 129) })).GetProperty("requestAccess").GetProperty("result");
        Assert.Equal("INVALID_IDEMPOTENCY_KEY", Text(refusal, "code"));
    }

    [Fact]
    public async Task A_wait_for_effective_ends_when_the_platform_has_the_newest_state()
    {
        await RegisterAsync("waits");
        var asking = RequestAsync("waits", ["READ"], new { wait = "EFFECTIVE", waitSeconds = 20 }, waited: true);
        while (server.World.Identities["waits"].Identity.Grants.Count == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Report("waits", EnforcementStatus.Effective, generation: 1);
        Assert.NotSame(asking, await Task.WhenAny(asking, Task.Delay(300, TestContext.Current.CancellationToken)));

        Report("waits", EnforcementStatus.Effective, generation: 2);

        Assert.True((await asking).GetProperty("waitReached").GetBoolean());
    }

    [Fact]
    public async Task A_wait_ends_in_time_and_one_that_is_hopeless_at_once()
    {
        await RegisterAsync("waits-long");

        Assert.False((await RequestAsync("waits-long", ["READ"], new { wait = "EFFECTIVE", waitSeconds = 1 }, waited: true)).GetProperty("waitReached").GetBoolean());
        var denied = await RequestAsync("waits-long", ["READ"], new { type = "secrets", wait = "EFFECTIVE", waitSeconds = 30 }, waited: true);
        Assert.False(denied.GetProperty("waitReached").GetBoolean());
        var refusal = (await server.DataAsync(Requester, RequestAccess, new { id = "waits-long", verbs = new[] { "READ" }, wait = "GRANTED", waitSeconds = 31 })).GetProperty("requestAccess").GetProperty("result");
        Assert.Equal("INVALID_WAIT", Text(refusal, "code"));
    }

    [Fact]
    public async Task An_update_changes_what_is_given_and_keeps_the_rest()
    {
        await RegisterAsync("updated");
        var view = server.World.Identities["updated"];
        server.World.Identities["updated"] = view with { Identity = view.Identity.Bind(TestServer.Platform, "uid-1") };

        var identity = (await ResultAsync(Operator, "updateIdentity", "UpdateIdentityInput",
            new { identityId = "updated", bindings = new[] { new { platform = "k8s:test", principal = "shop/bot", createIfMissing = true } }, tags = new[] { new { key = "tier", value = "2" } } },
            "... on IdentitySuccess { identity { kind environment owner { person team } tags { key value } bindings { principal nativeId } } }")).GetProperty("identity");

        Assert.Equal("""{"kind":"BOT","environment":"test","owner":{"person":"ann","team":"shop"},"tags":[{"key":"tier","value":"2"}],"bindings":[{"principal":"shop/bot","nativeId":"uid-1"}]}""", identity.GetRawText());
    }

    [Fact]
    public async Task An_update_of_something_that_has_changed_since_is_refused_when_it_says_what_it_expects()
    {
        await RegisterAsync("contended");
        var generation = (await server.DataAsync(Viewer, """{ identity(id: "contended") { generation } }""")).GetProperty("identity").GetProperty("generation").GetInt64();
        await ResultAsync(Operator, "updateIdentity", "UpdateIdentityInput", new { identityId = "contended", kind = "AI_AGENT", expectedGeneration = generation }, "");

        var refusal = await ResultAsync(Operator, "updateIdentity", "UpdateIdentityInput", new { identityId = "contended", environment = "prod", expectedGeneration = generation }, "");
        var later = await ResultAsync(Operator, "updateIdentity", "UpdateIdentityInput", new { identityId = "contended", environment = "prod" }, "... on IdentitySuccess { identity { kind environment } }");

        Assert.Equal(("GENERATION_CONFLICT", "expectedGeneration"), (Text(refusal, "code"), Text(refusal, "field")));
        Assert.Equal("""{"kind":"AI_AGENT","environment":"prod"}""", later.GetProperty("identity").GetRawText());
    }

    [Fact]
    public async Task The_life_of_an_identity_can_be_told_in_mutations()
    {
        await RegisterAsync("life");
        foreach (var (mutation, status) in (IEnumerable<(string, string)>)[("suspendIdentity", "SUSPENDED"), ("resumeIdentity", "ACTIVE"), ("offboardIdentity", "OFFBOARDING")])
        {
            var result = await ResultAsync(Operator, mutation, "IdentityReasonInput", new { identityId = "life", reason = "because" }, "... on IdentitySuccess { identity { status } }");
            Assert.Equal(status, Text(result.GetProperty("identity"), "status"));
        }

        var moved = await ResultAsync(Operator, "transferOwnership", "TransferOwnershipInput", new { identityId = "life", owner = new { person = "bob", team = "ops" } }, "... on IdentitySuccess { identity { owner { person team } } }");
        Assert.Equal("bob", Text(moved.GetProperty("identity").GetProperty("owner"), "person"));
        var refused = await ResultAsync(Operator, "setIntent", "SetIntentInput", new { identityId = "life", entitlements = Array.Empty<object>() }, "");
        Assert.Equal("WRONG_STATUS", Text(refused, "code"));
    }

    [Fact]
    public async Task A_credential_is_handed_out_for_an_active_grant_only_and_never_logged()
    {
        await RegisterAsync("keyed");
        var grant = await RequestAsync("keyed", ["READ"]);

        var issued = await ResultAsync(Operator, "issueCredential", "IssueCredentialInput", new { identityId = "keyed", grantId = Text(grant, "grantId") }, "... on CredentialSuccess { platform secret expiresAt }");

        Assert.Equal($"secret-of-{Text(grant, "grantId")}", Text(issued, "secret"));
        Assert.Equal(Text(grant, "expiresAt"), Text(issued, "expiresAt"));
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("secret-of-", StringComparison.Ordinal));
        Assert.Equal("UNKNOWN_GRANT", Text(await CredentialAsync(new { identityId = "keyed", grantId = "g0" }), "code"));
        Assert.Equal("PLATFORM_REQUIRED", Text(await CredentialAsync(new { identityId = "keyed", grantId = Text(grant, "grantId"), platform = "k8s:other" }), "code"));
        await ResultAsync(Operator, "revokeGrant", "RevokeGrantInput", new { identityId = "keyed", grantId = Text(grant, "grantId") }, "");
        Assert.Equal("NOT_ACTIVE", Text(await CredentialAsync(new { identityId = "keyed", grantId = Text(grant, "grantId") }), "code"));
    }

    [Fact]
    public async Task Drift_is_resolved_and_a_platform_refreshed_by_a_person()
    {
        await RegisterAsync("settled");
        server.World.Enforcement["k8s:test|settled"] = new("settled", TestServer.Platform, EnforcementStatus.Drifted, 1, 1, "", null,
            [new("d1", "settled", TestServer.Platform, new(DifferenceKind.Extra, "RoleBinding", "shop/x", Ownership.Foreign, null, "body"), DateTimeOffset.UnixEpoch, null)], 0, null);

        Assert.Equal("UNKNOWN_DRIFT", Text(await ResolveAsync(new { identityId = "settled", platform = "k8s:test", action = "REVERT", driftIds = new[] { "d9" } }), "code"));
        Assert.Equal("IGNORE_UNTIL_REQUIRED", Text(await ResolveAsync(new { identityId = "settled", platform = "k8s:test", action = "IGNORE" }), "code"));
        Assert.Equal("NOT_BOUND", Text(await ResolveAsync(new { identityId = "settled", platform = "k8s:other", action = "ADOPT" }), "code"));
        var settled = await ResolveAsync(new { identityId = "settled", platform = "k8s:test", action = "REVERT", driftIds = new[] { "d1" } });
        Assert.Equal("Revert by olga", Text(settled, "message"));
        Assert.Equal(0, settled.GetProperty("drift").GetArrayLength());

        var swept = await ResultAsync(Operator, "refreshPlatform", "RefreshPlatformInput", new { platform = "k8s:other" }, "... on PlatformSuccess { progress platform { message } }");
        Assert.Equal(("DONE", "swept by olga"), (Text(swept, "progress"), Text(swept.GetProperty("platform"), "message")));
        var begun = await ResultAsync(Operator, "refreshPlatform", "RefreshPlatformInput", new { platform = "k8s:other", waitSeconds = 0 }, "... on PlatformSuccess { progress }");
        Assert.Equal("RUNNING", Text(begun, "progress"));
        Assert.Equal("INVALID_WAIT", Text(await ResultAsync(Operator, "refreshPlatform", "RefreshPlatformInput", new { platform = "k8s:other", waitSeconds = 21 }, ""), "code"));
        Assert.Equal("UNKNOWN_PLATFORM", Text(await ResultAsync(Operator, "refreshPlatform", "RefreshPlatformInput", new { platform = "k8s:nowhere" }, ""), "code"));
    }

    [Fact]
    public async Task Simulating_and_planning_change_nothing()
    {
        await RegisterAsync("simulated");
        const string query = $$"""
            query ($e: [EntitlementInput!]!) {
              simulateAccess(identityId: "simulated", entitlements: $e, lifetimeSeconds: 86400) { ... on Simulation { decision { outcome lifetimeSeconds matchedRules entitlements { verbs } } } {{Refusal}} }
              plan(identityId: "simulated", entitlements: $e, lifetimeSeconds: 60) { ... on Plan { platforms { platform fidelity reasons worstCaseLagSeconds objects { kind key } } } {{Refusal}} }
              nobody: plan(identityId: "nobody", entitlements: $e) { {{Refusal}} }
            }
            """;

        var data = await server.DataAsync(Requester, query, new { e = new[] { new { platform = "k8s:test", verbs = new[] { "LIST", "DELETE" }, resources = new[] { new { type = "configmaps", container = "shop", match = "ALL" } } } } });

        Assert.Equal("""{"outcome":"PERMIT_REDUCED","lifetimeSeconds":3600,"matchedRules":["readers"],"entitlements":[{"verbs":["LIST"]}]}""", data.GetProperty("simulateAccess").GetProperty("decision").GetRawText());
        Assert.Equal("""[{"platform":"k8s:test","fidelity":"CONTROLLER_ENFORCED","reasons":["NhiGrains keeps the end"],"worstCaseLagSeconds":2,"objects":[{"kind":"Role","key":"shop/simulated"}]}]""", data.GetProperty("plan").GetProperty("platforms").GetRawText());
        Assert.Equal("UNKNOWN_IDENTITY", Text(data.GetProperty("nobody"), "code"));
        Assert.Empty(server.World.Identities["simulated"].Identity.Grants);
    }

    [Fact]
    public async Task A_state_that_the_store_has_lost_is_told_with_a_code_and_without_its_key()
    {
        server.World.Lost["lost"] = true;

        var refusal = await ResultAsync(Operator, "suspendIdentity", "IdentityReasonInput", new { identityId = "lost" }, "");
        var query = await server.AskAsync(Viewer, """{ identity(id: "lost") { status } }""");

        Assert.Equal(("STORE_LOST", "Restore the store."), (Text(refusal, "code"), Text(refusal, "remedy")));
        Assert.Equal("STORE_LOST", Text(query.GetProperty("errors")[0].GetProperty("extensions"), "code"));
        Assert.DoesNotContain("cell", query.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_takes_no_idempotency_key_because_no_secret_is_kept_to_answer_a_repeated_call_with()
    {
        var data = await server.DataAsync(Viewer, """{ input: __type(name: "IssueCredentialInput") { inputFields { name } } payload: __type(name: "CredentialPayload") { fields { name } } }""");

        Assert.Equal("""{"input":{"inputFields":[{"name":"identityId"},{"name":"grantId"},{"name":"platform"}]},"payload":{"fields":[{"name":"result"}]}}""", data.GetRawText());
    }

    private Task<JsonElement> CredentialAsync(object input) => ResultAsync(Operator, "issueCredential", "IssueCredentialInput", input, "");

    private Task<JsonElement> ResolveAsync(object input) =>
        ResultAsync(Operator, "resolveDrift", "ResolveDriftInput", input, "... on DriftSuccess { message drift { driftId } }");

    private async Task<JsonElement> ResultAsync(string token, string mutation, string type, object input, string selection) =>
        (await server.DataAsync(token, $"mutation ($input: {type}!) {{ {mutation}(input: $input) {{ result {{ {selection} {Refusal} }} }} }}", new { input })).GetProperty(mutation).GetProperty("result");

    private async Task RegisterAsync(string id)
    {
        var result = (await server.DataAsync(Operator, RegisterIdentity, new { id })).GetProperty("registerIdentity").GetProperty("result");
        Assert.Equal("IdentitySuccess", Text(result, "__typename"));
    }

    private async Task<JsonElement> RequestAsync(string id, string[] verbs, object? more = null, bool waited = false)
    {
        var variables = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject(); // Never null for an object.
        variables["id"] = id;
        variables["verbs"] = JsonSerializer.SerializeToNode(verbs);
        var result = (await server.DataAsync(Requester, RequestAccess, variables)).GetProperty("requestAccess").GetProperty("result");
        Assert.True(Text(result, "__typename") == "GrantSuccess", result.GetRawText());
        return waited ? result : result.GetProperty("grant");
    }

    private void Report(string id, EnforcementStatus status, long generation)
    {
        var view = server.World.Identities[id];
        server.World.Identities[id] = view with { Platforms = [new(TestServer.Platform, status, generation, "", null, [], null, null, null, Settled: true)] };
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
