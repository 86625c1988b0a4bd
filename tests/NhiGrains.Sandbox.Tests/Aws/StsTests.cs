using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace NhiGrains.Sandbox.Tests.Aws;

public sealed class StsTests : AwsTests
{
    private static readonly string Everything = Policy.Of(Policy.Allow("*", "*"));

    [Fact]
    public async Task The_real_client_becomes_a_role_and_is_told_who_it_is()
    {
        var role = await RoleAsync("agent", Everything);
        var config = new AmazonSecurityTokenServiceConfig { ServiceURL = Address.ToString(), AuthenticationRegion = "eu-west-1" };
        using var client = new AmazonSecurityTokenServiceClient(new BasicAWSCredentials(Account.AdminKeyId, Account.AdminSecret), config);

        var assumed = await client.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = role, RoleSessionName = "s-1", DurationSeconds = 900 }, TestContext.Current.CancellationToken);
        using var session = new AmazonSecurityTokenServiceClient(assumed.Credentials, config);
        var identity = await session.GetCallerIdentityAsync(new GetCallerIdentityRequest(), TestContext.Current.CancellationToken);

        Assert.Equal($"arn:aws:sts::{AccountId}:assumed-role/agent/s-1", identity.Arn);
        Assert.Equal(assumed.AssumedRoleUser.AssumedRoleId, identity.UserId);
        Assert.StartsWith("ASIA", assumed.Credentials.AccessKeyId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_real_client_corrects_its_clock_when_the_sandboxs_was_moved()
    {
        Server.Clock.Advance(TimeSpan.FromHours(5));
        var config = new AmazonSecurityTokenServiceConfig { ServiceURL = Address.ToString(), AuthenticationRegion = "us-east-1" };
        using var client = new AmazonSecurityTokenServiceClient(new BasicAWSCredentials(Account.AdminKeyId, Account.AdminSecret), config);

        Assert.Equal(AccountId, (await client.GetCallerIdentityAsync(new GetCallerIdentityRequest(), TestContext.Current.CancellationToken)).Account);
    }

    [Theory]
    [InlineData("899", "ValidationError")]
    [InlineData("900", "")]
    [InlineData("3600", "")]
    [InlineData("3601", "ValidationError")]
    [InlineData("43201", "ValidationError")]
    public async Task A_session_is_as_long_as_the_role_allows(string seconds, string error)
    {
        var role = await RoleAsync("agent");

        Assert.Equal(error, (await Admin.StsAsync("AssumeRole", ("RoleArn", role), ("RoleSessionName", "session"), ("DurationSeconds", seconds))).Code);
    }

    [Fact]
    public async Task A_role_with_a_longer_maximum_gives_longer_sessions_but_not_to_another_role()
    {
        var (role, other) = (await RoleAsync("agent", Everything), await RoleAsync("other", Everything));
        (await Admin.IamAsync("UpdateRole", ("RoleName", "agent"), ("MaxSessionDuration", "43200"))).Succeeded();
        using var long_ = await AssumeAsync(Admin, role, ("DurationSeconds", "43200"));
        using var chained = await AssumeAsync(Admin, other);

        Assert.Equal("ValidationError", (await chained.StsAsync("AssumeRole", ("RoleArn", role), ("RoleSessionName", "session"), ("DurationSeconds", "3601"))).Code);
        Server.Clock.Advance(TimeSpan.FromHours(11.9));
        (await long_.StsAsync("GetCallerIdentity")).Succeeded();
        Server.Clock.Advance(TimeSpan.FromHours(0.2));
        Assert.Equal("ExpiredToken", (await long_.StsAsync("GetCallerIdentity")).Code);
    }

    [Fact]
    public async Task A_session_lives_with_its_role_and_not_with_its_successor()
    {
        var role = await RoleAsync("agent", Everything);
        using var session = await AssumeAsync(Admin, role);
        (await session.IamAsync("ListRoles")).Succeeded();

        (await Admin.IamAsync("DeleteRolePolicy", ("RoleName", "agent"), ("PolicyName", "p"))).Succeeded();
        Assert.Equal("AccessDenied", (await session.IamAsync("ListRoles")).Code);
        (await Admin.IamAsync("DeleteRole", ("RoleName", "agent"))).Succeeded();
        await RoleAsync("agent", Everything);
        Assert.Equal("InvalidClientTokenId", (await session.IamAsync("ListRoles")).Code);
    }

    [Fact]
    public async Task A_deny_by_token_issue_time_ends_the_sessions_before_it_and_none_after()
    {
        var role = await RoleAsync("agent", Everything);
        using var before = await AssumeAsync(Admin, role);
        Server.Clock.Advance(TimeSpan.FromMinutes(1));
        var now = Server.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var condition = $$$"""{"DateLessThan":{"aws:TokenIssueTime":"{{{now}}}"}}""";
        (await Admin.IamAsync("PutRolePolicy", ("RoleName", "agent"), ("PolicyName", "revoked"), ("PolicyDocument", Policy.Of(Policy.Deny("*", "*", condition))))).Succeeded();
        Server.Clock.Advance(TimeSpan.FromMinutes(1));
        using var after = await AssumeAsync(Admin, role);

        Assert.Equal("AccessDenied", (await before.IamAsync("ListRoles")).Code);
        (await after.IamAsync("ListRoles")).Succeeded();
    }

    [Fact]
    public async Task A_session_policy_takes_away_and_never_gives()
    {
        var role = await RoleAsync("agent", Policy.Of(Policy.Allow("iam:List*", "*")));
        using var session = await AssumeAsync(Admin, role, ("Policy", Policy.Of(Policy.Allow("iam:ListRoles", "*"), Policy.Allow("iam:GetRole", "*"))));

        (await session.IamAsync("ListRoles")).Succeeded();
        Assert.EndsWith("because no session policy allows the iam:ListUsers action", (await session.IamAsync("ListUsers")).Message, StringComparison.Ordinal);
        Assert.EndsWith("because no identity-based policy allows the iam:GetRole action", (await session.IamAsync("GetRole", ("RoleName", "agent"))).Message, StringComparison.Ordinal);
        Assert.Equal("MalformedPolicyDocument", (await Admin.StsAsync("AssumeRole", ("RoleArn", role), ("RoleSessionName", "session"), ("Policy", "{}"))).Code);
    }

    [Fact]
    public async Task Who_the_trust_policy_names_may_and_the_account_may_if_its_own_policies_say_so()
    {
        using var ann = await UserAsync("ann");
        using var bob = await UserAsync("bob", Policy.Of(Policy.Allow("sts:AssumeRole", $"arn:aws:iam::{AccountId}:role/agent")));
        var role = await RoleAsync("agent");
        Task<AwsAnswer> Assume(AwsClient client) => client.StsAsync("AssumeRole", ("RoleArn", role), ("RoleSessionName", "session"));

        Assert.Equal((403, "AccessDenied"), ((await Assume(ann)).Status, (await Assume(ann)).Code));
        (await Assume(bob)).Succeeded();
        (await Admin.IamAsync("UpdateAssumeRolePolicy", ("RoleName", "agent"), ("PolicyDocument", Policy.Trust($"arn:aws:iam::{AccountId}:user/ann")))).Succeeded();
        (await Assume(ann)).Succeeded();
        Assert.Equal("AccessDenied", (await Assume(bob)).Code);
        Assert.Equal("AccessDenied", (await Admin.StsAsync("AssumeRole", ("RoleArn", role + "x"), ("RoleSessionName", "session"))).Code);
    }

    [Fact]
    public async Task A_user_that_was_created_again_is_not_whom_the_trust_policy_named()
    {
        using var ann = await UserAsync("ann");
        var role = await RoleAsync("agent");
        (await Admin.IamAsync("UpdateAssumeRolePolicy", ("RoleName", "agent"), ("PolicyDocument", Policy.Trust($"arn:aws:iam::{AccountId}:user/ann")))).Succeeded();
        var id = (await Admin.IamAsync("GetUser", ("UserName", "ann"))).Only("UserId");
        (await Admin.IamAsync("DeleteAccessKey", ("UserName", "ann"), ("AccessKeyId", ann.KeyId))).Succeeded();
        (await Admin.IamAsync("DeleteUser", ("UserName", "ann"))).Succeeded();
        using var again = await UserAsync("ann");

        Assert.Equal("AccessDenied", (await again.StsAsync("AssumeRole", ("RoleArn", role), ("RoleSessionName", "session"))).Code);
        Assert.Contains(id, (await Admin.IamAsync("GetRole", ("RoleName", "agent"))).Only("AssumeRolePolicyDocument"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trust_policy_can_ask_for_an_external_id_and_a_session_name()
    {
        var role = await RoleAsync("agent");
        var condition = """{"StringEquals":{"sts:ExternalId":"42"},"StringLike":{"sts:RoleSessionName":"ann-*"}}""";
        (await Admin.IamAsync("UpdateAssumeRolePolicy", ("RoleName", "agent"), ("PolicyDocument", Policy.Trust(Root, condition)))).Succeeded();
        Task<AwsAnswer> Assume(string name, string id) => Admin.StsAsync("AssumeRole", ("RoleArn", role), ("RoleSessionName", name), ("ExternalId", id));

        (await Assume("ann-1", "42")).Succeeded();
        Assert.Equal("AccessDenied", (await Assume("bob-1", "42")).Code);
        Assert.Equal("AccessDenied", (await Assume("ann-1", "43")).Code);
    }

    [Fact]
    public async Task Everybody_may_ask_who_they_are()
    {
        using var bot = await UserAsync("bot", Policy.Of(Policy.Deny("*", "*")));

        Assert.Equal($"arn:aws:iam::{AccountId}:user/bot", (await bot.StsAsync("GetCallerIdentity")).Only("Arn"));
    }
}
