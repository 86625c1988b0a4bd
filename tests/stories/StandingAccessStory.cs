using System.Text.Json;
using NhiGrains.Host.Tests.EndToEnd;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>(e) Standing access of service accounts is blocked.</summary>
/// <remarks>The policy is <c>policies/e-standing-access.yaml</c>. What is asked for is in the sandbox's cluster.</remarks>
[Collection(StoryCollection.Name)]
public sealed class StandingAccessStory(StoryWorld world)
{
    private const string Account = "price-reader";

    private static readonly object[] ReadPrices =
        [new { platform = "k8s:sandbox", verbs = new[] { "READ" }, resources = new[] { new { type = "configmaps", container = "shop", match = "EXACT", name = "prices" } } }];

    [Fact]
    public async Task An_intent_is_denied_with_the_reason_and_the_same_for_a_while_is_given()
    {
        await world.Sandbox.Admin.CreateNamespaceAsync("shop");
        using var admin = world.AsAdmin();
        await RegisterAsync(admin, Account, "SERVICE_ACCOUNT");
        await RegisterAsync(admin, "price-bot", "BOT");

        Assert.Equal("DENIED_BY_POLICY", await admin.RefusedAsync("setIntent", new { identityId = Account, entitlements = ReadPrices, reason = "for ever" }));
        var why = await WhyAsync(admin);
        Assert.Contains("service-accounts-have-no-standing-access", why, StringComparison.Ordinal);
        Assert.False(await MayAsync(Account));

        await admin.RequestAsync(Account, ReadPrices, seconds: 600, waitFor: "EFFECTIVE");
        Assert.True(await MayAsync(Account));

        // It is the kind that is blocked: a bot may have the same without an end.
        await admin.DoAsync("setIntent", "... on IdentitySuccess { identity { id } }", new { identityId = "price-bot", entitlements = ReadPrices, reason = "for ever" });
        await world.ReplayAsync(Account);
    }

    /// <summary>Asked without doing it: the decision about standing access, with what would have had to differ.</summary>
    private static async Task<string> WhyAsync(Portal admin) => (await admin.AskAsync(
        "query ($id: String!, $e: [EntitlementInput!]!) { simulateAccess(identityId: $id, entitlements: $e) { ... on Simulation { decision { outcome reasons findings { rule differences } } } } }",
        new { id = Account, e = ReadPrices })).GetRawText();

    private static Task<JsonElement> RegisterAsync(Portal admin, string id, string kind) =>
        admin.RegisterAsync(id, kind, "staging", "shop", [new { platform = "k8s:sandbox", principal = $"shop/{id}", createIfMissing = true }]);

    private Task<bool> MayAsync(string id) => world.Sandbox.Admin.MayAsync($"shop/{id}", "get", "configmaps", "prices");
}
