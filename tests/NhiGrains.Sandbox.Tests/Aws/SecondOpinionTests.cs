using NhiGrains.Platforms.TestKit.Moto;

namespace NhiGrains.Sandbox.Tests.Aws;

/// <summary>
/// The same users and requests on the sandbox and on moto, by the same client. Only what moto can be trusted for is asked:
/// S3 actions on an ARN or a prefix, what denies, policies taken away, keys deleted. Conditions are not, for moto ignores them.
/// </summary>
public sealed class SecondOpinionTests(SandboxAndMoto clouds) : IClassFixture<SandboxAndMoto>
{
    private static readonly string[] Policies =
    [
        Policy.Of(Policy.Allow("*", "*")),
        Policy.Of(Policy.Allow("s3:*", "*")),
        Policy.Of(Policy.Allow("s3:GetObject", "*")),
        Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::orders/*")),
        Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::orders/team-a/*")),
        Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::orders/team-a/x")),
        Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::orders")),
        Policy.Of(Policy.Allow("s3:Get*", "arn:aws:s3:::orders/team-*")),
        Policy.Of(Policy.Allow("s3:PutObject", "arn:aws:s3:::orders/team-a/*")),
        Policy.Of(Policy.Allow("s3:DeleteObject", "arn:aws:s3:::orders/team-a/x")),
        Policy.Of(Policy.Allow("s3:ListBucket", "arn:aws:s3:::orders")),
        Policy.Of(Policy.Allow("s3:ListBucket", "arn:aws:s3:::orders/*")),
        Policy.Of(Policy.Allow("s3:List*", "*"), Policy.Allow("s3:GetObject", "arn:aws:s3:::orders/team-ab/*")),
        Policy.Of(Policy.Allow("s3:*", "*"), Policy.Deny("s3:DeleteObject", "*")),
        Policy.Of(Policy.Allow("s3:*", "*"), Policy.Deny("s3:*", "arn:aws:s3:::orders/team-ab/*")),
        Policy.Of(Policy.Deny("s3:GetObject", "arn:aws:s3:::orders/team-a/x"), Policy.Allow("s3:Get*", "arn:aws:s3:::orders/*")),
        Policy.Of(Policy.Deny("*", "*"), Policy.Allow("*", "*")),
        Policy.Of(Policy.Deny("s3:GetObject", "*")),
        Policy.Of(Policy.Allow("sqs:*", "*")),
        Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::order")),
        Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::orders-2/*")),
    ];

    private static readonly (string Method, string Path, (string, string)[] Query)[] Requests =
    [
        ("GET", "/orders/team-a/x", []),
        ("HEAD", "/orders/team-a/x", []),
        ("GET", "/orders/team-ab/x", []),
        ("GET", "/orders-2/team-a/x", []),
        ("GET", "/orders", [("list-type", "2")]),
        ("GET", "/orders-2", [("list-type", "2")]),
        ("PUT", "/orders/team-a/x", []),
        ("PUT", "/orders/team-ab/x", []),
        ("DELETE", "/orders/team-a/x", []),
        ("DELETE", "/orders/team-ab/x", []),
    ];

    [Fact]
    public async Task Every_policy_gives_the_same_on_both()
    {
        var differences = new List<string>();
        var allowed = 0;
        foreach (var (policy, at) in Policies.Select((policy, at) => (policy, at)))
        {
            var answers = new List<bool[]>();
            foreach (var (admin, address) in clouds.Both)
            {
                using var user = await UserAsync(admin, address, $"user-{at}", policy);
                answers.Add(await AllowedAsync(user, admin));
            }

            allowed += answers[0].Count(one => one);
            differences.AddRange(Requests.Select((request, number) => (request, number))
                .Where(one => answers[0][one.number] != answers[1][one.number])
                .Select(one => $"{one.request.Method} {one.request.Path} with {policy}: sandbox {answers[0][one.number]}, moto {answers[1][one.number]}"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Policies.Length * Requests.Length} requests on each, {allowed} allowed, {differences.Count} differences.");
        Assert.Empty(differences);
        Assert.InRange(allowed, 40, (Policies.Length * Requests.Length) - 100);
    }

    [Fact]
    public async Task A_policy_that_is_taken_away_and_a_key_that_is_deleted_end_access_on_both()
    {
        foreach (var (admin, address) in clouds.Both)
        {
            using var user = await UserAsync(admin, address, "ending", Policy.Of(Policy.Allow("s3:*", "*")));
            Assert.Equal(200, (await user.S3Async("GET", "/orders/team-a/x")).Status);
            (await admin.IamAsync("DeleteUserPolicy", ("UserName", "ending"), ("PolicyName", "p"))).Succeeded();
            Assert.Equal(403, (await user.S3Async("GET", "/orders/team-a/x")).Status);
            (await admin.IamAsync("DeleteAccessKey", ("UserName", "ending"), ("AccessKeyId", user.KeyId))).Succeeded();
            Assert.Equal((403, "InvalidAccessKeyId"), ((await user.S3Async("GET", "/orders/team-a/x")).Status, (await user.S3Async("GET", "/orders/team-a/x")).Code));
        }
    }

    [Fact]
    public async Task A_session_has_its_roles_policies_as_they_are_on_both()
    {
        foreach (var (admin, address) in clouds.Both)
        {
            var role = (await admin.IamAsync("CreateRole", ("RoleName", "agent"), ("AssumeRolePolicyDocument", Policy.Trust($"arn:aws:iam::{MotoServer.AccountId}:root")))).Only("Arn");
            (await admin.IamAsync("PutRolePolicy", ("RoleName", "agent"), ("PolicyName", "p"), ("PolicyDocument", Policies[4]))).Succeeded();
            var credentials = (await admin.StsAsync("AssumeRole", ("RoleArn", role), ("RoleSessionName", "session"))).Succeeded();
            using var session = new AwsClient(address, credentials.Only("AccessKeyId"), credentials.Only("SecretAccessKey"), credentials.Only("SessionToken"));

            Assert.Equal(200, (await session.S3Async("GET", "/orders/team-a/x")).Status);
            Assert.Equal(403, (await session.S3Async("GET", "/orders/team-ab/x")).Status);
            (await admin.IamAsync("DeleteRolePolicy", ("RoleName", "agent"), ("PolicyName", "p"))).Succeeded();
            Assert.Equal(403, (await session.S3Async("GET", "/orders/team-a/x")).Status);
        }
    }

    [Theory]
    [InlineData("DeleteRole", 404, "NoSuchEntity", "RoleName", "none")]
    [InlineData("GetUser", 404, "NoSuchEntity", "UserName", "none")]
    [InlineData("CreateUser", 409, "EntityAlreadyExists", "UserName", "admin")]
    [InlineData("GetRolePolicy", 404, "NoSuchEntity", "RoleName", "none", "PolicyName", "none")]
    [InlineData("PutUserPolicy", 400, "MalformedPolicyDocument", "UserName", "admin", "PolicyName", "p", "PolicyDocument", "{}")]
    [InlineData("PutUserPolicy", 400, "MalformedPolicyDocument", "UserName", "admin", "PolicyName", "p", "PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}""")]
    [InlineData("PutUserPolicy", 400, "MalformedPolicyDocument", "UserName", "admin", "PolicyName", "p", "PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"GetObject","Resource":"*"}]}""")]
    [InlineData("PutUserPolicy", 400, "MalformedPolicyDocument", "UserName", "admin", "PolicyName", "p", "PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}]}""")]
    [InlineData("DeleteAccessKey", 404, "NoSuchEntity", "UserName", "admin", "AccessKeyId", "AKIAUNKNOWN000000000")]
    public async Task Errors_are_the_same_on_both(string action, int status, string code, params string[] parameters)
    {
        foreach (var (admin, _) in clouds.Both)
        {
            var answer = await admin.IamAsync(action, [.. parameters.Chunk(2).Select(pair => (pair[0], pair[1]))]);
            Assert.Equal((status, code), (answer.Status, answer.Code));
        }
    }

    private static async Task<bool[]> AllowedAsync(AwsClient user, AwsClient admin)
    {
        var allowed = new List<bool>();
        foreach (var (method, path, query) in Requests)
        {
            var answer = await user.S3Async(method, path, method == "PUT" ? "x"u8.ToArray() : null, query);
            Assert.True(answer.Status is 403 or < 300, $"{method} {path}: {answer.Status}");
            allowed.Add(answer.Status != 403);
            if (method == "DELETE" && answer.Status != 403)
                await SandboxAndMoto.FillAsync(admin);
        }

        return [.. allowed];
    }

    private static async Task<AwsClient> UserAsync(AwsClient admin, Uri address, string name, string policy)
    {
        (await admin.IamAsync("CreateUser", ("UserName", name))).Succeeded();
        (await admin.IamAsync("PutUserPolicy", ("UserName", name), ("PolicyName", "p"), ("PolicyDocument", policy))).Succeeded();
        var key = (await admin.IamAsync("CreateAccessKey", ("UserName", name))).Succeeded();
        return new(address, key.Only("AccessKeyId"), key.Only("SecretAccessKey"));
    }
}
