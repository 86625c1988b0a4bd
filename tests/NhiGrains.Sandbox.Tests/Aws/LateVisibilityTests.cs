namespace NhiGrains.Sandbox.Tests.Aws;

public sealed class LateVisibilityTests : AwsTests
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task What_was_written_is_read_and_decided_on_later_and_built_on_at_once()
    {
        Server.Faults.Plan = new(VisibleAfter: Late);

        await RoleAsync("agent", Policy.Of(Policy.Allow("s3:GetObject", "*")));
        Assert.Equal("EntityAlreadyExists", (await Admin.IamAsync("CreateRole", ("RoleName", "agent"), ("AssumeRolePolicyDocument", Policy.Trust(Root)))).Code);
        Assert.Equal("NoSuchEntity", (await Admin.IamAsync("GetRole", ("RoleName", "agent"))).Code);
        Assert.False(Account.Evaluate($"arn:aws:iam::{AccountId}:role/agent", "s3:GetObject", "arn:aws:s3:::b/k").IsAllowed);

        Server.Clock.Advance(Late);
        (await Admin.IamAsync("GetRole", ("RoleName", "agent"))).Succeeded();
        Assert.True(Account.Evaluate($"arn:aws:iam::{AccountId}:role/agent", "s3:GetObject", "arn:aws:s3:::b/k").IsAllowed);

        (await Admin.IamAsync("DeleteRolePolicy", ("RoleName", "agent"), ("PolicyName", "p"))).Succeeded();
        Assert.Equal("NoSuchEntity", (await Admin.IamAsync("DeleteRolePolicy", ("RoleName", "agent"), ("PolicyName", "p"))).Code);
        Assert.Equal(["p"], (await Admin.IamAsync("ListRolePolicies", ("RoleName", "agent"))).All("member"));
        Assert.True(Account.Evaluate($"arn:aws:iam::{AccountId}:role/agent", "s3:GetObject", "arn:aws:s3:::b/k").IsAllowed);
        Server.Clock.Advance(Late);
        Assert.False(Account.Evaluate($"arn:aws:iam::{AccountId}:role/agent", "s3:GetObject", "arn:aws:s3:::b/k").IsAllowed);
    }

    [Fact]
    public async Task A_key_works_some_time_after_it_was_made_and_some_time_after_it_was_deleted()
    {
        Server.Faults.Plan = new(VisibleAfter: Late);
        using var bot = await UserAsync("bot");

        Assert.Equal("InvalidClientTokenId", (await bot.StsAsync("GetCallerIdentity")).Code);
        Server.Clock.Advance(Late);
        (await bot.StsAsync("GetCallerIdentity")).Succeeded();
        (await Admin.IamAsync("DeleteAccessKey", ("UserName", "bot"), ("AccessKeyId", bot.KeyId))).Succeeded();
        (await bot.StsAsync("GetCallerIdentity")).Succeeded();
        Server.Clock.Advance(Late);
        Assert.Equal("InvalidClientTokenId", (await bot.StsAsync("GetCallerIdentity")).Code);
    }

    [Theory]
    [InlineData(1, 0, new[] { "400 Throttling" })]
    [InlineData(0, 1, new[] { "502 HTML", "503 ServiceUnavailable" })]
    public async Task Faults_are_said_in_AWSs_words_or_in_HTML(double throttled, double serverError, string[] expected)
    {
        Server.Faults.Plan = new(Throttled: throttled, ServerError: serverError);

        var said = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var _ in Enumerable.Range(0, 20))
        {
            var answer = await Admin.IamAsync("ListRoles");
            said.Add($"{answer.Status} {(answer.Status == 502 ? "HTML" : answer.Code)}");
        }

        Assert.Equal(expected, said);
    }

    [Fact]
    public async Task What_timed_out_was_done()
    {
        Server.Faults.Plan = new(TimeoutAfterSuccess: 1);
        await Assert.ThrowsAsync<HttpRequestException>(() => Admin.IamAsync("CreateUser", ("UserName", "bot")));
        Server.Faults.Plan = new();

        Assert.Equal("EntityAlreadyExists", (await Admin.IamAsync("CreateUser", ("UserName", "bot"))).Code);
    }
}
