namespace NhiGrains.Sandbox.Tests.Aws;

public sealed class IamTests : AwsTests
{
    [Fact]
    public async Task A_role_is_created_read_listed_and_deleted_and_comes_back_with_another_id()
    {
        var created = (await Admin.IamAsync("CreateRole", ("RoleName", "agent"), ("Path", "/nhi/"), ("AssumeRolePolicyDocument", Policy.Trust(Root)), ("Description", "An agent"), ("MaxSessionDuration", "7200"), ("Tags.member.1.Key", "owner"), ("Tags.member.1.Value", "ann"))).Succeeded();
        var read = (await Admin.IamAsync("GetRole", ("RoleName", "agent"))).Succeeded();

        Assert.Equal($"arn:aws:iam::{AccountId}:role/nhi/agent", created.Only("Arn"));
        Assert.StartsWith("AROA", created.Only("RoleId"), StringComparison.Ordinal);
        Assert.Equal("https://iam.amazonaws.com/doc/2010-05-08/", read.Xml.Root?.Name.NamespaceName);
        Assert.Equal(("7200", "An agent", "ann"), (read.Only("MaxSessionDuration"), read.Only("Description"), read.Only("Value")));
        Assert.Equal(Policy.Trust(Root), Uri.UnescapeDataString(read.Only("AssumeRolePolicyDocument")));
        Assert.Equal(["agent"], (await Admin.IamAsync("ListRoles", ("PathPrefix", "/nhi/"))).All("RoleName"));
        Assert.Empty((await Admin.IamAsync("ListRoles", ("PathPrefix", "/other/"))).All("RoleName"));
        Assert.Equal("EntityAlreadyExists", (await Admin.IamAsync("CreateRole", ("RoleName", "AGENT"), ("AssumeRolePolicyDocument", Policy.Trust(Root)))).Code);

        (await Admin.IamAsync("DeleteRole", ("RoleName", "agent"))).Succeeded();
        Assert.Equal((404, "NoSuchEntity"), Error(await Admin.IamAsync("GetRole", ("RoleName", "agent"))));
        await RoleAsync("agent");
        Assert.NotEqual(created.Only("RoleId"), (await Admin.IamAsync("GetRole", ("RoleName", "agent"))).Only("RoleId"));
    }

    [Fact]
    public async Task What_has_policies_keys_or_groups_cannot_be_deleted()
    {
        await RoleAsync("agent", Policy.Of(Policy.Allow("s3:GetObject", "*")));
        Assert.Equal((409, "DeleteConflict"), Error(await Admin.IamAsync("DeleteRole", ("RoleName", "agent"))));
        (await Admin.IamAsync("DeleteRolePolicy", ("RoleName", "agent"), ("PolicyName", "p"))).Succeeded();
        (await Admin.IamAsync("AttachRolePolicy", ("RoleName", "agent"), ("PolicyArn", "arn:aws:iam::aws:policy/AWSDenyAll"))).Succeeded();
        Assert.Equal("DeleteConflict", (await Admin.IamAsync("DeleteRole", ("RoleName", "agent"))).Code);
        (await Admin.IamAsync("DetachRolePolicy", ("RoleName", "agent"), ("PolicyArn", "arn:aws:iam::aws:policy/AWSDenyAll"))).Succeeded();
        (await Admin.IamAsync("DeleteRole", ("RoleName", "agent"))).Succeeded();

        using var bot = await UserAsync("bot");
        Assert.Equal("DeleteConflict", (await Admin.IamAsync("DeleteUser", ("UserName", "bot"))).Code);
        (await Admin.IamAsync("DeleteAccessKey", ("UserName", "bot"), ("AccessKeyId", bot.KeyId))).Succeeded();
        (await Admin.IamAsync("CreateGroup", ("GroupName", "bots"))).Succeeded();
        (await Admin.IamAsync("AddUserToGroup", ("GroupName", "bots"), ("UserName", "bot"))).Succeeded();
        Assert.Equal(["bots"], (await Admin.IamAsync("ListGroupsForUser", ("UserName", "bot"))).All("GroupName"));
        Assert.Equal("DeleteConflict", (await Admin.IamAsync("DeleteUser", ("UserName", "bot"))).Code);
        (await Admin.IamAsync("RemoveUserFromGroup", ("GroupName", "bots"), ("UserName", "bot"))).Succeeded();
        (await Admin.IamAsync("DeleteUser", ("UserName", "bot"))).Succeeded();
    }

    [Fact]
    public async Task Inline_policies_are_given_back_as_they_were_written()
    {
        var policy = Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::b/a b+c%20é/*"));
        await RoleAsync("agent", policy);

        Assert.Equal(policy, Uri.UnescapeDataString((await Admin.IamAsync("GetRolePolicy", ("RoleName", "agent"), ("PolicyName", "p"))).Only("PolicyDocument")));
        Assert.Equal(["p"], (await Admin.IamAsync("ListRolePolicies", ("RoleName", "agent"))).All("member"));
        Assert.Equal("NoSuchEntity", (await Admin.IamAsync("DeleteRolePolicy", ("RoleName", "agent"), ("PolicyName", "q"))).Code);
    }

    [Fact]
    public async Task An_inactive_or_deleted_key_is_refused_and_the_third_key_cannot_be_made()
    {
        using var bot = await UserAsync("bot");
        using var second = await KeyAsync("bot");
        Assert.Equal((409, "LimitExceeded"), Error(await Admin.IamAsync("CreateAccessKey", ("UserName", "bot"))));
        Assert.Equal($"arn:aws:iam::{AccountId}:user/bot", (await bot.StsAsync("GetCallerIdentity")).Only("Arn"));

        (await Admin.IamAsync("UpdateAccessKey", ("UserName", "bot"), ("AccessKeyId", bot.KeyId), ("Status", "Inactive"))).Succeeded();
        Assert.Equal((403, "InvalidClientTokenId"), Error(await bot.StsAsync("GetCallerIdentity")));
        Assert.Equal(["Active", "Inactive"], (await Admin.IamAsync("ListAccessKeys", ("UserName", "bot"))).All("Status").Order());
        (await Admin.IamAsync("UpdateAccessKey", ("UserName", "bot"), ("AccessKeyId", bot.KeyId), ("Status", "Active"))).Succeeded();
        (await bot.StsAsync("GetCallerIdentity")).Succeeded();
        (await Admin.IamAsync("DeleteAccessKey", ("UserName", "bot"), ("AccessKeyId", bot.KeyId))).Succeeded();
        Assert.Equal((403, "InvalidClientTokenId"), Error(await bot.StsAsync("GetCallerIdentity")));

        Assert.Equal((404, "NoSuchEntity"), Error(await Admin.IamAsync("GetAccessKeyLastUsed", ("AccessKeyId", bot.KeyId))));
        Assert.Equal("N/A", (await Admin.IamAsync("GetAccessKeyLastUsed", ("AccessKeyId", second.KeyId))).Only("ServiceName"));
        (await second.StsAsync("GetCallerIdentity")).Succeeded();
        var used = await Admin.IamAsync("GetAccessKeyLastUsed", ("AccessKeyId", second.KeyId));
        Assert.Equal(("bot", "sts", "us-east-1"), (used.Only("UserName"), used.Only("ServiceName"), used.Only("Region")));
    }

    [Fact]
    public async Task Who_may_not_is_told_the_action_and_the_resource()
    {
        using var bot = await UserAsync("bot", Policy.Of(Policy.Allow("iam:GetRole", "*"), Policy.Deny("iam:DeleteRole", "*")));
        await RoleAsync("agent");

        (await bot.IamAsync("GetRole", ("RoleName", "agent"))).Succeeded();
        var implicitly = await bot.IamAsync("PutRolePolicy", ("RoleName", "agent"), ("PolicyName", "p"), ("PolicyDocument", Policy.Of(Policy.Allow("*", "*"))));
        var explicitly = await bot.IamAsync("DeleteRole", ("RoleName", "agent"));

        Assert.Equal((403, "AccessDenied"), Error(implicitly));
        Assert.Equal($"User: arn:aws:iam::{AccountId}:user/bot is not authorized to perform: iam:PutRolePolicy on resource: arn:aws:iam::{AccountId}:role/agent because no identity-based policy allows the iam:PutRolePolicy action", implicitly.Message);
        Assert.EndsWith($"iam:DeleteRole on resource: arn:aws:iam::{AccountId}:role/agent with an explicit deny in an identity-based policy", explicitly.Message, StringComparison.Ordinal);
        Assert.Empty((await Admin.IamAsync("ListRolePolicies", ("RoleName", "agent"))).All("member"));
    }

    [Fact]
    public async Task What_is_unknown_or_wrong_is_named()
    {
        Assert.Equal((400, "InvalidAction"), Error(await Admin.IamAsync("CreateEverything")));
        Assert.Equal((400, "InvalidAction"), Error(await Admin.QueryAsync("iam", "2011-01-01", "ListRoles")));
        Assert.Equal((400, "ValidationError"), Error(await Admin.IamAsync("GetRole")));
        Assert.Equal((400, "ValidationError"), Error(await Admin.IamAsync("GetRole", ("RoleName", "a/b"))));
        Assert.Equal((400, "ValidationError"), Error(await Admin.IamAsync("GetRole", ("Rolename", "a"))));
        Assert.Equal((400, "ValidationError"), Error(await Admin.IamAsync("ListRoles", ("MaxItems", "1001"))));
        Assert.Equal((400, "ValidationError"), Error(await Admin.IamAsync("ListRoles", ("Marker", "?"))));
        Assert.Equal((400, "MalformedPolicyDocument"), Error(await Admin.IamAsync("CreateRole", ("RoleName", "a"), ("AssumeRolePolicyDocument", Policy.Trust($"arn:aws:iam::{AccountId}:user/nobody")))));
    }

    private static (int Status, string Code) Error(AwsAnswer answer) => (answer.Status, answer.Code);
}
