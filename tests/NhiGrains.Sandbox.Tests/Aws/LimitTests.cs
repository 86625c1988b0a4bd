using NhiGrains.Sandbox.Aws;

namespace NhiGrains.Sandbox.Tests.Aws;

public sealed class LimitTests : AwsTests
{
    protected override AwsLimits Limits => new(Roles: 3, Users: 4);

    [Fact]
    public async Task An_account_has_so_many_roles_and_users()
    {
        foreach (var number in Enumerable.Range(0, 3))
        {
            await RoleAsync($"role-{number}");
            (await Admin.IamAsync("CreateUser", ("UserName", $"user-{number}"))).Succeeded();
        }

        Assert.Equal((409, "LimitExceeded"), Error(await Admin.IamAsync("CreateRole", ("RoleName", "one-more"), ("AssumeRolePolicyDocument", Policy.Trust(Root)))));
        Assert.Equal((409, "LimitExceeded"), Error(await Admin.IamAsync("CreateUser", ("UserName", "one-more"))));
        (await Admin.IamAsync("DeleteRole", ("RoleName", "role-0"))).Succeeded();
        await RoleAsync("one-more");
    }

    [Theory]
    [InlineData("Role", 10_240)]
    [InlineData("User", 2_048)]
    [InlineData("Group", 5_120)]
    public async Task Inline_policies_are_counted_together_and_without_white_space(string kind, int most)
    {
        await RoleAsync("it");
        (await Admin.IamAsync("CreateUser", ("UserName", "it"))).Succeeded();
        (await Admin.IamAsync("CreateGroup", ("GroupName", "it"))).Succeeded();
        Task<AwsAnswer> Put(string name, string policy) => Admin.IamAsync($"Put{kind}Policy", ($"{kind}Name", "it"), ("PolicyName", name), ("PolicyDocument", policy));
        var small = OfLength(200);

        (await Put("small", small)).Succeeded();
        (await Put("big", OfLength(most - 200) + new string(' ', 5_000))).Succeeded();
        Assert.Equal((409, "LimitExceeded"), Error(await Put("big", OfLength(most - 199))));
        Assert.Equal((409, "LimitExceeded"), Error(await Put("third", small)));
        (await Put("small", small)).Succeeded();
    }

    [Fact]
    public async Task Tags_are_fifty_and_keys_differ_by_more_than_case()
    {
        await RoleAsync("agent");
        (string, string)[] Tags(int from, int to) => [.. Enumerable.Range(from, to - from).SelectMany(at => new[] { ($"Tags.member.{at - from + 1}.Key", $"k{at}"), ($"Tags.member.{at - from + 1}.Value", "v") })];

        (await Admin.IamAsync("TagRole", [("RoleName", "agent"), .. Tags(0, 50)])).Succeeded();
        Assert.Equal((409, "LimitExceeded"), Error(await Admin.IamAsync("TagRole", [("RoleName", "agent"), .. Tags(50, 51)])));
        (await Admin.IamAsync("TagRole", ("RoleName", "agent"), ("Tags.member.1.Key", "K7"), ("Tags.member.1.Value", "new"))).Succeeded();
        var tags = await Admin.IamAsync("ListRoleTags", ("RoleName", "agent"));
        Assert.Equal(50, tags.All("Key").Length);
        Assert.Contains("K7", tags.All("Key"));
        Assert.Equal((400, "InvalidInput"), Error(await Admin.IamAsync("TagRole", ("RoleName", "agent"), ("Tags.member.1.Key", "aws:x"), ("Tags.member.1.Value", "v"))));
        (await Admin.IamAsync("UntagRole", ("RoleName", "agent"), ("TagKeys.member.1", "k7"), ("TagKeys.member.2", "none"))).Succeeded();
        Assert.Equal(49, (await Admin.IamAsync("ListRoleTags", ("RoleName", "agent"))).All("Key").Length);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    [InlineData("a_1+=,.@-Z", true)]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123", true)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    public async Task Names_are_of_their_alphabet_and_length(string name, bool allowed) =>
        Assert.Equal(allowed ? "" : "ValidationError", (await Admin.IamAsync("CreateUser", ("UserName", name))).Code);

    [Theory]
    [InlineData("/", true)]
    [InlineData("/nhi/agents/", true)]
    [InlineData("nhi/", false)]
    [InlineData("/nhi", false)]
    [InlineData("", false)]
    public async Task Paths_begin_and_end_with_a_slash(string path, bool allowed) =>
        Assert.Equal(allowed ? "" : "ValidationError", (await Admin.IamAsync("CreateUser", ("UserName", "bot"), ("Path", path))).Code);

    private static string OfLength(int length)
    {
        var shortest = Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::b/")).Length;
        return Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::b/" + new string('x', length - shortest)));
    }

    private static (int Status, string Code) Error(AwsAnswer answer) => (answer.Status, answer.Code);
}
