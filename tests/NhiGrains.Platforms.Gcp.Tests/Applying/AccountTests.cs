using System.Net;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Platforms.Gcp.Tests.Applying;

/// <summary>Accounts that we create and delete, and the pitfalls of both.</summary>
public class AccountTests : GcpTests
{
    private static readonly Binding Made = new(GcpTarget.PlatformId, GcpTarget.EmailOf("made-by-us"), CreateIfMissing: true);
    private static readonly string Path = $"v1/projects/{GcpTarget.Project}/serviceAccounts/{Made.Principal}";

    private DesiredState Wanted => Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)) with { Binding = Made };

    private DesiredState Gone => Target.Desired(3) with { Binding = Made, PrincipalWanted = false };

    [Fact]
    public async Task An_account_is_created_for_the_identity_and_deleted_with_it()
    {
        var created = await Target.ApplyAsync(Wanted);
        var account = await Target.Hands.DoAsync("GET", Path);
        Assert.Equal(created.PrincipalNativeId, account["uniqueId"]?.GetValue<string>());
        Assert.Contains(Target.IdentityId, account["description"]?.GetValue<string>(), StringComparison.Ordinal);

        var left = await Target.ApplyAsync(Gone);

        Assert.Null(left.PrincipalNativeId);
        Assert.Equal(HttpStatusCode.NotFound, (await Target.Hands.SendAsync("GET", Path)).Code);
        Assert.Equal(0, (await Target.ApplyAsync(Gone)).Writes);
        Assert.Empty((await Target.Connector.ProbeAsync(Gone, Cancellation))?.Wrong ?? []);
    }

    [Fact]
    public async Task One_that_is_restored_afterwards_is_disabled_and_has_nothing()
    {
        var id = (await Target.ApplyAsync(Wanted)).PrincipalNativeId;
        await Target.ApplyAsync(Gone);

        await Target.Hands.DoAsync("POST", $"v1/projects/{GcpTarget.Project}/serviceAccounts/{id}:undelete", new System.Text.Json.Nodes.JsonObject());

        Assert.True((await Target.Hands.DoAsync("GET", Path))["disabled"]?.GetValue<bool>());
        Assert.False(await Target.Hands.AllowsAsync(Made.Principal, "storage.objects.get", $"//storage.googleapis.com/projects/_/buckets/{GcpTarget.Bucket}/objects/object-1", Target.Server.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task Keys_that_people_made_for_an_account_of_ours_go_with_it_and_do_not_come_back()
    {
        var id = (await Target.ApplyAsync(Wanted)).PrincipalNativeId;
        await Target.Hands.DoAsync("POST", $"{Path}/keys", new System.Text.Json.Nodes.JsonObject());
        await Target.ApplyAsync(Gone);

        await Target.Hands.DoAsync("POST", $"v1/projects/{GcpTarget.Project}/serviceAccounts/{id}:undelete", new System.Text.Json.Nodes.JsonObject());

        Assert.Null((await Target.Hands.DoAsync("GET", $"{Path}/keys?keyTypes=USER_MANAGED"))["keys"]);
    }

    [Fact]
    public async Task An_account_that_somebody_makes_under_the_address_meanwhile_is_left_alone()
    {
        await Target.ApplyAsync(Wanted);
        // It is decided upon what is seen here.
        await Target.Connector.ObserveAsync(Made, Target.IdentityId, Cancellation);
        await Target.Hands.DoAsync("DELETE", Path);
        await Target.Hands.CreateAccountAsync("made-by-us");
        await Target.Hands.DoAsync("POST", $"{Path}/keys", new System.Text.Json.Nodes.JsonObject());
        var theirs = await Target.Hands.DoAsync("GET", Path);

        await Target.ApplyAsync(Gone);

        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(theirs, await Target.Hands.DoAsync("GET", Path)));
        Assert.Single((await Target.Hands.DoAsync("GET", $"{Path}/keys?keyTypes=USER_MANAGED"))["keys"]?.AsArray() ?? []);
    }

    [Fact]
    public async Task A_key_of_an_account_that_is_not_ours_stays_when_the_identity_goes_and_is_told()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await Target.Hands.DoAsync("POST", $"v1/projects/{GcpTarget.Project}/serviceAccounts/{Target.Binding.Principal}/keys", new System.Text.Json.Nodes.JsonObject());

        await Target.ApplyAsync(Target.Desired(3) with { PrincipalWanted = false });

        Assert.Equal("Key", Assert.Single((await Target.ObserveAsync()).Objects, seen => seen.Ownership == Ownership.Foreign).Object.Kind);
    }

    [Fact]
    public async Task An_account_of_somebody_else_stays_enabled_and_where_it_is()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));

        var left = await Target.ApplyAsync(Target.Desired(3) with { PrincipalWanted = false });

        Assert.NotNull(left.PrincipalNativeId);
        Assert.NotEqual(true, (await Target.Hands.DoAsync("GET", $"v1/projects/{GcpTarget.Project}/serviceAccounts/{Target.Binding.Principal}"))["disabled"]?.GetValue<bool>());
        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
    }

    [Fact]
    public async Task A_disabled_account_is_told_and_enabled_only_when_a_person_says_so()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        await Target.Hands.DoAsync("POST", $"v1/projects/{GcpTarget.Project}/serviceAccounts/{Target.Binding.Principal}:disable", new System.Text.Json.Nodes.JsonObject());

        Assert.Equal(0, (await Target.ApplyAsync(desired)).Writes);
        var extra = Assert.Single(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.NotEmpty((await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);
        await Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, new(extra.ObjectKind, extra.Key, extra.Observed ?? ""), TestKit.Contract.ConnectorTarget.Valid(), Cancellation);

        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
    }

    [Theory]
    [InlineData("short@shop-prod.iam.gserviceaccount.com")]
    [InlineData("billing-app@other-prod.iam.gserviceaccount.com")]
    [InlineData("billing-app")]
    [InlineData("user@example.com")]
    [InlineData("Billing-App@shop-prod.iam.gserviceaccount.com")]
    [InlineData("a/../b@shop-prod.iam.gserviceaccount.com")]
    [InlineData("123-compute@developer.gserviceaccount.com")]
    public void What_cannot_be_created_in_the_project_is_refused_by_its_form(string principal) =>
        Assert.NotNull(Target.Connector.CheckBinding(new(GcpTarget.PlatformId, principal, CreateIfMissing: true)));

    [Theory]
    [InlineData("billing-app@shop-prod.iam.gserviceaccount.com")]
    [InlineData("123-compute@developer.gserviceaccount.com")]
    [InlineData("shop-prod@appspot.gserviceaccount.com")]
    public void What_exists_in_a_project_can_be_bound_to(string principal) =>
        Assert.Null(Target.Connector.CheckBinding(new(GcpTarget.PlatformId, principal)));
}
