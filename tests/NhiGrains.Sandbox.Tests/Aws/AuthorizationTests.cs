namespace NhiGrains.Sandbox.Tests.Aws;

/// <summary>IAM's own calls are authorized like any others, by path, by tags and by what they are about to give.</summary>
public sealed class AuthorizationTests : AwsTests
{
    private const string Boundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";

    [Fact]
    public async Task Who_may_work_on_one_path_may_not_work_on_another()
    {
        var ours = $"arn:aws:iam::{AccountId}:role/nhi/*";
        using var bot = await UserAsync("bot", Policy.Of(Policy.Allow("iam:CreateRole", ours), Policy.Allow("iam:PutRolePolicy", ours), Policy.Allow("iam:ListRoles", $"arn:aws:iam::{AccountId}:role/nhi/")));
        await RoleAsync("agent");
        var give = Policy.Of(Policy.Allow("*", "*"));
        (string, string)[] Named(string name, string path) => [("RoleName", name), ("Path", path), ("AssumeRolePolicyDocument", Policy.Trust(Root))];

        (await bot.IamAsync("CreateRole", Named("ours", "/nhi/"))).Succeeded();
        (await bot.IamAsync("PutRolePolicy", ("RoleName", "ours"), ("PolicyName", "p"), ("PolicyDocument", give))).Succeeded();
        (await bot.IamAsync("ListRoles", ("PathPrefix", "/nhi/"))).Succeeded();
        Assert.Equal("AccessDenied", (await bot.IamAsync("CreateRole", Named("other", "/"))).Code);
        Assert.Equal("AccessDenied", (await bot.IamAsync("PutRolePolicy", ("RoleName", "agent"), ("PolicyName", "p"), ("PolicyDocument", give))).Code);
        Assert.Equal("AccessDenied", (await bot.IamAsync("ListRoles")).Code);
        Assert.Equal("AccessDenied", (await bot.IamAsync("GetAccountAuthorizationDetails")).Code);
    }

    [Fact]
    public async Task Tags_of_what_is_there_and_of_what_is_sent_count()
    {
        using var bot = await UserAsync("bot", Policy.Of(
            Policy.Allow("iam:DeleteRole", "*", """{"StringEquals":{"iam:ResourceTag/managed-by":"nhigrains"}}"""),
            Policy.Allow("iam:TagRole", "*", """{"StringEquals":{"aws:RequestTag/team":"${aws:PrincipalTag/team}"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}""")));
        (await Admin.IamAsync("TagUser", ("UserName", "bot"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "orders"))).Succeeded();
        await RoleAsync("agent");
        Task<AwsAnswer> Tag(AwsClient client, params (string, string)[] tags) =>
            client.IamAsync("TagRole", [("RoleName", "agent"), .. tags.SelectMany((tag, at) => new[] { ($"Tags.member.{at + 1}.Key", tag.Item1), ($"Tags.member.{at + 1}.Value", tag.Item2) })]);

        (await Tag(bot, ("team", "orders"))).Succeeded();
        Assert.Equal("AccessDenied", (await Tag(bot, ("team", "payments"))).Code);
        Assert.Equal("AccessDenied", (await Tag(bot, ("team", "orders"), ("managed-by", "nhigrains"))).Code);
        Assert.Equal("AccessDenied", (await bot.IamAsync("DeleteRole", ("RoleName", "agent"))).Code);
        (await Tag(Admin, ("managed-by", "nhigrains"))).Succeeded();
        (await bot.IamAsync("DeleteRole", ("RoleName", "agent"))).Succeeded();
    }

    [Fact]
    public async Task The_policy_that_is_attached_and_the_boundary_that_is_set_count()
    {
        using var bot = await UserAsync("bot", Policy.Of(
            Policy.Allow("iam:AttachRolePolicy", "*", $$$"""{"ArnEquals":{"iam:PolicyARN":"{{{Boundary}}}"}}"""),
            Policy.Allow("iam:CreateUser", "*", $$$"""{"StringEquals":{"iam:PermissionsBoundary":"{{{Boundary}}}"}}""")));
        await RoleAsync("agent");

        (await bot.IamAsync("AttachRolePolicy", ("RoleName", "agent"), ("PolicyArn", Boundary))).Succeeded();
        Assert.Equal("AccessDenied", (await bot.IamAsync("AttachRolePolicy", ("RoleName", "agent"), ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"))).Code);
        (await bot.IamAsync("CreateUser", ("UserName", "bounded"), ("PermissionsBoundary", Boundary))).Succeeded();
        Assert.Equal("AccessDenied", (await bot.IamAsync("CreateUser", ("UserName", "free"))).Code);
    }

    [Fact]
    public async Task A_boundary_limits_what_the_users_own_policies_give_and_not_what_a_trust_policy_gives_by_name()
    {
        using var bot = await UserAsync("bot", Policy.Of(Policy.Allow("*", "*")));
        (await Admin.IamAsync("PutUserPermissionsBoundary", ("UserName", "bot"), ("PermissionsBoundary", Boundary))).Succeeded();
        var (byAccount, byName) = (await RoleAsync("by-account"), await RoleAsync("by-name"));
        (await Admin.IamAsync("UpdateAssumeRolePolicy", ("RoleName", "by-name"), ("PolicyDocument", Policy.Trust($"arn:aws:iam::{AccountId}:user/bot")))).Succeeded();
        Task<AwsAnswer> Assume(string role) => bot.StsAsync("AssumeRole", ("RoleArn", role), ("RoleSessionName", "session"));

        Assert.EndsWith("because no permissions boundary allows the iam:ListRoles action", (await bot.IamAsync("ListRoles")).Message, StringComparison.Ordinal);
        Assert.EndsWith("because no permissions boundary allows the sts:AssumeRole action", (await Assume(byAccount)).Message, StringComparison.Ordinal);
        (await Assume(byName)).Succeeded();
        (await Admin.IamAsync("DeleteUserPermissionsBoundary", ("UserName", "bot"))).Succeeded();
        (await Assume(byAccount)).Succeeded();
    }

    [Fact]
    public async Task A_role_that_is_trusted_by_name_is_still_held_by_its_session_policy()
    {
        var first = await RoleAsync("first");
        var second = await RoleAsync("second");
        (await Admin.IamAsync("UpdateAssumeRolePolicy", ("RoleName", "second"), ("PolicyDocument", Policy.Trust(first)))).Succeeded();
        using var free = await AssumeAsync(Admin, first);
        using var held = await AssumeAsync(Admin, first, ("Policy", Policy.Of(Policy.Allow("s3:*", "*"))));

        (await free.StsAsync("AssumeRole", ("RoleArn", second), ("RoleSessionName", "session"))).Succeeded();
        Assert.EndsWith("because no session policy allows the sts:AssumeRole action", (await held.StsAsync("AssumeRole", ("RoleArn", second), ("RoleSessionName", "session"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Managed_policies_are_made_read_attached_and_deleted_when_nobody_has_them()
    {
        var document = Policy.Of(Policy.Allow("sqs:SendMessage", "*"));
        var arn = (await Admin.IamAsync("CreatePolicy", ("PolicyName", "m"), ("Path", "/nhi/"), ("PolicyDocument", document))).Only("Arn");
        using var bot = await UserAsync("bot");
        (await Admin.IamAsync("AttachUserPolicy", ("UserName", "bot"), ("PolicyArn", arn))).Succeeded();

        Assert.Equal("1", (await Admin.IamAsync("GetPolicy", ("PolicyArn", arn))).Only("AttachmentCount"));
        Assert.Equal(document, Uri.UnescapeDataString((await Admin.IamAsync("GetPolicyVersion", ("PolicyArn", arn), ("VersionId", "v1"))).Only("Document")));
        Assert.Equal([arn], (await Admin.IamAsync("ListPolicies", ("Scope", "Local"))).All("Arn"));
        Assert.Equal([arn], (await Admin.IamAsync("ListAttachedUserPolicies", ("UserName", "bot"))).All("PolicyArn"));
        Assert.True(Account.Evaluate($"arn:aws:iam::{AccountId}:user/bot", "sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q").IsAllowed);
        Assert.Equal("EntityAlreadyExists", (await Admin.IamAsync("CreatePolicy", ("PolicyName", "M"), ("PolicyDocument", document))).Code);
        Assert.Equal("DeleteConflict", (await Admin.IamAsync("DeletePolicy", ("PolicyArn", arn))).Code);
        (await Admin.IamAsync("DetachUserPolicy", ("UserName", "bot"), ("PolicyArn", arn))).Succeeded();
        (await Admin.IamAsync("DeletePolicy", ("PolicyArn", arn))).Succeeded();
        Assert.Equal("NoSuchEntity", (await Admin.IamAsync("GetPolicy", ("PolicyArn", arn))).Code);
    }

    [Fact]
    public async Task A_question_without_a_request_has_the_principals_own_keys_and_those_that_are_given()
    {
        var role = await RoleAsync("agent", Policy.Of(
            Policy.Allow("s3:GetObject", "*", """{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"""),
            Policy.Deny("*", "*", """{"DateLessThan":{"aws:TokenIssueTime":"2026-01-01T00:00:00Z"}}""")));
        bool IsAllowed(params (string Key, string Value)[] context) =>
            Account.Evaluate(role, "s3:GetObject", "arn:aws:s3:::b/k", context.ToDictionary(one => one.Key, one => one.Value)).IsAllowed;

        Assert.True(IsAllowed(("aws:SourceIp", "10.1.2.3")));
        Assert.False(IsAllowed(("aws:SourceIp", "11.1.2.3")));
        Assert.False(IsAllowed());
        Assert.False(IsAllowed(("aws:SourceIp", "10.1.2.3"), ("aws:TokenIssueTime", "2025-12-31T23:59:59Z")));
        Assert.False(Account.Evaluate(role + "x", "s3:GetObject", "arn:aws:s3:::b/k").IsAllowed);
    }

    [Fact]
    public async Task What_no_name_can_have_is_told_in_an_answer_that_can_be_read()
    {
        var answer = await Admin.IamAsync("GetRole", ("RoleName", "a\u0001<b>"));

        Assert.Equal((400, "ValidationError"), (answer.Status, answer.Code));
        Assert.Contains("a?<b>", answer.Message, StringComparison.Ordinal);
    }
}
