namespace NhiGrains.Sandbox.Tests.Aws;

public sealed class BulkReadTests : AwsTests
{
    private const string Operation = "GetAccountAuthorizationDetails";

    [Fact]
    public async Task It_has_all_that_says_who_may_do_what()
    {
        using var bot = await UserAsync("bot", Policy.Of(Policy.Allow("s3:GetObject", "*")));
        await RoleAsync("agent", Policy.Of(Policy.Allow("s3:PutObject", "*")));
        (await Admin.IamAsync("TagRole", ("RoleName", "agent"), ("Tags.member.1.Key", "owner"), ("Tags.member.1.Value", "ann"))).Succeeded();
        (await Admin.IamAsync("CreateGroup", ("GroupName", "bots"))).Succeeded();
        (await Admin.IamAsync("AddUserToGroup", ("GroupName", "bots"), ("UserName", "bot"))).Succeeded();
        (await Admin.IamAsync("PutGroupPolicy", ("GroupName", "bots"), ("PolicyName", "g"), ("PolicyDocument", Policy.Of(Policy.Allow("s3:ListBucket", "*"))))).Succeeded();
        var managed = (await Admin.IamAsync("CreatePolicy", ("PolicyName", "m"), ("PolicyDocument", Policy.Of(Policy.Allow("sqs:SendMessage", "*"))))).Only("Arn");
        (await Admin.IamAsync("AttachRolePolicy", ("RoleName", "agent"), ("PolicyArn", managed))).Succeeded();
        (await Admin.IamAsync("PutRolePermissionsBoundary", ("RoleName", "agent"), ("PermissionsBoundary", managed))).Succeeded();

        var all = (await Admin.IamAsync(Operation)).Succeeded();

        Assert.Equal(["admin", "bot"], all.All("UserName"));
        Assert.Equal(["bots", "bots"], all.Xml.Descendants().Where(one => one.Name.LocalName == "GroupName" || one.Parent?.Name.LocalName == "GroupList").Select(one => one.Value));
        Assert.Equal("agent", all.Only("RoleName"));
        Assert.Equal(managed, all.Only("PermissionsBoundaryArn"));
        Assert.Equal("ann", all.Only("Value"));
        var role = all.Xml.Descendants().Single(one => one.Name.LocalName == "RoleDetailList").Elements().Single();
        Assert.Equal(Policy.Of(Policy.Allow("s3:PutObject", "*")), Uri.UnescapeDataString(role.Descendants().Single(one => one.Name.LocalName == "PolicyDocument").Value));
        Assert.Contains(all.All("Document"), text => Uri.UnescapeDataString(text) == Policy.Of(Policy.Allow("sqs:SendMessage", "*")));
        Assert.Contains("arn:aws:iam::aws:policy/AdministratorAccess", all.All("Arn"));

        var some = (await Admin.IamAsync(Operation, ("Filter.member.1", "Role"), ("Filter.member.2", "LocalManagedPolicy"))).Succeeded();
        Assert.Empty(some.All("UserName"));
        Assert.Single(some.All("RoleName"));
        Assert.DoesNotContain("arn:aws:iam::aws:policy/AdministratorAccess", some.All("Arn"));
        Assert.Equal("ValidationError", (await Admin.IamAsync(Operation, ("Filter.member.1", "Roles"))).Code);
    }

    [Theory]
    [InlineData(null, "1000", 1)]
    [InlineData(null, "7", 5)]
    [InlineData(3, "1000", 14)]
    [InlineData(1, "1000", 45)]
    public async Task Pages_have_everything_once_some_are_empty_and_what_changes_in_between_disturbs_nothing(int? small, string most, int pages)
    {
        foreach (var number in Enumerable.Range(0, 25))
            await RoleAsync($"role-{number:D2}");
        Server.Faults.Plan = new(PageSize: small);

        var (names, marker, read, empty) = (new List<string>(), (string?)null, 0, 0);
        do
        {
            (string, string)[] more = marker is null ? [] : [("Marker", marker)];
            var page = (await Admin.IamAsync(Operation, [("MaxItems", most), .. more])).Succeeded();
            names.AddRange(page.All("RoleName"));
            empty += page.All("Arn").Length == 0 ? 1 : 0;
            marker = page.All("Marker").SingleOrDefault();
            Assert.Equal(marker is not null, page.Only("IsTruncated") == "true");
            if (read++ == 1)
                (await Admin.IamAsync("DeleteRole", ("RoleName", "role-00"))).Succeeded();
        }
        while (marker is not null);

        Assert.Equal(Enumerable.Range(0, 25).Select(number => $"role-{number:D2}"), names.Prepend("role-00").Distinct().Order());
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Equal(small is not null, empty > 0);
        Assert.InRange(read, pages - 1, pages);
    }

    [Fact]
    public async Task Lists_of_one_kind_have_pages_as_well()
    {
        foreach (var number in Enumerable.Range(0, 5))
            (await Admin.IamAsync("CreateUser", ("UserName", $"User-{number}"))).Succeeded();

        var first = await Admin.IamAsync("ListUsers", ("MaxItems", "4"));
        var second = await Admin.IamAsync("ListUsers", ("MaxItems", "4"), ("Marker", first.Only("Marker")));

        Assert.Equal(["admin", "User-0", "User-1", "User-2"], first.All("UserName"));
        Assert.Equal(["User-3", "User-4"], second.All("UserName"));
        Assert.Equal("false", second.Only("IsTruncated"));
    }
}
