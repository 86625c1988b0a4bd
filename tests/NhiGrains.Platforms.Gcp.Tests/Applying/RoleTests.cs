using System.Text.Json.Nodes;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Sandbox.Gcp;

namespace NhiGrains.Platforms.Gcp.Tests.Applying;

/// <summary>Custom roles that nobody is bound to any more.</summary>
public class RoleTests : GcpTests
{
    private const string Roles = $"v1/projects/{GcpTarget.Project}/roles";

    private DesiredState Reading => Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));

    [Fact]
    public async Task When_the_project_is_full_it_is_told_which_of_ours_nobody_is_bound_to()
    {
        await Target.ApplyAsync(Reading);
        await Target.ApplyAsync(Target.Desired(3, Target.Entitlement(Target.Resource(1), Verb.Delete)));
        await Task.WhenAll(Enumerable.Range(1, new GcpQuotas().CustomRoles - 2).Select(number => Target.Hands.DoAsync("POST", Roles, new JsonObject
        {
            ["roleId"] = $"theirs{number}", ["role"] = new JsonObject { ["title"] = "theirs", ["includedPermissions"] = new JsonArray("storage.objects.get") },
        })));

        var full = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(4, Target.Entitlement(Target.Resource(1), Verb.Write))));

        Assert.Equal(PlatformError.Rejected, full.Error);
        var unused = RoleOf(Target.Plan(Reading));
        Assert.Contains("Nobody is bound to 1 of ours", full.Message, StringComparison.Ordinal);
        Assert.Contains(unused, full.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("theirs", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_somebody_deletes_while_two_are_about_to_use_it_ends_up_given_to_both()
    {
        await Target.Hands.CreateAccountAsync("shipping-app");
        await Target.ApplyAsync(Reading);
        await Target.ApplyAsync(Target.Desired(3));
        DesiredState[] both = [Reading with { Generation = 4 }, Reading with { Generation = 4, IdentityId = "shipping", Binding = new Binding(GcpTarget.PlatformId, GcpTarget.EmailOf("shipping-app")) }];
        var role = RoleOf(Target.Plan(both[0]));

        // It goes between their looking at it and their binding somebody to it, and once more after that.
        await Target.Hands.DoAsync("DELETE", $"v1/{role}");
        await Task.WhenAll(both.Select(ConvergeAsync).Append(Target.Hands.SendAsync("DELETE", $"v1/{role}")));
        await Task.WhenAll(both.Select(ConvergeAsync));

        Assert.All(await Task.WhenAll(both.Select(one => Target.Hands.AllowsAsync(
            one.Binding.Principal, "storage.objects.get", $"//storage.googleapis.com/projects/_/buckets/{GcpTarget.Bucket}/objects/object-1", Target.Server.Clock.GetUtcNow()))), Assert.True);
    }

    /// <summary>As the engine does: apply, read back, again.</summary>
    private Task ConvergeAsync(DesiredState desired) => TestKit.Waiting.Eventually.TrueAsync(async () =>
    {
        try
        {
            var plan = Target.Plan(desired);
            await Target.Connector.ApplyAsync(desired, plan, ConnectorTarget.Valid(), Cancellation);
            return Comparison.Compare(plan.Objects, await Target.Connector.ObserveAsync(desired.Binding, desired.IdentityId, Cancellation)).Count == 0;
        }
        catch (PlatformException failure) when (failure.Error is PlatformError.Conflict or PlatformError.Rejected or PlatformError.Unavailable)
        {
            return false;
        }
    }, TimeSpan.FromSeconds(60), () => $"{desired.IdentityId} did not converge.", Cancellation);

    private static string RoleOf(Translation plan) => JsonNode.Parse(Assert.Single(plan.Objects).Body)?["role"]?.GetValue<string>() ?? "";
}
