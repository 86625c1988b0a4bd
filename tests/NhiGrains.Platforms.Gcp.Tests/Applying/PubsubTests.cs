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

    [Theory]
    [InlineData("allAuthenticatedUsers")]
    [InlineData("allUsers")]
    public async Task Everybody_in_a_binding_of_ours_is_drift_and_is_taken_out_and_others_stay(string everybody)
    {
        await Target.Hands.DoAsync("PUT", Topic, new System.Text.Json.Nodes.JsonObject());
        var desired = Target.Desired(2, Target.Entitlement(Orders, Verb.Write));
        await Target.ApplyAsync(desired);
        await AddMembersAsync("user:somebody@example.com", everybody);

        var changed = Assert.Single(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.Equal((DifferenceKind.Changed, Ownership.Ours), (changed.Kind, changed.Ownership));
        Assert.Contains(everybody, changed.Observed, StringComparison.Ordinal);
        Assert.DoesNotContain("somebody", changed.Observed, StringComparison.Ordinal);
        await Target.ApplyAsync(desired);

        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.Equal(["serviceAccount:" + Target.Binding.Principal, "user:somebody@example.com"], (await MembersAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Everybody_in_a_binding_of_ours_goes_with_the_account()
    {
        await Target.Hands.DoAsync("PUT", Topic, new System.Text.Json.Nodes.JsonObject());
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Orders, Verb.Write)));
        await AddMembersAsync("user:somebody@example.com", "allAuthenticatedUsers");

        await Target.ApplyAsync(Target.Desired(3));

        Assert.False(await MayPublishAsync("billing-app"));
        Assert.Equal(["user:somebody@example.com"], await MembersAsync());
    }

    [Theory]
    [InlineData("group:staff@example.com")]
    [InlineData("domain:example.com")]
    [InlineData("principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/pool/*")]
    public async Task A_group_that_others_put_beside_us_stays_and_goes_when_a_person_says_so(string group)
    {
        await Target.Hands.DoAsync("PUT", Topic, new System.Text.Json.Nodes.JsonObject());
        var desired = Target.Desired(2, Target.Entitlement(Orders, Verb.Write));
        await Target.ApplyAsync(desired);
        await AddMembersAsync("user:somebody@example.com", group);

        var written = await Target.ApplyAsync(desired);

        Assert.Equal(0, written.Writes);
        Assert.Equivalent(new[] { Target.Member, "user:somebody@example.com", group }, await MembersAsync(), strict: true);
        var extra = Assert.Single(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.Equal((DifferenceKind.Extra, Ownership.Foreign), (extra.Kind, extra.Ownership));
        Assert.Contains(group, extra.Observed, StringComparison.Ordinal);
        await Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, new(extra.ObjectKind, extra.Key, extra.Observed ?? ""), TestKit.Contract.ConnectorTarget.Valid(), Cancellation);

        Assert.Equivalent(new[] { Target.Member, "user:somebody@example.com" }, await MembersAsync(), strict: true);
        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
    }

    [Fact]
    public async Task A_group_that_others_put_beside_us_stays_when_the_account_goes_and_is_seen_as_inherited()
    {
        await Target.Hands.DoAsync("PUT", Topic, new System.Text.Json.Nodes.JsonObject());
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Orders, Verb.Write)));
        await AddMembersAsync("group:staff@example.com");

        await Target.ApplyAsync(Target.Desired(3));

        Assert.Equal(["group:staff@example.com"], await MembersAsync());
        Assert.Equal(Ownership.Inherited, Assert.Single((await Target.ObserveAsync()).Objects).Ownership);
    }

    [Fact]
    public async Task Everybody_in_a_binding_of_another_identitys_is_seen_as_inherited()
    {
        await Target.Hands.DoAsync("PUT", Topic, new System.Text.Json.Nodes.JsonObject());
        await Target.Hands.CreateAccountAsync("shipping-app");
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Orders, Verb.Write)));
        await AddMembersAsync("allAuthenticatedUsers");

        var seen = Assert.Single((await Target.Connector.ObserveAsync(new Binding(GcpTarget.PlatformId, GcpTarget.EmailOf("shipping-app")), "shipping", Cancellation)).Objects);

        Assert.Equal(Ownership.Inherited, seen.Ownership);
        Assert.Contains("pubsub.topics.publish", seen.Object.Body, StringComparison.Ordinal);
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

    private Task AddMembersAsync(params string[] members) => Target.Hands.EditAsync(Topic, bindings =>
    {
        foreach (var member in members)
            bindings.Single()?["members"]?.AsArray().Add(member);
    });

    private async Task<string[]> MembersAsync() =>
        [.. Assert.Single((await Target.Hands.PolicyAsync(Topic))["bindings"]?.AsArray() ?? [])?["members"]?.AsArray().Select(member => member?.GetValue<string>()).OfType<string>() ?? []];

    private Task<bool> MayPublishAsync(string account) => Target.Hands.AllowsAsync(
        GcpTarget.EmailOf(account), "pubsub.topics.publish", $"//pubsub.googleapis.com/projects/{GcpTarget.Project}/topics/orders", Target.Server.Clock.GetUtcNow());
}
