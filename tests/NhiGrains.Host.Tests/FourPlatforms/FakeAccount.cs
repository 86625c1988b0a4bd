using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using NhiGrains.Platforms.Aws;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.Budgets;
using NhiGrains.Sandbox;
using NhiGrains.Sandbox.Aws;

namespace NhiGrains.Host.Tests.FourPlatforms;

/// <summary>The sandbox's AWS account with a bucket, hands that change it past the control plane, and the real S3 client.</summary>
internal sealed class FakeAccount(AwsAccount account, Uri address) : IDisposable
{
    public const string Number = "111122223333";
    public const string Bucket = "build-artifacts";

    private static readonly PrincipalName Role = new(PrincipalKind.Role, "build-agent");

    private readonly IamApi _iam = new(new AwsTransport(
        new AwsPlatformOptions { Platform = "aws:demo", AccountId = Number, Endpoint = address, Credentials = new(account.AdminKeyId, account.AdminSecret) },
        new CallBudget(new() { CallsPerSecond = 1_000, Burst = 1_000 }, TimeProvider.System), TimeProvider.System), new OwnTags(TimeProvider.System, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public AwsAccount Account => account;

    public static async Task<FakeAccount> StartAsync(SandboxServer server)
    {
        var account = new AwsAccount(server.Surroundings, Number, "aws:demo");
        var fake = new FakeAccount(account, await server.AddAsync(account));
        using var s3 = fake.Client(new BasicAWSCredentials(account.AdminKeyId, account.AdminSecret));
        await s3.PutBucketAsync(Bucket, Cancellation);
        return fake;
    }

    public object Settings(string folder)
    {
        var secret = Path.Combine(folder, "aws-secret");
        File.WriteAllText(secret, account.AdminSecret);
        return new { account = Number, endpoint = address, accessKeyId = account.AdminKeyId, secretAccessKeyFile = secret, callsPerSecond = 500 };
    }

    public bool Allows(string action, string arn) => account.Evaluate($"arn:aws:iam::{Number}:role/nhigrains/build-agent", action, arn).IsAllowed;

    public Task AddPolicyByHandAsync(string name) => _iam.PutPolicyAsync(Role, name,
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::salaries/*"}]}""", Cancellation);

    public Task RemovePolicyByHandAsync(string name) => _iam.DeletePolicyAsync(Role, name, Cancellation);

    public async Task<bool> ExistsAsync() => await _iam.FindAsync(Role, Cancellation) is not null;

    public Task<IReadOnlyList<string>> PoliciesAsync() => _iam.ListPoliciesAsync(Role, Cancellation);

    /// <summary>Writes an object with a credential as it was handed out.</summary>
    /// <returns>Null when it worked, otherwise S3's error code.</returns>
    public async Task<string?> TryPutAsync(string credential, string key)
    {
        var session = JsonDocument.Parse(credential).RootElement;
        string Text(string name) => session.GetProperty(name).GetString() ?? "";
        using var s3 = Client(new SessionAWSCredentials(Text("AccessKeyId"), Text("SecretAccessKey"), Text("SessionToken")));
        try
        {
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = "content" }, Cancellation);
            return null;
        }
        catch (AmazonS3Exception refused)
        {
            return refused.ErrorCode;
        }
    }

    public void Dispose() => _iam.Dispose();

    private AmazonS3Client Client(AWSCredentials credentials) => new(credentials, new AmazonS3Config
    {
        ServiceURL = address.ToString(),
        ForcePathStyle = true,
        AuthenticationRegion = "us-east-1",
        MaxErrorRetry = 0,
    });
}
