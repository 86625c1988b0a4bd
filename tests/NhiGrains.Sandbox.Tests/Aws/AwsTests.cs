using NhiGrains.Sandbox.Aws;

namespace NhiGrains.Sandbox.Tests.Aws;

/// <summary>An account of its own for each test, on a sandbox of its own.</summary>
public abstract class AwsTests : IAsyncLifetime
{
    protected const string AccountId = "111122223333";
    protected const string Root = $"arn:aws:iam::{AccountId}:root";

    private Uri? _address;

    protected SandboxServer Server { get; } = new();

    protected virtual AwsLimits? Limits => null;

    private protected AwsAccount Account { get; private set; } = null!; // Set before any test runs.

    private protected AwsClient Admin { get; private set; } = null!; // Likewise.

    protected Uri Address => _address ?? throw new InvalidOperationException("It has not started.");

    public async ValueTask InitializeAsync()
    {
        Account = new(Server.Surroundings, AccountId, "aws:prod", Limits);
        _address = await Server.AddAsync(Account);
        Admin = Client(Account.AdminKeyId, Account.AdminSecret);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Admin.Dispose();
        await Server.DisposeAsync();
    }

    private protected AwsClient Client(string keyId, string secret, string? token = null) =>
        new(Address, keyId, secret, token) { Now = Server.Clock.GetUtcNow };

    /// <summary>A user with one inline policy and a key.</summary>
    private protected async Task<AwsClient> UserAsync(string name, string? policy = null)
    {
        (await Admin.IamAsync("CreateUser", ("UserName", name))).Succeeded();
        if (policy is not null)
            (await Admin.IamAsync("PutUserPolicy", ("UserName", name), ("PolicyName", "p"), ("PolicyDocument", policy))).Succeeded();
        return await KeyAsync(name);
    }

    private protected async Task<AwsClient> KeyAsync(string user)
    {
        var key = (await Admin.IamAsync("CreateAccessKey", ("UserName", user))).Succeeded();
        return Client(key.Only("AccessKeyId"), key.Only("SecretAccessKey"));
    }

    /// <summary>A role that the account trusts.</summary>
    private protected async Task<string> RoleAsync(string name, string? policy = null)
    {
        var role = (await Admin.IamAsync("CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", Policy.Trust(Root)))).Succeeded();
        if (policy is not null)
            (await Admin.IamAsync("PutRolePolicy", ("RoleName", name), ("PolicyName", "p"), ("PolicyDocument", policy))).Succeeded();
        return role.Only("Arn");
    }

    private protected async Task<AwsClient> AssumeAsync(AwsClient caller, string roleArn, params (string Name, string Value)[] more) =>
        Client((await caller.StsAsync("AssumeRole", [("RoleArn", roleArn), ("RoleSessionName", "session"), .. more])).Succeeded());

    private protected AwsClient Client(AwsAnswer credentials) =>
        Client(credentials.Only("AccessKeyId"), credentials.Only("SecretAccessKey"), credentials.Only("SessionToken"));
}

/// <summary>Policies, written short.</summary>
internal static class Policy
{
    public static string Of(params string[] statements) => $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""";

    public static string Allow(string action, string resource, string? condition = null) => Statement("Allow", action, resource, condition);

    public static string Deny(string action, string resource, string? condition = null) => Statement("Deny", action, resource, condition);

    public static string Trust(string principal, string? condition = null) =>
        Of($$"""{"Effect":"Allow","Principal":{"AWS":"{{principal}}"},"Action":"sts:AssumeRole"{{Condition(condition)}}}""");

    private static string Statement(string effect, string action, string resource, string? condition) =>
        $$"""{"Effect":"{{effect}}","Action":"{{action}}","Resource":"{{resource}}"{{Condition(condition)}}}""";

    private static string Condition(string? condition) => condition is null ? "" : $",\"Condition\":{condition}";
}
