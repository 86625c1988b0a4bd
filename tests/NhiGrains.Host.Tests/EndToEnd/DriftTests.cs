using System.Net.Http.Json;
using System.Text.Json;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>Changes by hand, told to a real graphql-ws client within five seconds.</summary>
[Collection("real servers")] // Each runs a cluster and a host of its own: one after the other on two cores.
public class DriftTests
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/shop";

    private static readonly TimeSpan Five = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task What_is_changed_by_hand_is_pushed_within_five_seconds_and_reverted_on_request()
    {
        await using var stage = await Stage.SetAsync();
        using var portal = await stage.PortalAsync();
        await portal.RegisterAsync("billing");
        await portal.RequestAsync("billing", 600, ["READ"]);
        await using var drift = await DriftFollower.StartAsync(stage.Host.Url, await stage.Host.TokenAsync("--role", "viewer", "--subject", "ann"));

        await BindAsync(stage, "by-hand", "billing");
        await drift.UntilAsync(seen => Is(seen, "EXTRA", "RoleBinding", "by-hand"), Five);
        Assert.True(await stage.MayAsync("billing", "delete", "secrets", "shop"));

        await PatchAsync(stage, $"{Rbac}/roles/nhi-billing", """{"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]}""");
        await drift.UntilAsync(seen => Is(seen, "CHANGED", "Role", "nhi-billing"), Five);

        using (var deleted = await stage.Admin.DeleteAsync(new Uri($"{Rbac}/rolebindings/nhi-billing", UriKind.Relative), TestContext.Current.CancellationToken))
            Assert.True(deleted.IsSuccessStatusCode);
        await drift.UntilAsync(seen => Is(seen, "MISSING", "RoleBinding", "nhi-billing"), Five);

        await BindAsync(stage, "stray-binding", "stray");
        await drift.UntilAsync(seen => Is(seen, "UNMANAGED", "RoleBinding", "stray-binding"), Five);

        await portal.DoAsync("resolveDrift", "... on DriftSuccess { __typename }", new { identityId = "billing", platform = "k8s:test", action = "REVERT", reason = "a test" });
        Assert.True(await stage.MayAsync("billing", "get", "configmaps", "shop"));
        Assert.False(await stage.MayAsync("billing", "get", "secrets", "shop"));
        Assert.False(await stage.MayAsync("billing", "delete", "secrets", "shop"));
        Assert.True(await stage.MayAsync("stray", "delete", "secrets", "shop"), "a foreign object was touched");
    }

    private static bool Is(JsonElement seen, string kind, string objectKind, string name) =>
        seen.TryGetProperty("kind", out var is_) && is_.GetString() == kind
        && seen.GetRawText().Contains($"\"{objectKind}\"", StringComparison.Ordinal) && seen.GetRawText().Contains(name, StringComparison.Ordinal);

    private static Task BindAsync(Stage stage, string name, string account) => stage.CreateAsync($"{Rbac}/rolebindings", new
    {
        metadata = new { name },
        roleRef = new { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name = "cluster-admin" },
        subjects = new[] { new { kind = "ServiceAccount", name = account, @namespace = "shop" } },
    });

    private static async Task PatchAsync(Stage stage, string path, string patch)
    {
        using var body = new StringContent(patch, null, "application/merge-patch+json");
        using var answer = await stage.Admin.PatchAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
