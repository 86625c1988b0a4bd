using System.Text.Json.Nodes;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Gcp.Tests.Api;

/// <summary>The role that the documentation tells people to give us is enough for everything that the connector does, and all of it is needed.</summary>
public class LeastPrivilegeTests : GcpTests
{
    private const string Project = $"v1/projects/{GcpTarget.Project}";

    public static TheoryData<string> Permissions => [.. Role()["includedPermissions"]?.AsArray().Select(permission => permission?.GetValue<string>() ?? "") ?? []];

    public static JsonNode Role() => JsonNode.Parse(File.ReadAllText(Checkout.PathOf("deploy/gcp/connector-role.json"))) ?? new JsonObject();

    [Fact]
    public async Task The_role_in_deploy_is_enough() => Assert.Null(await Record.ExceptionAsync(() => DoEverythingAsync(without: null)));

    [Theory]
    [MemberData(nameof(Permissions))]
    public async Task Nothing_in_the_role_is_too_much(string permission) =>
        Assert.Equal(PlatformError.AccessDenied, (await Assert.ThrowsAsync<PlatformException>(() => DoEverythingAsync(permission))).Error);

    private async Task DoEverythingAsync(string? without)
    {
        var connector = await ConnectorAsync(without);
        var binding = Target.Binding with { Principal = GcpTarget.EmailOf("made-by-us"), CreateIfMissing = true };
        ResourceSelector[] resources =
        [
            Target.Resource(1), new("pubsub-topic", "", ResourceMatch.Exact, "orders"), new("pubsub-subscription", "", ResourceMatch.Exact, "orders-sub"),
            new("secretmanager-secret", "", ResourceMatch.Exact, "key"), new("run-service", GcpTarget.Region, ResourceMatch.Exact, "checkout"), new("storage-bucket", "", ResourceMatch.All, null),
        ];
        var desired = Target.Desired(2, [.. resources.Select(resource => Target.Entitlement(resource, Verb.Read))]) with { Binding = binding };

        await Target.ApplyAsync(desired, connector);
        await ChangeByHandAsync(desired, binding.Principal);
        await Target.ApplyAsync(desired, connector);
        foreach (var unwanted in (await connector.ObserveAsync(binding, Target.IdentityId, Cancellation)).Objects.Where(seen => seen.Ownership == Ownership.Foreign))
            await connector.RemoveAsync(binding, Target.IdentityId, unwanted.Object, ConnectorTarget.Valid(), Cancellation);
        Assert.Empty((await connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);
        var now = TimeProvider.System.GetUtcNow();
        Assert.True((await connector.IssueCredentialAsync(new(binding, Target.IdentityId, "g", now.AddMinutes(1), now), ConnectorTarget.Valid(), Cancellation)).IsOk);
        Assert.NotEmpty(await connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation));
        await Target.ApplyAsync(desired with { Generation = 3, PrincipalWanted = false, Entitlements = [] }, connector);
    }

    /// <summary>A role of ours widened and another deleted, a key, a disabled account, and somebody else's binding on the account.</summary>
    private async Task ChangeByHandAsync(DesiredState desired, string email)
    {
        var roles = Target.Plan(desired).Objects.Select(one => JsonNode.Parse(one.Body)?["role"]?.GetValue<string>()).Distinct().ToArray();
        await Target.Hands.DoAsync("PATCH", $"v1/{roles[0]}?updateMask=includedPermissions", new JsonObject { ["includedPermissions"] = new JsonArray("run.services.get", "run.services.list") });
        await Target.Hands.DoAsync("DELETE", $"v1/{roles[1]}");
        await Target.Hands.DoAsync("POST", $"{Project}/serviceAccounts/{email}/keys", new JsonObject());
        await Target.Hands.DoAsync("POST", $"{Project}/serviceAccounts/{email}:disable", new JsonObject());
        await Target.Hands.BindAsync($"{Project}/serviceAccounts/{Target.Binding.Principal}", "roles/iam.serviceAccountTokenCreator", $"serviceAccount:{email}");
    }

    private async Task<IPlatformConnector> ConnectorAsync(string? without)
    {
        await Target.Hands.DoAsync("PUT", $"{Project}/topics/orders", new JsonObject());
        await Target.Hands.DoAsync("PUT", $"{Project}/subscriptions/orders-sub", new JsonObject { ["topic"] = $"projects/{GcpTarget.Project}/topics/orders" });
        await Target.Hands.DoAsync("POST", $"{Project}/secrets?secretId=key", new JsonObject { ["replication"] = new JsonObject { ["automatic"] = new JsonObject() } });
        await Target.Hands.DoAsync("POST", $"v2/projects/{GcpTarget.Project}/locations/{GcpTarget.Region}/services?serviceId=checkout",
            new JsonObject { ["template"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["image"] = "checkout" }) } });
        var role = Role();
        role["includedPermissions"]?.AsArray().RemoveAll(permission => permission?.GetValue<string>() == without);
        await Target.Hands.DoAsync("POST", $"{Project}/roles", new JsonObject { ["roleId"] = "connector", ["role"] = role });
        await Target.Hands.BindAsync($"v3/projects/{GcpTarget.Project}", $"projects/{GcpTarget.Project}/roles/connector", "user:control@example.com");
        return GcpTarget.ConnectorFor(Target.Options(Target.Address, Target.Cloud.TokenFor("control@example.com", TimeSpan.FromHours(1)))).Connector;
    }
}
