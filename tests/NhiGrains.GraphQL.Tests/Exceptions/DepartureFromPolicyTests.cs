using System.Text.Json;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Exceptions;

/// <summary>Exceptions and emergency access as a portal sees them.</summary>
public sealed class DepartureFromPolicyTests : IClassFixture<TestServer>
{
    private const string Sam = "sam:approver";

    private const string Entitlements = """[{ platform: "k8s:test", verbs: [READ], resources: [{ type: "configmaps", container: "shop", name: "settings" }] }]""";

    private readonly TestServer _server;

    public DepartureFromPolicyTests(TestServer server)
    {
        _server = server;
        server.World.Policies = new("main",
        [
            new("readers", PolicyEffect.Permit, new(), TimeSpan.FromHours(1), AllowControllerEnforcedEnd: true),
            new("frozen", PolicyEffect.Deny, new())
            {
                ExceptBreakGlass = true,
                Exceptions = new(TimeSpan.FromHours(4), new([new ApprovalSeats(["security"], 1)], TimeSpan.FromHours(1))),
            },
            new("emergency", PolicyEffect.BreakGlass, new(), TimeSpan.FromMinutes(30), AllowControllerEnforcedEnd: true) { Review = new(["security"], TimeSpan.FromDays(1)), Notify = ["pager"] },
        ]);
        server.World.People = PeopleDirectory.Empty with { Groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["security"] = ["sam", "mia"] } };
    }

    [Fact]
    public async Task An_exception_is_asked_for_approved_used_reviewed_and_ended()
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "dep-a" });
        Assert.Equal("DENY", Text((await SimulateAsync("dep-a")), "outcome"));
        var asked = await DoAsync(Requester, "requestException", $$"""identityId: "dep-a", name: "quarter-end", rules: ["frozen"], entitlements: {{Entitlements}}, lifetimeSeconds: 3600, justification: "the books" """);
        Assert.Equal(("PENDING", "rita"), (Text(asked, "status"), Text(asked, "requestedBy")));
        Assert.Equal("NOT_AN_APPROVER", await RefusedAsync("gus:approver", "approveException", $$"""identityId: "dep-a", name: "quarter-end", planDigest: "{{Text(asked, "planDigest")}}" """));

        var approved = await DoAsync(Sam, "approveException", $$"""identityId: "dep-a", name: "quarter-end", planDigest: "{{Text(asked, "planDigest")}}", comment: "for the books" """);

        Assert.Equal("IN_FORCE", Text(approved, "status"));
        Assert.Equal("""[{"count":1,"filledBy":[{"approver":"sam","comment":"for the books"}]}]""", approved.GetProperty("seats").GetRawText());
        var decision = await SimulateAsync("dep-a");
        Assert.Equal("PERMIT", Text(decision, "outcome"));
        Assert.Equal("""["quarter-end"]""", decision.GetProperty("exceptions").GetRawText());
        Assert.Contains("quarter-end", decision.GetProperty("reasons").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(1, (await DoAsync("mia:approver", "reviewException", """identityId: "dep-a", name: "quarter-end", comment: "still needed" """)).GetProperty("reviews").GetArrayLength());
        Assert.Equal(["quarter-end"], await ListedAsync("IN_FORCE"));
        Assert.Equal("NOT_YOURS_TO_END", await RefusedAsync("gus:viewer", "endException", """identityId: "dep-a", name: "quarter-end" """));
        Assert.Equal("ENDED", Text(await DoAsync(Operator, "endException", """identityId: "dep-a", name: "quarter-end", comment: "done" """), "status"));
        Assert.Equal("DENY", Text(await SimulateAsync("dep-a"), "outcome"));
        Assert.Empty(await ListedAsync("IN_FORCE"));
    }

    [Fact]
    public async Task An_exception_is_rejected_or_taken_back_by_those_who_may()
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "dep-r" });
        foreach (var name in (string[])["one", "two"])
            await DoAsync("bot:/dep-r", "requestException", $$"""identityId: "dep-r", name: "{{name}}", rules: ["frozen"], entitlements: {{Entitlements}}, lifetimeSeconds: 3600, justification: "the books" """);

        Assert.Equal("DENIED", Text(await DoAsync(Sam, "rejectException", """identityId: "dep-r", name: "one", comment: "no" """), "status"));
        Assert.Equal("NOTHING_TO_WITHDRAW", await RefusedAsync(Sam, "withdrawExceptionApproval", """identityId: "dep-r", name: "two" """));
        Assert.Equal("DENIED", Text(await DoAsync("bot:/dep-r", "endException", """identityId: "dep-r", name: "two" """), "status"));
        Assert.Equal("FORBIDDEN", await _server.ErrorCodeAsync("bot:/other", """mutation { endException(input: { identityId: "dep-r", name: "two" }) { idempotencyKey } }"""));
        Assert.Equal("FORBIDDEN", await _server.ErrorCodeAsync(Requester, """mutation { approveException(input: { identityId: "dep-r", name: "two", planDigest: "d" }) { idempotencyKey } }"""));
    }

    [Fact]
    public async Task Emergency_access_shows_what_it_owes_until_somebody_else_has_looked_at_it()
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "dep-b" });
        var simulated = await SimulateAsync("dep-b", "breakGlass: true");
        Assert.Equal("""{"groups":["security"],"withinSeconds":86400}""", simulated.GetProperty("review").GetRawText());
        Assert.Equal("""["pager"]""", simulated.GetProperty("notify").GetRawText());
        var used = (await _server.DataAsync(Requester, $$"""
            mutation { requestAccess(input: { identityId: "dep-b", lifetimeSeconds: 60, reason: "fire", ticket: "T-1", breakGlass: true, entitlements: {{Entitlements}} }) { result {
              ... on GrantSuccess { grant { grantId status request { ticket breakGlass } review { open overdue usedBy reason groups } } } ... on Refusal { code } } } }
            """)).GetProperty("requestAccess").GetProperty("result").GetProperty("grant");
        Assert.Equal("""{"ticket":"T-1","breakGlass":true}""", used.GetProperty("request").GetRawText());
        Assert.Equal("""{"open":true,"overdue":false,"usedBy":"rita","reason":"fire","groups":["security"]}""", used.GetProperty("review").GetRawText());
        Assert.Contains("dep-b", await UnreviewedAsync());
        var close = $$"""identityId: "dep-b", grantId: "{{Text(used, "grantId")}}", finding: "one file was read", justified: true""";
        Assert.Equal("USER_CANNOT_REVIEW", await RefusedAsync("rita:approver", "closeBreakGlassReview", close));
        Assert.Equal("AGENT_CANNOT_REVIEW", await RefusedAsync("sam:approver/dep-b", "closeBreakGlassReview", close));
        Assert.Equal("AGENT_CANNOT_REVIEW", await RefusedAsync($"sam:approver,{TestServer.Delegated}", "closeBreakGlassReview", close));
        var drawn = await ResultAsync("mia:operator", "issueCredential", $$"""identityId: "dep-b", grantId: "{{Text(used, "grantId")}}" """, "... on CredentialSuccess { secret }");
        Assert.StartsWith("secret-of-", Text(drawn, "secret"), StringComparison.Ordinal);
        Assert.Equal("USER_CANNOT_REVIEW", await RefusedAsync("mia:approver", "closeBreakGlassReview", close)); // In security, and could have used it.

        var closed = (await _server.DataAsync("sam:viewer", "mutation { closeBreakGlassReview(input: { " + close + " }) { result { ... on BreakGlassReviewSuccess { review { open closed { by finding justified } } } } } }"))
            .GetProperty("closeBreakGlassReview").GetProperty("result").GetProperty("review");

        Assert.Equal("""{"open":false,"closed":{"by":"sam","finding":"one file was read","justified":true}}""", closed.GetRawText());
        Assert.Equal("REVIEWER_CANNOT_USE", await RefusedAsync("sam:operator", "issueCredential", $$"""identityId: "dep-b", grantId: "{{Text(used, "grantId")}}" """));
        Assert.DoesNotContain("dep-b", await UnreviewedAsync());
        var all = (await _server.DataAsync(Viewer, """{ breakGlassReviews { nodes { identityId open } } identity(id: "dep-b") { reviews { grantId } } }"""));
        Assert.Contains("""{"identityId":"dep-b","open":false}""", all.GetProperty("breakGlassReviews").GetProperty("nodes").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(1, all.GetProperty("identity").GetProperty("reviews").GetArrayLength());
    }

    [Fact]
    public async Task A_repeated_close_of_a_review_that_is_history_is_answered_without_it()
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "dep-h" });
        _server.World.Answered["dep-h/history"] = new(null, _server.World.Identities["dep-h"], null);

        var closed = await ResultAsync("sam:viewer", "closeBreakGlassReview", """identityId: "dep-h", grantId: "g1", finding: "found", justified: true, idempotencyKey: "history" """, "... on BreakGlassReviewSuccess { review { open } }");

        Assert.Equal("""{"review":null}""", closed.GetRawText());
    }

    [Fact]
    public async Task A_denial_says_what_would_have_had_to_differ()
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "dep-d" });

        var finding = (await SimulateAsync("dep-d")).GetProperty("findings").EnumerateArray().First();

        Assert.Equal(("frozen", "DENY", true), (Text(finding, "rule"), Text(finding, "effect"), finding.GetProperty("matched").GetBoolean()));
    }

    private async Task<JsonElement> SimulateAsync(string id, string more = "") => (await _server.DataAsync(Requester, $$"""
        { simulateAccess(identityId: "{{id}}", lifetimeSeconds: 600, entitlements: {{Entitlements}} {{more}}) { ... on Simulation { decision {
          outcome reasons exceptions notify review { groups withinSeconds } approval { seats { groups count } } meanwhile { outcome } findings { rule effect matched platform differences } } } } }
        """)).GetProperty("simulateAccess").GetProperty("decision");

    private async Task<JsonElement> DoAsync(string token, string mutation, string input)
    {
        var result = await ResultAsync(token, mutation, input, "... on PolicyExceptionSuccess { exception { name status planDigest requestedBy seats { count filledBy { approver comment } } reviews { by note } } }");
        Assert.True(result.TryGetProperty("exception", out var exception), result.GetRawText());
        return exception;
    }

    private async Task<string> RefusedAsync(string token, string mutation, string input) => Text(await ResultAsync(token, mutation, input, ""), "code");

    private async Task<JsonElement> ResultAsync(string token, string mutation, string input, string success) =>
        (await _server.DataAsync(token, $"mutation {{ {mutation}(input: {{ {input} }}) {{ result {{ {success} {Refusal} }} }} }}")).GetProperty(mutation).GetProperty("result");

    private async Task<string[]> ListedAsync(string status) =>
        [.. (await _server.DataAsync(Viewer, $"{{ policyExceptions(status: {status}) {{ nodes {{ name }} }} }}")).GetProperty("policyExceptions").GetProperty("nodes").EnumerateArray().Select(node => Text(node, "name"))];

    private async Task<string[]> UnreviewedAsync() =>
        [.. (await _server.DataAsync(Viewer, "{ identities(first: 200, filter: { unreviewed: true }) { nodes { identityId } } }")).GetProperty("identities").GetProperty("nodes").EnumerateArray().Select(node => Text(node, "identityId"))];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
