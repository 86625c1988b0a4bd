namespace NhiGrains.Sandbox.Tests.Aws;

public sealed class SimulationTests : AwsTests
{
    private static readonly string Until = """{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}""";

    [Fact]
    public async Task One_result_an_action_with_one_of_its_own_per_resource()
    {
        var role = await RoleAsync("agent", Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::b/a/*"), Policy.Deny("s3:DeleteObject", "*")));

        var answer = await SimulateAsync(role, ["s3:GetObject", "s3:DeleteObject"], ["arn:aws:s3:::b/a/x", "arn:aws:s3:::b/b/x"]);

        Assert.Equal(["implicitDeny", "explicitDeny"], answer.All("EvalDecision"));
        Assert.Equal(["allowed", "implicitDeny", "explicitDeny", "explicitDeny"], answer.All("EvalResourceDecision"));
        Assert.Contains("role_agent_p", answer.All("SourcePolicyId"));
    }

    [Fact]
    public async Task It_knows_what_it_is_told_and_says_what_it_was_not()
    {
        var role = await RoleAsync("agent", Policy.Of(Policy.Allow("s3:GetObject", "*", Until)));
        (string, string)[] At(string time) =>
            [("ContextEntries.member.1.ContextKeyName", "aws:CurrentTime"), ("ContextEntries.member.1.ContextKeyType", "date"), ("ContextEntries.member.1.ContextKeyValues.member.1", time)];

        var without = await SimulateAsync(role, ["s3:GetObject"], ["arn:aws:s3:::b/x"]);
        Assert.Equal("implicitDeny", without.Only("EvalDecision"));
        Assert.Contains("aws:CurrentTime", without.Xml.Descendants().Where(one => one.Parent?.Name.LocalName == "MissingContextValues").Select(one => one.Value));
        Assert.Equal("allowed", (await SimulateAsync(role, ["s3:GetObject"], ["arn:aws:s3:::b/x"], At("2025-12-31T23:59:59Z"))).Only("EvalDecision"));
        Assert.Equal("implicitDeny", (await SimulateAsync(role, ["s3:GetObject"], ["arn:aws:s3:::b/x"], At("2026-01-01T00:00:00Z"))).Only("EvalDecision"));
    }

    [Fact]
    public async Task Groups_and_boundaries_count()
    {
        using var bot = await UserAsync("bot");
        var user = $"arn:aws:iam::{AccountId}:user/bot";
        (await Admin.IamAsync("CreateGroup", ("GroupName", "bots"))).Succeeded();
        (await Admin.IamAsync("PutGroupPolicy", ("GroupName", "bots"), ("PolicyName", "p"), ("PolicyDocument", Policy.Of(Policy.Allow("s3:*", "*"))))).Succeeded();
        Assert.Equal("implicitDeny", (await SimulateAsync(user, ["s3:GetObject"], [])).Only("EvalDecision"));
        (await Admin.IamAsync("AddUserToGroup", ("GroupName", "bots"), ("UserName", "bot"))).Succeeded();
        Assert.Equal("allowed", (await SimulateAsync(user, ["s3:GetObject"], [])).Only("EvalDecision"));

        (await Admin.IamAsync("PutUserPermissionsBoundary", ("UserName", "bot"), ("PermissionsBoundary", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"))).Succeeded();
        var bounded = await SimulateAsync(user, ["s3:GetObject", "s3:PutObject"], []);
        Assert.Equal(["allowed", "implicitDeny"], bounded.All("EvalDecision"));
        Assert.Contains("false", bounded.All("AllowedByPermissionsBoundary"));
    }

    [Fact]
    public async Task It_has_pages_and_refuses_what_is_wrong()
    {
        var role = await RoleAsync("agent", Policy.Of(Policy.Allow("s3:*", "*")));
        var first = await SimulateAsync(role, ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], [], ("MaxItems", "2"));
        var second = await SimulateAsync(role, ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], [], ("MaxItems", "2"), ("Marker", first.Only("Marker")));

        Assert.Equal(["s3:GetObject", "s3:PutObject", "s3:ListBucket"], [.. first.All("EvalActionName"), .. second.All("EvalActionName")]);
        Assert.Equal("NoSuchEntity", (await SimulateAsync(role + "x", ["s3:GetObject"], [])).Code);
        Assert.Equal("InvalidInput", (await SimulateAsync(role, ["GetObject"], [])).Code);
        Assert.Equal("ValidationError", (await SimulateAsync(role, [], [])).Code);
    }

    private Task<AwsAnswer> SimulateAsync(string source, string[] actions, string[] resources, params (string, string)[] more) =>
        Admin.IamAsync("SimulatePrincipalPolicy", [("PolicySourceArn", source), .. Members("ActionNames", actions), .. Members("ResourceArns", resources), .. more]);

    private static IEnumerable<(string, string)> Members(string name, string[] values) => values.Select((value, at) => ($"{name}.member.{at + 1}", value));
}
