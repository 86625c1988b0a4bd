using System.Text.Json;
using NhiGrains.Host.Tests.EndToEnd;
using NhiGrains.Host.Tests.FourPlatforms;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>(b) Agent asks for a sensitive API, gets read-only until an explicit approval.</summary>
/// <remarks>The policy is <c>policies/b-sensitive-api.yaml</c>. The API is DynamoDB's, for the table with customers, in the sandbox's account.</remarks>
[Collection(StoryCollection.Name)]
public sealed class SensitiveApiStory(StoryWorld world)
{
    private const string Table = "customers-prod";

    private static readonly object[] ReadAndWrite =
        [new { platform = "aws:demo", verbs = new[] { "READ", "WRITE" }, resources = new[] { new { type = "dynamodb-table", container = "us-east-1", match = "EXACT", name = Table } } }];

    [Fact]
    public async Task It_reads_until_somebody_who_is_neither_it_nor_the_requester_has_approved_and_then_it_writes()
    {
        const string Agent = "care-agent";
        var (request, meanwhile) = await AskAsync(Agent);
        await StoryOfWaitingAsync(Agent, meanwhile);

        // Neither the agent, nor whoever asked for it, nor an administrator who is in none of the groups.
        using var itself = world.AsIdentity(Agent);
        Assert.Equal("FORBIDDEN", await StoryPortal.ErrorAsync(() => itself.ApproveAsync(Agent, request)));
        using var inItsName = world.As($"identity:{Agent}", "approver");
        Assert.Equal("SUBJECT_RESERVED", await StoryPortal.ErrorAsync(() => inItsName.ApproveAsync(Agent, request)));
        using var requester = world.As("carol", "approver", "requester");
        Assert.Equal("REQUESTER_CANNOT_APPROVE", await requester.RefusedAsync("approveRequest", StoryPortal.Answer(Agent, request)));
        using var admin = world.AsAdmin();
        Assert.Equal("NOT_AN_APPROVER", await admin.RefusedAsync("approveRequest", StoryPortal.Answer(Agent, request)));
        Assert.False(May(Agent, "dynamodb:PutItem"));

        using var approver = world.As("dan", "approver");
        Assert.Equal("ACTIVE", Portal.Text(await approver.ApproveAsync(Agent, request), "status"));
        await admin.UntilAsync(Agent, Portal.Text(request, "grantId"), StoryPortal.IsEffective);
        Assert.True(May(Agent, "dynamodb:GetItem") && May(Agent, "dynamodb:PutItem"));
        await admin.UntilAsync(Agent, Portal.Text(meanwhile, "grantId"), StoryPortal.IsRevoked);
        Assert.True(May(Agent, "dynamodb:GetItem"));
        await world.ReplayAsync(Agent);
    }

    [Fact]
    public async Task A_no_ends_reading_too()
    {
        const string Agent = "nosy-agent";
        var (request, meanwhile) = await AskAsync(Agent);
        await StoryOfWaitingAsync(Agent, meanwhile);

        using var approver = world.As("dan", "approver");
        Assert.Equal("DENIED", Portal.Text(await approver.RejectAsync(Agent, request), "status"));

        using var admin = world.AsAdmin();
        await admin.UntilAsync(Agent, Portal.Text(meanwhile, "grantId"), StoryPortal.IsRevoked);
        Assert.False(May(Agent, "dynamodb:GetItem") || May(Agent, "dynamodb:PutItem"));
        await world.ReplayAsync(Agent);
    }

    /// <summary>Carol, who could approve what others ask for, asks for the agent.</summary>
    private async Task<(JsonElement Request, JsonElement Meanwhile)> AskAsync(string agent)
    {
        await world.SetGroupAsync("api-owners", "carol", "dan");
        using var admin = world.AsAdmin();
        await admin.RegisterAsync(agent, "AI_AGENT", "production", "customer-care", [new { platform = "aws:demo", principal = $"role/{agent}", createIfMissing = true }]);
        using var carol = world.As("carol", "approver", "requester");
        var request = await carol.RequestAsync(agent, ReadAndWrite, seconds: 1_200);
        Assert.Equal(("PENDING_APPROVAL", "REQUIRE_APPROVAL"), (Portal.Text(request, "status"), StoryPortal.Outcome(request)));
        var meanwhile = (await admin.GrantsOfAsync(agent)).Single(grant => Portal.Text(grant, "meanwhileOf") == Portal.Text(request, "grantId"));
        return (request, meanwhile);
    }

    private async Task StoryOfWaitingAsync(string agent, JsonElement meanwhile)
    {
        Assert.Equal("""[{"verbs":["READ"]}]""", meanwhile.GetProperty("entitlements").GetRawText());
        using var admin = world.AsAdmin();
        await admin.UntilAsync(agent, Portal.Text(meanwhile, "grantId"), StoryPortal.IsEffective);
        await Eventually.TrueAsync(() => Task.FromResult(May(agent, "dynamodb:GetItem")), TimeSpan.FromSeconds(10), () => "it cannot read", TestContext.Current.CancellationToken);
        Assert.False(May(agent, "dynamodb:PutItem"));
    }

    private bool May(string agent, string action) => world.Aws.Account.Evaluate(
        $"arn:aws:iam::{FakeAccount.Number}:role/nhigrains/{agent}", action, $"arn:aws:dynamodb:us-east-1:{FakeAccount.Number}:table/{Table}").IsAllowed;
}
