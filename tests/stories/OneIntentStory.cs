using System.Text.Json;
using NhiGrains.Host.Tests.EndToEnd;
using NhiGrains.Host.Tests.FourPlatforms;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>(g) One RBAC intent becomes SaaS scopes, cloud roles and tool access.</summary>
/// <remarks>
/// The policy is <c>policies/g-one-intent.yaml</c>. No connector of a SaaS exists yet, so nothing here changes a scope *in* one: what
/// stands for it is the use of the key with which the SaaS is reached, and which carries its scopes, a secret in the sandbox's Google
/// project. The cloud role is one of the sandbox's AWS account. The tool of the agent is a function there, which it may call; what an
/// agent may call over MCP has no connector either. And RBAC is Kubernetes', in the sandbox's cluster.
/// </remarks>
[Collection(StoryCollection.Name)]
public sealed class OneIntentStory(StoryWorld world)
{
    private const string Agent = "support-agent";
    private const string Email = $"{Agent}@{FakeProject.Id}.iam.gserviceaccount.com";

    private static readonly object[] Support =
    [
        new { platform = "gcp:demo", verbs = new[] { "USE_CREDENTIAL" }, resources = new[] { new { type = "secretmanager-secret", container = "", match = "EXACT", name = "helpdesk-api-key" } } },
        new { platform = "aws:demo", verbs = new[] { "READ" }, resources = new[] { new { type = "s3-object", container = "support-tickets", match = "PREFIX", name = "open/" } } },
        new { platform = "aws:demo", verbs = new[] { "INVOKE" }, resources = new[] { new { type = "lambda-function", container = "us-east-1", match = "EXACT", name = "support-search" } } },
        new { platform = "k8s:sandbox", verbs = new[] { "LIST", "READ" }, resources = new[] { new { type = "configmaps", container = "support", match = "ALL" } } },
    ];

    [Fact]
    public async Task It_is_said_once_and_is_in_force_on_three_platforms_in_the_words_of_each()
    {
        await world.Sandbox.Admin.CreateNamespaceAsync("support");
        await world.Gcp.AddSecretAsync("helpdesk-api-key");
        using var admin = world.AsAdmin();
        await admin.RegisterAsync(Agent, "AI_AGENT", "production", "support",
        [
            new { platform = "gcp:demo", principal = Email, createIfMissing = true },
            new { platform = "aws:demo", principal = $"role/{Agent}", createIfMissing = true },
            new { platform = "k8s:sandbox", principal = $"support/{Agent}", createIfMissing = true },
        ], ("role", "support"));

        await admin.DoAsync("setIntent", "... on IdentitySuccess { identity { id } }", new { identityId = Agent, entitlements = Support, reason = "what support needs" });

        Assert.Equal("aws:demo EFFECTIVE, gcp:demo EFFECTIVE, k8s:sandbox EFFECTIVE", await UntilAllAsync(admin, "EFFECTIVE"));
        Assert.Contains(Email, await world.Gcp.SecretPolicyAsync("helpdesk-api-key"), StringComparison.Ordinal);
        Assert.Equal((true, false), (MayOnAws("s3:GetObject", "arn:aws:s3:::support-tickets/open/1"), MayOnAws("s3:GetObject", "arn:aws:s3:::support-tickets/closed/1")));
        Assert.Equal((true, false), (MayOnAws("lambda:InvokeFunction", Function("support-search")), MayOnAws("lambda:InvokeFunction", Function("support-refund"))));
        Assert.Equal((true, false), (await MayReadAsync("configmaps"), await MayReadAsync("secrets")));

        // And taken back as one.
        await admin.DoAsync("setIntent", "... on IdentitySuccess { identity { id } }", new { identityId = Agent, entitlements = Array.Empty<object>(), reason = "support has moved" });
        await UntilAllAsync(admin, "REVOKED");
        Assert.DoesNotContain(Email, await world.Gcp.SecretPolicyAsync("helpdesk-api-key"), StringComparison.Ordinal);
        Assert.False(MayOnAws("s3:GetObject", "arn:aws:s3:::support-tickets/open/1") || MayOnAws("lambda:InvokeFunction", Function("support-search")) || await MayReadAsync("configmaps"));
        await world.ReplayAsync(Agent);
    }

    private static async Task<string> UntilAllAsync(Portal admin, string status)
    {
        var seen = "";
        await Eventually.TrueAsync(
            async () =>
            {
                var data = await admin.AskAsync("query ($id: ID!) { identity(id: $id) { platforms { platform status message } } }", new { id = Agent });
                JsonElement[] platforms = [.. data.GetProperty("identity").GetProperty("platforms").EnumerateArray()];
                seen = string.Join(", ", platforms.Select(one => $"{Portal.Text(one, "platform")} {Portal.Text(one, "status")}").Order(StringComparer.Ordinal));
                return platforms.Length == 3 && platforms.All(one => Portal.Text(one, "status") == status);
            },
            TimeSpan.FromSeconds(40), () => $"not {status}, but {seen}", TestContext.Current.CancellationToken);
        return seen;
    }

    private static string Function(string name) => $"arn:aws:lambda:us-east-1:{FakeAccount.Number}:function:{name}";

    private bool MayOnAws(string action, string arn) => world.Aws.Account.Evaluate($"arn:aws:iam::{FakeAccount.Number}:role/nhigrains/{Agent}", action, arn).IsAllowed;

    private Task<bool> MayReadAsync(string resource) => world.Sandbox.Admin.MayAsync($"support/{Agent}", "get", resource, "any");
}
