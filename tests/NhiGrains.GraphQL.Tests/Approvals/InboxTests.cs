using System.Text.Json;
using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.People;
using NhiGrains.Domain.Policies;
using NhiGrains.GraphQL.Tests.Transport;
using NhiGrains.GraphQL.Tests.World;
using static NhiGrains.GraphQL.Tests.Schema.Documents;

namespace NhiGrains.GraphQL.Tests.Approvals;

/// <summary>One inbox for everything that waits for an approver: requests for access, and exceptions from policy.</summary>
public sealed class InboxTests : IClassFixture<TestServer>
{
    private const string Ann = "ann:approver";
    private const string Dan = "dan:approver";
    private const string Hal = "hal:approver";
    private const string Ida = "ida:approver";

    private const string Item = """
        id identityId requestedBy reason planDigest onBehalfOf
        subject { __typename ... on Grant { grantId grantStatus: status } ... on PolicyException { name exceptionStatus: status waitingFor { person absent delegates } } }
        """;

    private readonly TestServer _server;

    public InboxTests(TestServer server)
    {
        _server = server;
        var both = new ApprovalRequirement([new ApprovalSeats(["security"], 1), new ApprovalSeats([ApprovalSeats.OwnerTeam], 1)], TimeSpan.FromHours(1));
        server.World.Policies = new("main",
        [
            new("two-people", PolicyEffect.RequireApproval, new(), TimeSpan.FromHours(1), AllowControllerEnforcedEnd: true) { Approval = both },
            new("frozen", PolicyEffect.Deny, new(ResourcePrefix: "shop/secrets/")) { Exceptions = new(TimeSpan.FromHours(4), both) },
        ]);
        server.World.People = PeopleDirectory.Empty with
        {
            Groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["security"] = ["ann", "hal", "rita"], ["shop"] = ["dan", "eve"] },
            Delegations = [new("eve", "hal", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue)],
            Absences = [new("eve", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue)],
        };
    }

    [Fact]
    public async Task Requests_and_exceptions_are_in_one_list_by_age_for_whom_they_wait_and_in_pages()
    {
        await RequestAccessAsync("box-a");
        await RequestExceptionAsync("box-b");
        await RequestAccessAsync("box-c");

        var (mine, after) = (new List<string>(), (string?)null);
        do
        {
            var page = (await _server.DataAsync(Dan, "query ($after: String) { approvalInbox(first: 1, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }", new { after })).GetProperty("approvalInbox");
            mine.AddRange(page.GetProperty("nodes").EnumerateArray().Select(node => Text(node, "id")).Where(id => id.Contains(":box-", StringComparison.Ordinal)));
            after = page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean() ? Text(page.GetProperty("pageInfo"), "endCursor") : null;
        }
        while (after is not null);

        Assert.Equal(["Grant", "PolicyException", "Grant"], mine.Select(id => id.Split(':')[0]));
        Assert.Equal("PolicyException:box-b/quarter-end", mine[1]);
        Assert.Contains(mine[1], await InboxAsync(Ann));
        // Whoever asked is in the group and is not asked; nor is who is in none, an administrator, or an agent.
        foreach (var nobody in (string[])["rita:approver", "gus:approver", "root:admin", "ann:approver/box-b"])
            Assert.DoesNotContain(mine[1], await InboxAsync(nobody));
        Assert.Equal("FORBIDDEN", await _server.ErrorCodeAsync(Viewer, "{ approvalInbox { nodes { id } } }"));
        Assert.Equal("FORBIDDEN", await _server.ErrorCodeAsync("bot:/box-b", "{ approvalInbox { nodes { id } } }"));
    }

    [Fact]
    public async Task An_item_says_what_is_needed_to_answer_it_and_leaves_with_the_answer()
    {
        await RequestExceptionAsync("one");
        var item = await ItemAsync(Hal, "PolicyException:one/quarter-end");
        Assert.Equal(("one", "rita", "the books", JsonValueKind.Null), (Text(item, "identityId"), Text(item, "requestedBy"), Text(item, "reason"), item.GetProperty("onBehalfOf").ValueKind));
        Assert.Equal(
            """{"__typename":"PolicyException","name":"quarter-end","exceptionStatus":"PENDING","waitingFor":[{"person":"ann","absent":false,"delegates":[]},{"person":"dan","absent":false,"delegates":[]},{"person":"eve","absent":true,"delegates":["hal"]},{"person":"hal","absent":false,"delegates":[]}]}""",
            item.GetProperty("subject").GetRawText());

        await AnswerAsync(Ann, "approveException", $$"""identityId: "one", name: "quarter-end", planDigest: "{{Text(item, "planDigest")}}" """);

        // His own seat is filled by now, and eve's is not.
        Assert.DoesNotContain("PolicyException:one/quarter-end", await InboxAsync(Ann));
        item = await ItemAsync(Hal, "PolicyException:one/quarter-end");
        Assert.Equal("eve", Text(item, "onBehalfOf"));
        await AnswerAsync(Hal, "approveException", $$"""identityId: "one", name: "quarter-end", planDigest: "{{Text(item, "planDigest")}}", onBehalfOf: "eve" """);
        foreach (var anybody in (string[])[Ann, Dan, Hal])
            Assert.DoesNotContain("PolicyException:one/quarter-end", await InboxAsync(anybody));
    }

    [Fact]
    public async Task What_a_delegate_answered_whose_delegation_has_ended_waits_for_the_other_delegates_again()
    {
        await RequestExceptionAsync("open");
        var alone = _server.World.People.Delegations;
        _server.World.People = _server.World.People with { Delegations = [.. alone, new("eve", "ida", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue)] };
        var item = await ItemAsync(Ida, "PolicyException:open/quarter-end");
        await AnswerAsync(Hal, "approveException", $$"""identityId: "open", name: "quarter-end", planDigest: "{{Text(item, "planDigest")}}", onBehalfOf: "eve" """);
        Assert.DoesNotContain("PolicyException:open/quarter-end", await InboxAsync(Ida));

        _server.World.People = _server.World.People with { Delegations = [.. _server.World.People.Delegations.Except(alone)] };

        item = await ItemAsync(Ida, "PolicyException:open/quarter-end");
        Assert.Equal("eve", Text(item, "onBehalfOf"));
        await AnswerAsync(Ida, "approveException", $$"""identityId: "open", name: "quarter-end", planDigest: "{{Text(item, "planDigest")}}", onBehalfOf: "eve" """);
        await AnswerAsync(Ann, "approveException", $$"""identityId: "open", name: "quarter-end", planDigest: "{{Text(item, "planDigest")}}" """);
        var all = await _server.DataAsync(Viewer, """{ identity(id: "open") { exceptions { status approvals { approver } voided { why approval { approver } } } } }""");
        Assert.Equal("""{"identity":{"exceptions":[{"status":"IN_FORCE","approvals":[{"approver":"ida"},{"approver":"ann"}],"voided":[{"why":"SUPERSEDED","approval":{"approver":"hal"}}]}]}}""", all.GetRawText());
    }

    [Fact]
    public async Task A_delegates_no_says_in_whose_place_it_was_said()
    {
        await RequestExceptionAsync("no");

        await AnswerAsync(Hal, "rejectException", """identityId: "no", name: "quarter-end", comment: "not now", onBehalfOf: "eve" """);

        var all = await _server.DataAsync(Viewer, """{ identity(id: "no") { exceptions { status ended { by onBehalfOf why } waitingFor { person } } } }""");
        Assert.Equal("""{"identity":{"exceptions":[{"status":"DENIED","ended":{"by":"hal","onBehalfOf":"eve","why":"not now"},"waitingFor":[]}]}}""", all.GetRawText());
    }

    [Theory]
    [InlineData(Dan, "rejectException")]
    [InlineData(Requester, "endException")]
    public async Task An_exception_that_is_rejected_or_taken_back_leaves_every_inbox(string who, string mutation)
    {
        var id = mutation.ToLowerInvariant();
        await RequestExceptionAsync(id);
        Assert.Contains($"PolicyException:{id}/quarter-end", await InboxAsync(Ann));

        await AnswerAsync(who, mutation, $$"""identityId: "{{id}}", name: "quarter-end" """);

        Assert.DoesNotContain($"PolicyException:{id}/quarter-end", await InboxAsync(Ann));
    }

    [Fact]
    public async Task A_follower_is_told_of_what_is_asked_of_their_groups_and_what_of_it_waits_for_them()
    {
        await RequestExceptionAsync("told");
        await using var dan = await FollowAsync(Dan, "told");
        await using var rita = await FollowAsync("rita:approver", "told");
        Tell("told", "exception.requested", ("askedGroups", "others"));
        Tell("told", "exception.requested", ("askedGroups", "security\nshop"));

        Assert.Equal("""{"action":"exception.requested","itemId":"PolicyException:told/quarter-end","identityId":"told","grantId":null,"exceptionName":"quarter-end","item":{"id":"PolicyException:told/quarter-end"}}""", await NextAsync(dan));
        Assert.EndsWith("\"item\":null}", await NextAsync(rita), StringComparison.Ordinal); // In the group, and whoever asked.

        await AnswerAsync(Dan, "rejectException", """identityId: "told", name: "quarter-end" """);
        Tell("told", "exception.ended", ("endedBy", "dan")); // Of what was over before, nobody is asked.
        Tell("told", "exception.denied", ("askedNoMore", "security\nshop"));

        Assert.Equal("""{"action":"exception.denied","itemId":"PolicyException:told/quarter-end","identityId":"told","grantId":null,"exceptionName":"quarter-end","item":null}""", await NextAsync(dan));
    }

    [Fact]
    public async Task Whoever_comes_to_a_group_while_following_is_told_from_then_on()
    {
        await RequestExceptionAsync("joined");
        await using var ida = await FollowAsync("ida:approver", "joined");
        _server.World.People = _server.World.People with { Groups = new Dictionary<string, IReadOnlyList<string>>(_server.World.People.Groups, StringComparer.Ordinal) { ["shop"] = ["dan", "eve", "ida"] } };

        Tell("joined", "exception.plan-changed", ("askedGroups", "shop"));

        Assert.StartsWith("""{"action":"exception.plan-changed",""", await NextAsync(ida), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_follows_what_groups_are_asked_is_told_of_exceptions_too()
    {
        await RequestExceptionAsync("asked");
        await using var socket = await SampleSocket.ReadyAsync(_server.Url, Viewer);
        await socket.SubscribeAsync("1", $$"""subscription { approvalRequested(after: "{{await EndAsync()}}", filter: { identityId: "asked", groups: ["shop"] }) { action exceptionName grantId reason groups subject { ... on PolicyException { name status } } } }""");
        Tell("asked", "exception.in-force", ("askedNoMore", "shop"));
        Tell("asked", "exception.requested", ("askedGroups", "security\nshop"), ("justification", "the books"));

        Assert.Equal("""{"action":"exception.requested","exceptionName":"quarter-end","grantId":null,"reason":"the books","groups":["security","shop"],"subject":{"name":"quarter-end","status":"PENDING"}}""",
            (await socket.ReceiveAsync()).GetProperty("payload").GetProperty("data").GetProperty("approvalRequested").GetRawText());
    }

    private async Task RequestAccessAsync(string id)
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id });
        await _server.DataAsync(Requester, RequestAccess, new { id, verbs = new[] { "READ" } });
    }

    private async Task RequestExceptionAsync(string id)
    {
        await _server.DataAsync(Operator, RegisterIdentity, new { id });
        await AnswerAsync(Requester, "requestException", $$"""
            identityId: "{{id}}", name: "quarter-end", rules: ["frozen"], lifetimeSeconds: 3600, justification: "the books"
            entitlements: [{ platform: "k8s:test", verbs: [READ], resources: [{ type: "secrets", container: "shop", name: "books" }] }]
            """);
    }

    private async Task AnswerAsync(string token, string mutation, string input)
    {
        var result = (await _server.DataAsync(token, $"mutation {{ {mutation}(input: {{ {input} }}) {{ result {{ __typename {Refusal} }} }} }}")).GetProperty(mutation).GetProperty("result");
        Assert.Equal("PolicyExceptionSuccess", Text(result, "__typename"));
    }

    private async Task<string[]> InboxAsync(string token) => [.. (await ItemsAsync(token)).Select(item => Text(item, "id"))];

    private async Task<JsonElement> ItemAsync(string token, string id) => (await ItemsAsync(token)).Single(item => Text(item, "id") == id);

    private async Task<JsonElement[]> ItemsAsync(string token) =>
        [.. (await _server.DataAsync(token, $"{{ approvalInbox(first: 200) {{ nodes {{ {Item} }} }} }}")).GetProperty("approvalInbox").GetProperty("nodes").EnumerateArray()];

    private async Task<SampleSocket> FollowAsync(string token, string id)
    {
        var socket = await SampleSocket.ReadyAsync(_server.Url, token);
        await socket.SubscribeAsync(id, $$"""subscription { approvalInboxChanged(after: "{{await EndAsync()}}") { action itemId identityId grantId exceptionName item { id } } }""");
        return socket;
    }

    private static async Task<string> NextAsync(SampleSocket socket) =>
        (await socket.ReceiveAsync()).GetProperty("payload").GetProperty("data").GetProperty("approvalInboxChanged").GetRawText();

    private async Task<string?> EndAsync() =>
        (await _server.DataAsync(Auditor, "{ audit(first: 200) { pageInfo { endCursor } } }")).GetProperty("audit").GetProperty("pageInfo").GetProperty("endCursor").GetString();

    private void Tell(string id, string action, params (string Name, string Value)[] details) => _server.World.AuditOf(id).Append(new(
        $"identity/{id}", 0, DateTimeOffset.UnixEpoch, "rita", action, "ticket 7", null, "after",
        details.Append((Name: "exception", Value: "quarter-end")).ToDictionary(detail => detail.Name, detail => detail.Value, StringComparer.Ordinal)));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
