using System.Text.Json;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>Principals that nobody is accountable for: each is adopted, or only watched.</summary>
[Collection("real servers")] // Each runs a cluster and a host of its own: one after the other on two cores.
public class UnmanagedTests
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/shop";

    [Fact]
    public async Task What_is_watched_only_is_told_again_when_it_changes_and_what_is_adopted_has_an_owner()
    {
        await using var stage = await Stage.SetAsync();
        using var portal = await stage.PortalAsync();
        foreach (var account in (string[])["legacy", "backup"])
        {
            await stage.CreateAsync("/api/v1/namespaces/shop/serviceaccounts", new { metadata = new { name = account } });
            await BindAsync(stage, account, "cluster-admin");
        }

        var backup = await UntilListedAsync(portal, "shop/backup");
        await portal.DoAsync("watchPrincipal", "... on WatchSuccess { platform { platform } }", new { platform = "k8s:test", principal = "shop/backup", digest = backup, reason = "runs at night" });
        Assert.DoesNotContain("shop/backup", await DriftAsync(portal), StringComparison.Ordinal);
        await BindAsync(stage, "backup", "edit");
        await Eventually.TrueAsync(async () => (await DriftAsync(portal)).Contains("shop/backup", StringComparison.Ordinal), TimeSpan.FromSeconds(10), () => "the change was not told", TestContext.Current.CancellationToken);

        object adopt = new
        {
            platform = "k8s:test",
            principal = "shop/legacy",
            digest = await UntilListedAsync(portal, "shop/legacy"),
            identityId = "legacy",
            kind = "SERVICE_ACCOUNT",
            owner = new { person = "ada", team = "payments" },
            environment = "staging",
            reason = "found by the sweep",
            idempotencyKey = "adopt-legacy",
        };
        foreach (var _ in (int[])[1, 2])
        {
            var adopted = await portal.DoAsync("adoptPrincipal", "... on AdoptSuccess { accepted identity { identityId owner { team } } }", adopt);
            Assert.Equal("""{"__typename":"AdoptSuccess","accepted":true,"identity":{"identityId":"legacy","owner":{"team":"payments"}}}""", adopted.GetRawText());
        }

        await portal.UntilStatusAsync("legacy", "EFFECTIVE", TimeSpan.FromSeconds(10));
        await Eventually.TrueAsync(async () => !(await DriftAsync(portal)).Contains("shop/legacy", StringComparison.Ordinal), TimeSpan.FromSeconds(5), () => "it is still told as unmanaged", TestContext.Current.CancellationToken);
        Assert.True(await stage.MayAsync("legacy", "get", "configmaps", "shop"), "what was adopted was taken away");
        await BindAsync(stage, "legacy", "edit");
        await portal.UntilStatusAsync("legacy", "DRIFTED", TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task What_has_changed_since_it_was_looked_at_is_not_adopted()
    {
        await using var stage = await Stage.SetAsync();
        using var portal = await stage.PortalAsync();
        await BindAsync(stage, "legacy", "view");
        var seen = await UntilListedAsync(portal, "shop/legacy");
        await BindAsync(stage, "legacy", "cluster-admin");
        await Eventually.TrueAsync(async () => await UntilListedAsync(portal, "shop/legacy") != seen, TimeSpan.FromSeconds(10), () => "the change was not seen", TestContext.Current.CancellationToken);

        foreach (var (mutation, more) in new[] { ("watchPrincipal", ""), ("adoptPrincipal", ", \"identityId\": \"legacy\", \"kind\": \"BOT\", \"owner\": {\"person\": \"ada\", \"team\": \"t\"}, \"environment\": \"staging\"") })
        {
            var input = JsonSerializer.Deserialize<JsonElement>($$"""{"platform": "k8s:test", "principal": "shop/legacy", "digest": "{{seen}}", "reason": "r"{{more}}}""");
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => portal.DoAsync(mutation, "", input));
            Assert.Contains("PRINCIPAL_CHANGED", refused.Message, StringComparison.Ordinal);
        }
    }

    private static Task BindAsync(Stage stage, string account, string role) => stage.CreateAsync($"{Rbac}/rolebindings", new
    {
        metadata = new { name = $"{account}-{role}" },
        roleRef = new { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name = role },
        subjects = new[] { new { kind = "ServiceAccount", name = account, @namespace = "shop" } },
    });

    /// <returns>The digest of what it has.</returns>
    private static async Task<string> UntilListedAsync(Portal portal, string principal)
    {
        var digest = "";
        await Eventually.TrueAsync(async () =>
        {
            var data = await portal.AskAsync("{ platforms { unmanaged { principal digest } } }");
            var found = data.GetProperty("platforms")[0].GetProperty("unmanaged").EnumerateArray().FirstOrDefault(one => Portal.Text(one, "principal") == principal);
            return found.ValueKind == JsonValueKind.Object && (digest = Portal.Text(found, "digest")).Length > 0;
        }, TimeSpan.FromSeconds(15), () => $"{principal} is not listed", TestContext.Current.CancellationToken);
        return digest;
    }

    private static async Task<string> DriftAsync(Portal portal) => (await portal.AskAsync("{ drift(first: 200) { nodes { principal kind } } }")).GetRawText();
}
