using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.Aws.Observing;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Aws.Tests.Observing;

public sealed class ObserveTests : AwsTests
{
    private const string ReadOnly = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}""";

    [Fact]
    public async Task Somebody_more_who_may_assume_a_role_of_ours_is_told_and_put_right()
    {
        var desired = Own("role/agent", 2, new DesiredEntitlement(Reads(1), "intent", null));
        await ApplyAsync(Target.Connector, desired);
        await Target.Admin.UpdateAssumeRolePolicyAsync(new(PrincipalKind.Role, "agent"), Trust.DocumentFor("*"), Cancellation);

        var difference = Assert.Single(Compare(desired, await ObserveAsync("role/agent")));
        Assert.Equal((DifferenceKind.Extra, Trust.Kind, Ownership.Ours), (difference.Kind, difference.ObjectKind, difference.Ownership));
        await ApplyAsync(Target.Connector, desired);

        Assert.Empty(Compare(desired, await ObserveAsync("role/agent")));
    }

    [Fact]
    public async Task A_role_of_ours_is_under_our_path_with_our_tags_and_trusts_us_alone()
    {
        await ApplyAsync(Target.Connector, Own("role/agent", 2, new DesiredEntitlement(Reads(1), "intent", null)));

        var role = await Target.Admin.FindAsync(new(PrincipalKind.Role, "agent"), Cancellation);

        Assert.Equal("/nhigrains/", role?.Path);
        Assert.Equal(("nhigrains", "billing"), (role?.Tags["nhigrains:managed-by"], role?.Tags["nhigrains:identity"]));
        Assert.True(Trust.IsFor(role?.TrustPolicy, $"arn:aws:iam::{SandboxAccount.AccountId}:user/admin"));
    }

    [Fact]
    public async Task Every_way_in_which_a_user_has_something_is_seen_with_what_it_gives()
    {
        await ApplyAsync(Target.Connector, Own("user/bot", 2, new DesiredEntitlement(Reads(1), "intent", null)));
        await HandsAsync("CreateGroup", ("GroupName", "devs"));
        await HandsAsync("PutGroupPolicy", ("GroupName", "devs"), ("PolicyName", "read"), ("PolicyDocument", ReadOnly));
        await HandsAsync("AddUserToGroup", ("GroupName", "devs"), ("UserName", "bot"));
        await HandsAsync("CreatePolicy", ("PolicyName", "extra"), ("PolicyDocument", ReadOnly));
        var extra = $"arn:aws:iam::{SandboxAccount.AccountId}:policy/extra";
        await HandsAsync("AttachUserPolicy", ("UserName", "bot"), ("PolicyArn", extra));
        await HandsAsync("PutUserPermissionsBoundary", ("UserName", "bot"), ("PermissionsBoundary", extra));

        var one = await ObserveAsync("user/bot");
        var bulk = (await Target.Connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation)).Single(seen => seen.Principal == "user/bot");

        Assert.Equal(
            [("AttachedPolicy", Ownership.Foreign), ("GroupMembership", Ownership.Foreign), ("GroupPolicy", Ownership.Inherited), ("InlinePolicy", Ownership.Ours), ("PermissionsBoundary", Ownership.Inherited)],
            one.Objects.Select(seen => (seen.Object.Kind, seen.Ownership)));
        Assert.Equal(one.Objects, bulk.Objects);
        Assert.Contains("s3:Get*", one.Objects[0].Object.Body, StringComparison.Ordinal);
        await Target.Connector.RemoveAsync(new(AwsPlace.PlatformId, "user/bot"), "billing", one.Objects[0].Object, ConnectorTarget.Valid(), Cancellation);
        Assert.DoesNotContain(await Target.Admin.ListAttachedPoliciesAsync(new(PrincipalKind.User, "bot"), Cancellation), arn => arn == extra);
        foreach (var wider in one.Objects.Where(seen => seen.Object.Kind is "GroupMembership" or "GroupPolicy"))
            Assert.Equal(PlatformError.Rejected, (await Assert.ThrowsAsync<PlatformException>(() => Target.Connector.RemoveAsync(new(AwsPlace.PlatformId, "user/bot"), "billing", wider.Object, ConnectorTarget.Valid(), Cancellation))).Error);
    }

    [Fact]
    public async Task A_user_who_is_put_into_a_group_by_hand_is_told_and_so_is_what_the_group_gives_when_it_changes()
    {
        var desired = Own("user/bot", 2, new DesiredEntitlement(Reads(1), "intent", null));
        await ApplyAsync(Target.Connector, desired);
        await HandsAsync("CreateGroup", ("GroupName", "admins"));
        await HandsAsync("AddUserToGroup", ("GroupName", "admins"), ("UserName", "bot"));

        var empty = Assert.Single(Compare(desired, await ObserveAsync("user/bot")));
        await HandsAsync("PutGroupPolicy", ("GroupName", "admins"), ("PolicyName", "read"), ("PolicyDocument", ReadOnly));
        var reads = Assert.Single(Compare(desired, await ObserveAsync("user/bot")));

        Assert.Equal((DifferenceKind.Extra, "GroupMembership", "user/bot/admins", Ownership.Foreign), (reads.Kind, reads.ObjectKind, reads.Key, reads.Ownership));
        Assert.NotEqual(empty.Observed, reads.Observed);
    }

    [Fact]
    public async Task Who_may_assume_a_role_that_is_not_ours_is_shown_and_is_nobodys_drift_as_long_as_nobody_changes_it()
    {
        var (app, desired) = (new PrincipalName(PrincipalKind.Role, "app"), Target.Desired(2, Reads(1)));
        await Target.Admin.UpdateAssumeRolePolicyAsync(app, Trust.DocumentFor($"arn:aws:iam::{SandboxAccount.AccountId}:root"), Cancellation);
        await Target.ApplyAsync(desired);

        var seen = await Target.ObserveAsync();

        Assert.Equal(Ownership.Inherited, Assert.Single(seen.Objects, one => one.Object.Kind == Trust.Kind).Ownership);
        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, seen));
        Assert.Equal(0, (await Target.ApplyAsync(desired)).Writes);
    }

    [Fact]
    public async Task A_change_of_who_may_assume_a_role_that_is_not_ours_is_told_and_left_to_a_person_until_the_identity_leaves()
    {
        var (app, desired) = (new PrincipalName(PrincipalKind.Role, "app"), Target.Desired(2, Reads(1)));
        var before = (await Target.Admin.FindAsync(app, Cancellation))?.TrustPolicy ?? "";
        await Target.ApplyAsync(desired);
        await Target.Admin.UpdateAssumeRolePolicyAsync(app, Trust.DocumentFor("*"), Cancellation);

        await Target.ApplyAsync(desired);
        var seen = await Target.ObserveAsync();

        var difference = Assert.Single(Comparison.Compare(Target.Plan(desired).Objects, seen));
        Assert.Equal((DifferenceKind.Extra, Trust.Kind, "role/app", Ownership.Foreign), (difference.Kind, difference.ObjectKind, difference.Key, difference.Ownership));
        Assert.Contains("*", difference.Observed, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<PlatformException>(() => Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, seen.Objects.Single(one => one.Object.Kind == Trust.Kind).Object, ConnectorTarget.Valid(), Cancellation));
        Assert.Equal(PlatformError.Rejected, refused.Error);
        Assert.Contains("*", (await Target.Admin.FindAsync(app, Cancellation))?.TrustPolicy ?? "", StringComparison.Ordinal);
        // In bulk it is told too, also while the role has nothing from us.
        await Target.ApplyAsync(Target.Desired(3));
        Assert.Equal((await Target.ObserveAsync()).Objects, (await Target.Connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation)).Single(one => one.Principal == "role/app").Objects);

        await Target.Admin.UpdateAssumeRolePolicyAsync(app, before, Cancellation);
        Assert.Empty((await Target.ObserveAsync()).Objects);
        await Target.Admin.UpdateAssumeRolePolicyAsync(app, Trust.DocumentFor("*"), Cancellation);
        await Target.ApplyAsync(Target.Desired(4) with { PrincipalWanted = false });
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, one => one.Ownership != Ownership.Inherited);
    }

    [Fact]
    public async Task Reading_one_user_in_a_group_does_not_queue_behind_sweeps()
    {
        await ApplyAsync(Target.Connector, Own("user/bot", 2, new DesiredEntitlement(Reads(1), "intent", null)));
        await HandsAsync("CreateGroup", ("GroupName", "devs"));
        await HandsAsync("AddUserToGroup", ("GroupName", "devs"), ("UserName", "bot"));
        // A sweep's share is one call in 20 s, and who would wait for longer than 5 s is sent away.
        var (services, connector) = Target.Sandbox.Place.Connector(options => options with { Budget = options.Budget with { BackgroundPart = 0.00001, LongestWait = TimeSpan.FromSeconds(5) } });
        await using var _ = services;
        await connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation);

        Assert.NotEmpty((await connector.ObserveAsync(new(AwsPlace.PlatformId, "user/bot"), "billing", Cancellation)).Objects);
        Assert.Equal(PlatformError.Throttled, (await Assert.ThrowsAsync<PlatformException>(async () => await connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation))).Error);
    }

    [Fact]
    public void Roles_of_aws_itself_are_told_apart_by_a_path_that_nobody_else_can_make()
    {
        PrincipalState In(string path) => new(new(new(new(PrincipalKind.Role, "r"), "AROA1", path, "arn", new Dictionary<string, string>(StringComparer.Ordinal), Trust.DocumentFor("us"), null, null), [new("p", ReadOnly)], [], []), new Dictionary<string, string>(StringComparer.Ordinal), []);

        Assert.True(Assert.Single(ObservedObjects.Of(In("/aws-service-role/support.amazonaws.com/"), null, "us")).BuiltIn);
        Assert.False(Assert.Single(ObservedObjects.Of(In("/aws-service-roles/"), null, "us")).BuiltIn);
        Assert.False(Assert.Single(ObservedObjects.Of(In("/x/aws-service-role/"), null, "us")).BuiltIn);
    }

    [Fact]
    public async Task Many_roles_are_read_in_pages_and_a_page_that_breaks_is_no_observation()
    {
        for (var i = 0; i < 30; i++)
            await ApplyAsync(Target.Connector, Own($"role/agent-{i}", 2, new DesiredEntitlement(Reads(1), "intent", null)) with { IdentityId = $"agent-{i}" });
        Target.Sandbox.Server.Faults.Plan = new(PageSize: 7);

        var all = await Target.Faulty.ObserveAllAsync(Cancellation).ToListAsync(Cancellation);

        Assert.Equal(30, all.Count(seen => seen.Objects is [{ Ownership: Ownership.Ours }]));
        var pages = Target.Proxy.Passed.Count(request => request.Action == "GetAccountAuthorizationDetails");
        Assert.True(pages > 4, $"{pages} pages");
        var asked = 0;
        using var broken = Target.Proxy.Inject(new Fault.CutBody(), request => request.Action == "GetAccountAuthorizationDetails" && ++asked > 3);
        var failure = await Assert.ThrowsAsync<PlatformException>(async () => await Target.Faulty.ObserveAllAsync(Cancellation).ToListAsync(Cancellation));
        Assert.Equal(PlatformError.Unavailable, failure.Error);
    }

    [Fact]
    public async Task A_policy_under_our_name_without_our_marker_is_left_alone_and_nothing_is_given_beside_it()
    {
        await Target.PutAsync(Target.Own, null, "arn:aws:s3:::elsewhere/*");

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Reads(1))));

        Assert.Equal(PlatformError.Rejected, failure.Error);
        Assert.Equal(Ownership.Foreign, Assert.Single((await Target.ObserveAsync()).Objects).Ownership);
    }

    private Task<Observation> ObserveAsync(string principal) => Target.Connector.ObserveAsync(new(AwsPlace.PlatformId, principal), "billing", Cancellation);

    private IReadOnlyList<Difference> Compare(DesiredState desired, Observation observed) =>
        Comparison.Compare(Target.Connector.Compile(new("billing", desired.Binding, desired.Entitlements, ControllerEndAllowed: false)).Objects, observed);

    private Task HandsAsync(string action, params (string Name, string Value)[] parameters) => Target.HandsAsync(action, parameters);
}
