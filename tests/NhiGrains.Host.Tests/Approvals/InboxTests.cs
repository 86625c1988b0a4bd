using System.Text.Json;
using NhiGrains.GraphQL.Access;
using NhiGrains.Host.Settings;
using NhiGrains.Host.Tests.Composition;
using NhiGrains.Host.Tests.EndToEnd;

namespace NhiGrains.Host.Tests.Approvals;

/// <summary>What an approver's client sees, with everything behind it as it is in production.</summary>
public sealed class InboxTests : IDisposable
{
    private const string Policy = """
        format: 1
        name: test
        rules:
        - {name: careful, effect: require-approval, match: {platforms: ["k8s:test"]}, maxLifetime: 1h, allowControllerEnforcedEnd: true, approvers: [{groups: [security]}], answerWithin: 1h}
        - {name: frozen, effect: deny, match: {environments: [production]}, exceptions: {maxLifetime: 1d, approvers: [{groups: [security]}], answerWithin: 1h}}
        - {name: soon, effect: deny, match: {environments: [production]}, exceptions: {maxLifetime: 1d, approvers: [{groups: [security]}], answerWithin: 3s}}

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-inbox-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_exception_appears_for_its_approvers_and_leaves_when_it_is_answered_taken_back_or_too_old_and_a_follower_hears_of_it()
    {
        var policy = Path.Combine(_folder, "policy.yaml");
        await File.WriteAllTextAsync(policy, Policy, TestContext.Current.CancellationToken);
        await using var server = await RunningServer.StartAsync(Path.Combine(_folder, "data"), (SettingKeys.Policy, policy));
        await server.ReadyAsync();
        await server.EventuallyAsync(async () => (await server.QueryAsync("{policySet{rules{name}}}")).GetRawText().Contains("frozen", StringComparison.Ordinal), "The set is not in force.");
        await server.QueryAsync("""mutation{setGroupMembers(input:{group:"security",add:["sam","rita"]}){result{__typename}}}""");
        await server.QueryAsync("""mutation{registerIdentity(input:{identityId:"till",kind:BOT,owner:{person:"ann",team:"shop"},environment:"production"}){result{__typename}}}""");
        using var rita = As(server, "rita", RoleNames.Requester, RoleNames.Approver);
        using var sam = As(server, "sam", RoleNames.Approver);
        using var gus = As(server, "gus", RoleNames.Approver);
        // From a place in the log, so that nothing is missed that comes before the subscription has begun.
        var start = Portal.Text((await server.QueryAsync("{audit(first:200){pageInfo{endCursor}}}")).GetProperty("audit").GetProperty("pageInfo"), "endCursor");
        using var follower = await Follower.StartAsync(server.Url, TokenOf(server, "sam", RoleNames.Approver), $"subscription{{approvalInboxChanged(after:\"{start}\"){{action itemId item{{id requestedBy planDigest}}}}}}");

        await AskAsync(rita, "answered", "frozen");
        var asked = await NextAsync(follower, "exception.requested", "answered");
        await AskAsync(rita, "taken-back", "frozen");
        await NextAsync(follower, "exception.requested", "taken-back");
        await server.EventuallyAsync(async () => (await InboxAsync(sam)).SequenceEqual(["PolicyException:till/answered", "PolicyException:till/taken-back"]), "Not in the inbox.");
        Assert.Empty(await InboxAsync(rita));
        Assert.Empty(await InboxAsync(gus));

        await sam.DoAsync("approveException", "... on PolicyExceptionSuccess { exception { status } }", new { identityId = "till", name = "answered", planDigest = Portal.Text(asked, "planDigest") });
        await NextAsync(follower, "exception.in-force", "answered", waits: false);
        await rita.AskAsync("""mutation { endException(input: { identityId: "till", name: "taken-back" }) { result { __typename } } }""");
        await NextAsync(follower, "exception.denied", "taken-back", waits: false);
        await AskAsync(rita, "too-old", "soon");
        Assert.Equal("exception.requested", Portal.Text((await follower.NextAsync()).GetProperty("approvalInboxChanged"), "action"));
        await NextAsync(follower, "exception.unanswered", "too-old", waits: false);

        Assert.Empty(await InboxAsync(sam));
    }

    private static Portal As(RunningServer server, string person, params string[] roles) => new(new(server.Url), TokenOf(server, person, roles));

    private static string TokenOf(RunningServer server, string person, params string[] roles) => server.TokenOf(new(person, roles, Identity: null, TimeSpan.FromMinutes(10)));

    private static Task<JsonElement> AskAsync(Portal portal, string name, string rule) => portal.DoAsync("requestException", "... on PolicyExceptionSuccess { exception { status } }", new
    {
        identityId = "till",
        name,
        rules = new[] { rule },
        entitlements = Portal.Configmaps(["READ"]),
        lifetimeSeconds = 3_600,
        justification = "the books",
    });

    private static async Task<JsonElement> NextAsync(Follower follower, string action, string name, bool waits = true)
    {
        var told = (await follower.NextAsync()).GetProperty("approvalInboxChanged");
        var item = told.GetProperty("item");
        Assert.Equal((action, $"PolicyException:till/{name}", waits), (Portal.Text(told, "action"), Portal.Text(told, "itemId"), item.ValueKind == JsonValueKind.Object));
        Assert.True(!waits || Portal.Text(item, "id") == Portal.Text(told, "itemId"), told.GetRawText());
        return item;
    }

    private static async Task<string[]> InboxAsync(Portal portal) =>
        [.. (await portal.AskAsync("{ approvalInbox { nodes { id } } }")).GetProperty("approvalInbox").GetProperty("nodes").EnumerateArray().Select(item => Portal.Text(item, "id"))];
}
