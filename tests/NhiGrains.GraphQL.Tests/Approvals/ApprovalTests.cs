using System.Text.Json;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Tests.Transport;
using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Approvals;

/// <summary>Promise 10 as a portal sees it.</summary>
public sealed class ApprovalTests : IClassFixture<TestServer>
{
    private const string Ann = "ann:approver";
    private const string Ben = "ben:approver";
    private const string Dan = "dan:approver";

    private const string Vote = """
        approval { planDigest answerBy seats { groups count filledBy { approver onBehalfOf comment } } approvals { approver } voided { why approval { approver } } waitingFor { person absent delegates } }
        """;

    private readonly TestServer _server;

    public ApprovalTests(TestServer server)
    {
        _server = server;
        server.World.Policies = new("main",
        [
            new("two-people", PolicyEffect.RequireApproval, new(Environments: ["test"], Standing: false), TimeSpan.FromHours(1), AllowControllerEnforcedEnd: true)
            {
                Approval = new([new ApprovalSeats(["security"], 1), new ApprovalSeats([ApprovalSeats.OwnerTeam], 1)], TimeSpan.FromHours(1)),
                Meanwhile = new([Verb.Read]),
            },
            new("for-good", PolicyEffect.RequireApproval, new(Environments: ["test"], Standing: true)) { Approval = new([new ApprovalSeats(["security"], 1)], TimeSpan.FromHours(1)) },
        ]);
        var always = (Since: DateTimeOffset.UnixEpoch, Until: DateTimeOffset.MaxValue);
        server.World.People = PeopleDirectory.Empty with
        {
            Groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["security"] = ["ann", "ben", "rita"], ["shop"] = ["dan", "eve"] },
            Delegations = [new("eve", "fay", always.Since, always.Until)],
            Absences = [new("eve", always.Since, always.Until)],
        };
    }

    [Fact]
    public async Task A_request_is_seen_answered_by_two_and_active()
    {
        var (grantId, digest) = await RequestAsync("approved");

        var asked = (await GrantsOfAsync("approved")).Single(grant => Text(grant, "grantId") == grantId);
        Assert.Equal("PENDING_APPROVAL", Text(asked, "status"));
        Assert.Equal("""[{"person":"ann","absent":false,"delegates":[]},{"person":"ben","absent":false,"delegates":[]},{"person":"dan","absent":false,"delegates":[]},{"person":"eve","absent":true,"delegates":["fay"]}]""",
            asked.GetProperty("approval").GetProperty("waitingFor").GetRawText());
        var first = await ApproveAsync(Ann, "approved", grantId, digest, "looks right");
        Assert.Equal("PENDING_APPROVAL", Text(first.GetProperty("grant"), "status"));
        var second = await ApproveAsync("fay:approver", "approved", grantId, digest);

        Assert.Equal("ACTIVE", Text(second.GetProperty("grant"), "status"));
        Assert.Equal("""[{"groups":["security"],"count":1,"filledBy":[{"approver":"ann","onBehalfOf":null,"comment":"looks right"}]},{"groups":["$owner-team"],"count":1,"filledBy":[{"approver":"fay","onBehalfOf":"eve","comment":""}]}]""",
            second.GetProperty("grant").GetProperty("approval").GetProperty("seats").GetRawText());
        var bridge = (await GrantsOfAsync("approved")).Single(grant => Text(grant, "meanwhileOf") == grantId);
        Assert.Equal(("REVOKING", "REQUEST_ANSWERED"), (Text(bridge, "status"), Text(bridge, "revocationReason")));
    }

    [Fact]
    public async Task Standing_access_is_a_request_until_somebody_has_agreed_and_the_intent_then()
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id = "for-good" });
        const string Intent = "intent { entitlements { verbs } approvals { approver } }";
        const string Set = "mutation ($input: SetIntentInput!) { setIntent(input: $input) { result { ... on IdentitySuccess { identity { " + Intent + " } request { grantId status expiresAt request { standing lifetimeSeconds } " + Vote + " } } " + Refusal + " } } }";
        var input = new { identityId = "for-good", reason = "always", entitlements = new[] { new { platform = "k8s:test", verbs = new[] { "READ" }, resources = new[] { new { type = "configmaps", container = "shop", match = "ALL" } } } } };

        var result = (await _server.DataAsync(Operator, Set, new { input })).GetProperty("setIntent").GetProperty("result");
        Assert.True(result.TryGetProperty("request", out var asked), result.GetRawText());
        Assert.Equal(("PENDING_APPROVAL", """{"standing":true,"lifetimeSeconds":null}"""), (Text(asked, "status"), asked.GetProperty("request").GetRawText()));
        Assert.Equal("""{"entitlements":[],"approvals":[]}""", result.GetProperty("identity").GetProperty("intent").GetRawText());
        var agreed = await ApproveAsync(Ann, "for-good", Text(asked, "grantId"), Text(asked.GetProperty("approval"), "planDigest"));

        Assert.Equal("BECAME_INTENT", Text(agreed.GetProperty("grant"), "status"));
        Assert.Equal("ann", Text(agreed.GetProperty("grant").GetProperty("approval").GetProperty("seats")[0].GetProperty("filledBy")[0], "approver"));
        Assert.Equal("""{"entitlements":[{"verbs":["READ"]}],"approvals":[{"approver":"ann"}]}""",
            (await _server.DataAsync(Viewer, $$"""{ identity(id: "for-good") { {{Intent}} } }""")).GetProperty("identity").GetProperty("intent").GetRawText());
    }

    [Fact]
    public async Task Who_may_not_approve_is_told_why()
    {
        var (grantId, digest) = await RequestAsync("refused");

        Assert.Equal("REQUESTER_CANNOT_APPROVE", await RefusedAsync("rita:approver", "refused", grantId, digest));
        Assert.Equal("NOT_AN_APPROVER", await RefusedAsync("gus:approver", "refused", grantId, digest));
        Assert.Equal("NOT_AN_APPROVER", await RefusedAsync("root:admin", "refused", grantId, digest));
        Assert.Equal("AGENT_CANNOT_APPROVE", await RefusedAsync("ann:approver/refused", "refused", grantId, digest));
        Assert.Equal("AGENT_CANNOT_APPROVE", await RefusedAsync($"{Ann},{TestServer.Delegated}", "refused", grantId, digest));
        Assert.Equal("PLAN_CHANGED", await RefusedAsync(Ann, "refused", grantId, "another"));
        await ApproveAsync(Ann, "refused", grantId, digest);
        Assert.Equal("ALREADY_APPROVED", await RefusedAsync(Ann, "refused", grantId, digest));
        Assert.Equal("NO_OPEN_SEAT", await RefusedAsync(Ben, "refused", grantId, digest));
        Assert.Equal("FORBIDDEN", await _server.ErrorCodeAsync(Viewer, Approve, new { identityId = "refused", grantId, planDigest = digest, comment = "" }));
        Assert.Equal("FORBIDDEN", await _server.ErrorCodeAsync("ann:/refused", Approve, new { identityId = "refused", grantId, planDigest = digest, comment = "" }));
    }

    [Fact]
    public async Task An_approval_is_taken_back_and_a_request_rejected_with_what_was_said()
    {
        var (grantId, digest) = await RequestAsync("rejected");
        await ApproveAsync(Ann, "rejected", grantId, digest);

        var withdrawn = await DoAsync(Ann, "withdrawApproval", "WithdrawApprovalInput", new { identityId = "rejected", grantId, comment = "too early" });
        var rejected = await DoAsync(Dan, "rejectRequest", "RejectRequestInput", new { identityId = "rejected", grantId, comment = "not before Friday" });

        Assert.Equal("""[{"why":"WITHDRAWN","approval":{"approver":"ann"}}]""", withdrawn.GetProperty("grant").GetProperty("approval").GetProperty("voided").GetRawText());
        Assert.Equal("DENIED", Text(rejected.GetProperty("grant"), "status"));
        Assert.Equal("""{"by":"dan","comment":"not before Friday"}""", rejected.GetProperty("grant").GetProperty("rejection").GetRawText());
    }

    [Fact]
    public async Task An_inbox_holds_what_waits_for_its_reader_the_oldest_first_and_in_pages()
    {
        var requests = new List<string>();
        foreach (var number in Enumerable.Range(0, 5))
            requests.Add((await RequestAsync($"inbox-{number}")).GrantId);
        var filled = await RequestAsync("inbox-filled");
        await ApproveAsync(Ann, "inbox-filled", filled.GrantId, filled.Digest);

        var (mine, after) = (new List<string>(), (string?)null);
        do
        {
            var page = (await _server.DataAsync("ben:approver", "query ($after: String) { approvalInbox(first: 2, after: $after) { nodes { identityId subject { ... on Grant { grantId } } } pageInfo { hasNextPage endCursor } } }", new { after })).GetProperty("approvalInbox");
            mine.AddRange(page.GetProperty("nodes").EnumerateArray().Where(node => Text(node, "identityId").StartsWith("inbox-", StringComparison.Ordinal)).Select(node => Text(node.GetProperty("subject"), "grantId")));
            after = page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean() ? Text(page.GetProperty("pageInfo"), "endCursor") : null;
        }
        while (after is not null);

        Assert.Equal(requests, mine);
        Assert.Contains(filled.GrantId, await InboxAsync(Dan));
        Assert.Contains(filled.GrantId, await InboxAsync("fay:approver"));
        Assert.DoesNotContain(filled.GrantId, await InboxAsync(Ann));
        Assert.Empty(await InboxAsync("gus:approver"));
        Assert.Empty(await InboxAsync("ann:approver/inbox-0"));
        // Whoever asked is in the group and is not asked.
        Assert.DoesNotContain(requests[0], await InboxAsync("rita:approver"));
    }

    [Fact]
    public async Task Whoever_is_asked_is_told_by_the_groups_that_are()
    {
        await using var socket = await SampleSocket.ReadyAsync(_server.Url, Ann);
        Tell("grant.active", "security");
        var start = (await _server.DataAsync(Auditor, "{ audit(first: 200) { pageInfo { endCursor } } }")).GetProperty("audit").GetProperty("pageInfo").GetProperty("endCursor").GetString();
        await socket.SubscribeAsync("1", $$"""subscription { approvalRequested(after: "{{start}}", filter: { groups: ["security"] }) { action identityId grantId groups planDigest answerBy } }""");
        Tell("grant.active", "security");
        Tell("grant.pending-approval", "other");
        Tell("grant.pending-approval", "ops\nsecurity");

        var told = await socket.ReceiveAsync();

        Assert.Equal("""{"action":"grant.pending-approval","identityId":"asked","grantId":"g","groups":["ops","security"],"planDigest":"d","answerBy":"2026-11-24T10:00:00.000Z"}""",
            told.GetProperty("payload").GetProperty("data").GetProperty("approvalRequested").GetRawText());
    }

    private void Tell(string action, string groups) => _server.World.AuditOf("asked").Append(new("identity/asked", 0, DateTimeOffset.UnixEpoch, "rita", action, "ticket 7", null, "after",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["grant"] = "g", ["askedGroups"] = groups, ["planDigest"] = "d", ["answerBy"] = "2026-11-24T10:00:00.000Z" }));

    private const string Approve = "mutation ($identityId: String!, $grantId: String!, $planDigest: String!, $comment: String!) { approveRequest(input: { identityId: $identityId, grantId: $grantId, planDigest: $planDigest, comment: $comment }) { result { __typename " + Success + " " + Refusal + " } } }";

    private const string Success = "... on GrantSuccess { grant { grantId status rejection { by comment } " + Vote + " } }";

    private async Task<(string GrantId, string Digest)> RequestAsync(string id)
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id });
        var result = (await _server.DataAsync(Requester, RequestAccess, new { id, verbs = new[] { "READ", "WRITE" } })).GetProperty("requestAccess").GetProperty("result");
        var grantId = Text(result.GetProperty("grant"), "grantId");
        return (grantId, Text((await GrantsOfAsync(id)).Single(grant => Text(grant, "grantId") == grantId).GetProperty("approval"), "planDigest"));
    }

    private async Task<JsonElement[]> GrantsOfAsync(string id) =>
        [.. (await _server.DataAsync(Viewer, $$"""{ identity(id: "{{id}}") { grants { grantId status revocationReason meanwhileOf {{Vote}} } } }""")).GetProperty("identity").GetProperty("grants").EnumerateArray()];

    private async Task<JsonElement> ApproveAsync(string token, string identityId, string grantId, string planDigest, string comment = "")
    {
        var result = (await _server.DataAsync(token, Approve, new { identityId, grantId, planDigest, comment })).GetProperty("approveRequest").GetProperty("result");
        Assert.True(result.TryGetProperty("grant", out _), result.GetRawText());
        return result;
    }

    private async Task<string> RefusedAsync(string token, string identityId, string grantId, string planDigest) =>
        Text((await _server.DataAsync(token, Approve, new { identityId, grantId, planDigest, comment = "" })).GetProperty("approveRequest").GetProperty("result"), "code");

    private async Task<JsonElement> DoAsync(string token, string mutation, string type, object input)
    {
        var result = (await _server.DataAsync(token, $"mutation ($input: {type}!) {{ {mutation}(input: $input) {{ result {{ {Success} {Refusal} }} }} }}", new { input })).GetProperty(mutation).GetProperty("result");
        Assert.True(result.TryGetProperty("grant", out _), result.GetRawText());
        return result;
    }

    private async Task<string[]> InboxAsync(string token) =>
        [.. (await _server.DataAsync(token, "{ approvalInbox(first: 200) { nodes { subject { ... on Grant { grantId } } } } }")).GetProperty("approvalInbox").GetProperty("nodes").EnumerateArray().Select(node => Text(node.GetProperty("subject"), "grantId"))];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
