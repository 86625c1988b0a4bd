using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Aws.Tests.Applying;

/// <summary>AWS deletes no principal that somebody put something on, and that somebody has to be told of it.</summary>
public sealed class OffboardingTests : AwsTests
{
    private const string Undeleted = "UndeletedPrincipal";

    private static readonly PrincipalName Agent = new(PrincipalKind.Role, "agent");
    private static readonly PrincipalName Bot = new(PrincipalKind.User, "bot");

    [Fact]
    public async Task A_role_of_ours_that_somebody_attached_a_policy_to_is_what_is_left_until_a_person_says_so()
    {
        await GivenAsync("role/agent");
        await AttachAsync("Role", "agent");
        await Target.Admin.UpdateAssumeRolePolicyAsync(Agent, Trust.DocumentFor("*"), Cancellation);

        var result = await LeaveAsync("role/agent", 3);
        var left = await ObserveAsync("role/agent");

        Assert.NotNull(result.PrincipalNativeId);
        Assert.Equal([("AttachedPolicy", Ownership.Foreign), (Undeleted, Ownership.Foreign)], left.Objects.Select(seen => (seen.Object.Kind, seen.Ownership)));
        Assert.Contains("must detach all policies", left.Objects[1].Object.Body, StringComparison.Ordinal);
        Assert.Equal(left.Objects, (await Target.Connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation)).Single(seen => seen.Principal == "role/agent").Objects);
        Assert.Equal(0, (await LeaveAsync("role/agent", 3)).Writes);
        await RemoveAsync("role/agent", left);
        Assert.Null((await ObserveAsync("role/agent")).PrincipalNativeId);
    }

    [Fact]
    public async Task Sessions_of_a_role_of_ours_that_stays_have_nothing_of_what_others_put_on_it()
    {
        await GivenAsync("role/agent");
        await AttachAsync("Role", "agent");
        var session = await IssueAsync(Target.Connector, "role/agent", "g1", TimeSpan.FromHours(1));

        await LeaveAsync("role/agent", 3);

        using var s3 = new S3Client(Target.Sandbox.Place.Address, session, Target.Sandbox.Server.Clock);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, await s3.GetAsync($"/{Target.Resource(1).Container}/{Target.Resource(1).Name}"));
        Assert.Contains((await ObserveAsync("role/agent")).Objects, seen => seen.Object.Kind == Undeleted);
    }

    [Fact]
    public async Task A_user_of_ours_with_a_key_and_a_group_from_others_shows_what_keeps_it()
    {
        await GivenAsync("user/bot");
        await Target.HandsAsync("CreateGroup", ("GroupName", "devs"));
        await Target.HandsAsync("AddUserToGroup", ("GroupName", "devs"), ("UserName", "bot"));
        var key = await Target.Admin.CreateAccessKeyAsync(Bot, Cancellation);

        await LeaveAsync("user/bot", 3);
        var left = await ObserveAsync("user/bot");

        Assert.Equal(
            [("AccessKey", $"user/bot/{key.Id}"), ("GroupMembership", "user/bot/devs"), (Undeleted, "user/bot")],
            left.Objects.Select(seen => (seen.Object.Kind, seen.Object.Key)));
        Assert.All(left.Objects, seen => Assert.Equal(Ownership.Foreign, seen.Ownership));
        Assert.Equal(left.Objects, (await Target.Connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation)).Single(seen => seen.Principal == "user/bot").Objects);
        await Target.HandsAsync("RemoveUserFromGroup", ("GroupName", "devs"), ("UserName", "bot"));
        await RemoveAsync("user/bot", left);
        Assert.Null(await Target.Admin.FindAsync(Bot, Cancellation));
    }

    [Fact]
    public async Task What_keeps_it_and_is_nothing_that_is_read_is_told_in_the_words_of_aws_after_another_try()
    {
        const string refusal = """<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>DeleteConflict</Code><Message>Cannot delete entity, must delete MFA device first.</Message></Error><RequestId>1</RequestId></ErrorResponse>""";
        await GivenAsync("user/bot");
        var (services, connector) = Target.Sandbox.Place.Connector(options => options with { Endpoint = Target.Proxy.Address, PropagationLag = TimeSpan.Zero });
        await using var _ = services;
        using var kept = Target.Proxy.Inject(new Fault.Answer(409, Body: refusal, ContentType: "text/xml"), request => request.Action == "DeleteUser");

        var first = await Assert.ThrowsAsync<PlatformException>(() => LeaveAsync("user/bot", 3, connector));
        var second = await LeaveAsync("user/bot", 3, connector);

        Assert.Equal(PlatformError.Conflict, first.Error);
        Assert.NotNull(second.PrincipalNativeId);
        var left = Assert.Single((await ObserveAsync("user/bot")).Objects);
        Assert.Equal((Undeleted, Ownership.Foreign), (left.Object.Kind, left.Ownership));
        Assert.Contains("must delete MFA device first", left.Object.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_principal_that_was_to_be_deleted_and_is_wanted_again_is_no_more_what_is_left()
    {
        await GivenAsync("role/agent");
        await AttachAsync("Role", "agent");
        await LeaveAsync("role/agent", 3);

        await GivenAsync("role/agent", 4);

        Assert.Equal(["AttachedPolicy", "InlinePolicy"], (await ObserveAsync("role/agent")).Objects.Select(seen => seen.Object.Kind));
        Assert.NotNull(await Target.Admin.FindAsync(Agent, Cancellation));
    }

    private Task<ApplyResult> GivenAsync(string principal, long generation = 2) =>
        ApplyAsync(Target.Connector, Own(principal, generation, new DesiredEntitlement(Reads(1), "intent", null)));

    private Task<ApplyResult> LeaveAsync(string principal, long generation, IPlatformConnector? through = null) =>
        ApplyAsync(through ?? Target.Connector, Own(principal, generation) with { PrincipalWanted = false });

    private Task<Observation> ObserveAsync(string principal) => Target.Connector.ObserveAsync(new(AwsPlace.PlatformId, principal), "billing", Cancellation);

    private async Task AttachAsync(string kind, string name)
    {
        await Target.HandsAsync("CreatePolicy", ("PolicyName", "extra"), ("PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"""));
        await Target.HandsAsync($"Attach{kind}Policy", ($"{kind}Name", name), ("PolicyArn", $"arn:aws:iam::{SandboxAccount.AccountId}:policy/extra"));
    }

    /// <summary>What a person shown the differences asks to be removed, in the order in which they are shown.</summary>
    private async Task RemoveAsync(string principal, Observation shown)
    {
        foreach (var difference in Comparison.Compare([], shown))
            await Target.Connector.RemoveAsync(new(AwsPlace.PlatformId, principal), "billing", new(difference.ObjectKind, difference.Key, difference.Observed ?? ""), ConnectorTarget.Valid(), Cancellation);
    }
}
