using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Platforms.Gcp.Tests.Applying;

/// <summary>Pub/Sub takes no conditions: there a binding is ours by its role, and has no end of its own.</summary>
public class PubsubTests : GcpTests
{
    private const string Topic = $"v1/projects/{GcpTarget.Project}/topics/orders";

    private static readonly ResourceSelector Orders = new("pubsub-topic", "", ResourceMatch.Exact, "orders");

    [Fact]
    public async Task One_topic_is_given_in_its_own_policy_and_taken_away_again()
    {
        await Target.Hands.DoAsync("PUT", Topic, new System.Text.Json.Nodes.JsonObject());
        await Target.Hands.BindAsync(Topic, "roles/pubsub.viewer", "user:somebody@example.com");
        var desired = Target.Desired(2, Target.Entitlement(Orders, Verb.Write));

        await Target.ApplyAsync(desired);
        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.True(await MayPublishAsync("billing-app"));
        Assert.Equal(0, (await Target.ApplyAsync(desired)).Writes);
        await Target.ApplyAsync(Target.Desired(3));

        Assert.False(await MayPublishAsync("billing-app"));
        Assert.Equal("roles/pubsub.viewer", Assert.Single((await Target.Hands.PolicyAsync(Topic))["bindings"]?.AsArray() ?? [])?["role"]?.GetValue<string>());
    }

    [Fact]
    public async Task Two_identities_share_a_binding_and_one_takes_only_itself_out()
    {
        await Target.Hands.DoAsync("PUT", Topic, new System.Text.Json.Nodes.JsonObject());
        await Target.Hands.CreateAccountAsync("shipping-app");
        var other = Target.Desired(2, Target.Entitlement(Orders, Verb.Write)) with { IdentityId = "shipping", Binding = new Binding(GcpTarget.PlatformId, GcpTarget.EmailOf("shipping-app")) };
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Orders, Verb.Write)));
        await Target.ApplyAsync(other);

        await Target.ApplyAsync(Target.Desired(3));

        Assert.False(await MayPublishAsync("billing-app"));
        Assert.True(await MayPublishAsync("shipping-app"));
        Assert.Equal(0, (await Target.ApplyAsync(other)).Writes);
    }

    [Fact]
    public void An_end_of_one_topic_is_kept_by_the_controller_and_only_with_consent()
    {
        DesiredEntitlement ending = new(Target.Entitlement(Orders, Verb.Write), "g1", DateTimeOffset.UnixEpoch.AddYears(100));

        var kept = Target.Connector.Compile(new(Target.IdentityId, Target.Binding, [ending], ControllerEndAllowed: true));
        var refused = Target.Connector.Compile(new(Target.IdentityId, Target.Binding, [ending], ControllerEndAllowed: false));

        Assert.Equal(Target.Connector.Capabilities.ControllerLag, Assert.IsType<Fidelity.ControllerEnforced>(kept.Fidelity).WorstCaseLag);
        Assert.Equal("END_NOT_NATIVE", Assert.IsType<Fidelity.Refused>(refused.Fidelity).Why.Code);
    }

    [Fact]
    public void An_end_of_all_topics_is_kept_by_Google()
    {
        DesiredEntitlement ending = new(Target.Entitlement(Orders with { Match = ResourceMatch.All, Name = null }, Verb.Write), "g1", DateTimeOffset.UnixEpoch.AddYears(100));

        var plan = Target.Connector.Compile(new(Target.IdentityId, Target.Binding, [ending], ControllerEndAllowed: false));

        Assert.IsType<Fidelity.Exact>(plan.Fidelity);
    }

    private Task<bool> MayPublishAsync(string account) => Target.Hands.AllowsAsync(
        GcpTarget.EmailOf(account), "pubsub.topics.publish", $"//pubsub.googleapis.com/projects/{GcpTarget.Project}/topics/orders", Target.Server.Clock.GetUtcNow());
}
