using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.TestKit;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Aws.Tests.Api;

/// <summary>The policy that the documentation names is enough, and nothing in it is too much.</summary>
public sealed class LeastPrivilegeTests : AwsTests
{
    private static JsonObject Policy => JsonNode.Parse(File.ReadAllText(Checkout.PathOf("deploy/aws/connector-policy.json")))!.AsObject(); // It is an object.

    public static TheoryData<string> Actions => [.. Policy["Statement"]!.AsArray().SelectMany(statement => statement!["Action"]!.AsArray()).Select(action => action!.GetValue<string>())]; // Likewise.

    [Fact]
    public async Task The_documented_policy_is_enough_for_everything_that_the_connector_does()
    {
        var (services, connector) = await ConnectorAsync(Policy);
        await using var _ = services;

        Assert.Null(await Record.ExceptionAsync(() => EverythingAsync(connector)));
    }

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task Without_one_permission_it_is_named(string action)
    {
        var policy = Policy;
        foreach (var actions in policy["Statement"]!.AsArray().Select(statement => statement!["Action"]!.AsArray())) // Likewise.
            actions.Remove(actions.FirstOrDefault(one => one!.GetValue<string>() == action)); // Likewise.
        var (services, connector) = await ConnectorAsync(policy);
        await using var _ = services;

        var failure = await Assert.ThrowsAsync<PlatformException>(() => EverythingAsync(connector));

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.Contains(action, failure.Message, StringComparison.Ordinal);
    }

    private async Task<(ServiceProvider Services, IPlatformConnector Connector)> ConnectorAsync(JsonObject policy)
    {
        var user = new PrincipalName(PrincipalKind.User, "nhigrains");
        await Target.Admin.CreateAsync(user, "/ops/", new Dictionary<string, string>(StringComparer.Ordinal), null, Cancellation);
        await Target.HandsAsync("CreatePolicy", ("PolicyName", "nhigrains"), ("PolicyDocument", policy.ToJsonString()));
        await Target.HandsAsync("AttachUserPolicy", ("UserName", "nhigrains"), ("PolicyArn", $"arn:aws:iam::{SandboxAccount.AccountId}:policy/nhigrains"));
        var key = await Target.Admin.CreateAccessKeyAsync(user, Cancellation);
        return Target.Sandbox.Place.Connector(options => options with { Credentials = new(key.Id, key.Secret) });
    }

    private async Task EverythingAsync(IPlatformConnector connector)
    {
        foreach (var principal in (string[])["role/agent", "user/bot"])
        {
            var desired = Own(principal, 2, new DesiredEntitlement(Reads(1), "g1", null)) with { IdentityId = "billing" };
            await ApplyAsync(connector, desired);
            await ByHandAsync(principal.Split('/')[0] == "role" ? "Role" : "User", principal.Split('/')[1]);
            var seen = await connector.ObserveAsync(desired.Binding, "billing", Cancellation);
            foreach (var foreign in seen.Objects.Where(one => one.Ownership == Ownership.Foreign || one.Object.Kind == Trust.Kind))
                await connector.RemoveAsync(desired.Binding, "billing", foreign.Object, ConnectorTarget.Valid(), Cancellation);
            Assert.Empty((await connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);
            var issued = await connector.IssueCredentialAsync(Request(principal, "g1", TimeSpan.FromHours(1)), ConnectorTarget.Valid(), Cancellation);
            Assert.True(issued.IsOk);
            await connector.EndSessionsAsync(desired.Binding, "billing", ["g1"], ConnectorTarget.Valid(), Cancellation);
            await connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation);
            await ApplyAsync(connector, desired with { Generation = 3, Entitlements = [] });
            await ApplyAsync(connector, desired with { Generation = 3, PrincipalWanted = false, Entitlements = [] });
        }
    }

    private async Task ByHandAsync(string kind, string name)
    {
        await Target.HandsAsync($"Attach{kind}Policy", ($"{kind}Name", name), ("PolicyArn", $"arn:aws:iam::{SandboxAccount.AccountId}:policy/nhigrains"));
        if (kind == "Role")
            await Target.HandsAsync("UpdateAssumeRolePolicy", ("RoleName", name), ("PolicyDocument", Trust.DocumentFor($"arn:aws:iam::{SandboxAccount.AccountId}:root")));
    }
}
