using System.Text.Json;
using NhiGrains.Host.Tests.EndToEnd;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>(a) CI/CD deployment token only for a signed pipeline, non-production, known workload identity, short-lived.</summary>
/// <remarks>The policy is <c>policies/a-deployment-token.yaml</c>. The account is the sandbox's; the token is a session of its STS.</remarks>
[Collection(StoryCollection.Name)]
public sealed class DeploymentTokenStory(StoryWorld world)
{
    private const string Rule = "signed-pipelines-deploy-to-staging";

    [Fact]
    public async Task A_signed_pipeline_of_a_known_identity_gets_a_short_token_for_staging_and_nobody_else_does()
    {
        using var admin = world.AsAdmin();
        await RegisterAsync(admin, "shop-pipeline", "staging");
        await RegisterAsync(admin, "other-pipeline", "staging");
        await RegisterAsync(admin, "live-pipeline", "production");
        using var pipeline = world.AsIdentity("shop-pipeline");

        // Signed, staging, known: granted, and cut to 15 minutes, with a token that works there and nowhere else.
        object[] signed = [world.Ci.Token("shop-pipeline"), world.Ci.Provenance()];
        var grant = await pipeline.RequestAsync("shop-pipeline", Write("shop/"), seconds: 3_600, signed, waitFor: "EFFECTIVE");
        Assert.Equal(("PERMIT_REDUCED", 900), (StoryPortal.Outcome(grant), grant.GetProperty("decision").GetProperty("lifetimeSeconds").GetDouble()));
        Assert.InRange(grant.GetProperty("expiresAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(15));
        var token = await pipeline.CredentialAsync("shop-pipeline", grant, "aws:demo");
        Assert.Equal((null, "AccessDenied"), (await world.Aws.TryPutAsync(token, "shop/7.zip"), await world.Aws.TryPutAsync(token, "shop-live/7.zip")));
        Assert.Equal("PERMIT", StoryPortal.Outcome(await pipeline.RequestAsync("shop-pipeline", Write("shop/"), seconds: 600, [world.Ci.Token("shop-pipeline"), world.Ci.Provenance()])));

        // Without the signature: denied, and what would have had to differ is the evidence. With a forged one: refused.
        await DeniedAsync(pipeline, "shop-pipeline", Write("shop/"), [world.Ci.Token("shop-pipeline")], "evidence");
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await pipeline.RefusedAsync("requestAccess",
            StoryPortal.Request("shop-pipeline", Write("shop/"), 600, [world.Ci.Token("shop-pipeline"), world.Ci.Provenance(forged: true)])));
        await DeniedAsync(pipeline, "shop-pipeline", Write("shop/"), [world.Ci.Token("shop-pipeline", "refs/heads/wild"), world.Ci.Provenance()], "evidence");

        // For production: denied, be it the resource's or the identity's.
        await DeniedAsync(pipeline, "shop-pipeline", Write("shop-live/"), [world.Ci.Token("shop-pipeline"), world.Ci.Provenance()], "resourceEnvironments");
        await DeniedAsync(admin, "live-pipeline", Write("shop/"), [world.Ci.Token("live-pipeline"), world.Ci.Provenance()], "environments");

        // Of nobody who is known: refused. As somebody else: the token is that of another pipeline.
        Assert.Equal("UNKNOWN_IDENTITY", await admin.RefusedAsync("requestAccess", StoryPortal.Request("no-pipeline", Write("shop/"), 600, [world.Ci.Token("no-pipeline"), world.Ci.Provenance()])));
        await DeniedAsync(admin, "other-pipeline", Write("shop/"), [world.Ci.Token("shop-pipeline"), world.Ci.Provenance()], "condition");

        // What this identity has shown is its own: shown again for another one it is a replay.
        Assert.Equal("EVIDENCE_REPLAYED", await admin.RefusedAsync("requestAccess", StoryPortal.Request("other-pipeline", Write("shop/"), 600, signed)));
        await world.ReplayAsync("shop-pipeline");
    }

    private static async Task DeniedAsync(Portal portal, string id, object[] entitlements, object[] evidence, string difference)
    {
        var grant = await portal.RequestAsync(id, entitlements, 600, evidence);
        Assert.Equal(("DENIED", "DENY"), (Portal.Text(grant, "status"), StoryPortal.Outcome(grant)));
        var finding = Assert.Single(StoryPortal.Findings(grant), text => text.StartsWith($"{Rule}: ", StringComparison.Ordinal));
        Assert.StartsWith($"{Rule}: {difference}: ", finding, StringComparison.Ordinal);
    }

    private static Task<JsonElement> RegisterAsync(Portal admin, string id, string environment) => admin.RegisterAsync(
        id, "WORKLOAD_IDENTITY", environment, "delivery", [new { platform = "aws:demo", principal = $"role/{id}", createIfMissing = true }]);

    private static object[] Write(string prefix) =>
        [new { platform = "aws:demo", verbs = new[] { "WRITE" }, resources = new[] { new { type = "s3-object", container = "build-artifacts", match = "PREFIX", name = prefix } } }];
}
