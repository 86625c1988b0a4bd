using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Google;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Http;
using Google.Apis.Services;
using Google.Apis.Storage.v1;
using NhiGrains.Sandbox.Faults;

namespace NhiGrains.Sandbox.Tests.Gcp;

/// <summary>Google's own client library, with its own credentials, uploads, compression and errors.</summary>
public class RealClientTests : GcpTests
{
    private const string Bucket = "shop-orders";

    [Fact]
    public async Task Googles_client_creates_a_bucket_and_uploads_reads_lists_and_deletes_objects()
    {
        using var storage = Storage(Token(Cloud.AdministratorToken));
        await CreateBucketAsync(storage);

        await UploadAsync(storage, "team-a/1.json", "{}");
        await UploadAsync(storage, "team-b/ä b.json", "[1]");

        var listed = await storage.Objects.List(Bucket).ExecuteAsync(Cancellation);
        Assert.Equal(["team-a/1.json", "team-b/ä b.json"], listed.Items.Select(item => item.Name));
        Assert.Equal("[1]", await ReadAsync(storage, "team-b/ä b.json"));
        await storage.Objects.Delete(Bucket, "team-a/1.json").ExecuteAsync(Cancellation);
        var missing = await Assert.ThrowsAsync<GoogleApiException>(() => storage.Objects.Get(Bucket, "team-a/1.json").ExecuteAsync(Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, missing.HttpStatusCode);
        Assert.Equal("notFound", Assert.Single(missing.Error.Errors).Reason);
    }

    [Fact]
    public async Task Googles_client_changes_a_buckets_policy_and_is_told_that_its_etag_is_stale()
    {
        using var storage = Storage(Token(Cloud.AdministratorToken));
        await CreateBucketAsync(storage);
        var policy = await storage.Buckets.GetIamPolicy(Bucket).ExecuteAsync(Cancellation);
        policy.Version = 3;
        policy.Bindings.Add(new()
        {
            Role = "roles/storage.objectViewer",
            Members = ["user:alice@example.com"],
            Condition = new() { Title = "team a", Expression = $"resource.name.startsWith('projects/_/buckets/{Bucket}/objects/team-a/')" },
        });

        var set = await storage.Buckets.SetIamPolicy(policy, Bucket).ExecuteAsync(Cancellation);

        Assert.Equal(3, set.Version);
        var stale = await Assert.ThrowsAsync<GoogleApiException>(() => storage.Buckets.SetIamPolicy(policy, Bucket).ExecuteAsync(Cancellation));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.HttpStatusCode);
        await UploadAsync(storage, "team-a/1.json", "{}");
        await UploadAsync(storage, "team-ab/1.json", "{}");
        using var alice = Storage(Token(Cloud.TokenFor("alice@example.com", TimeSpan.FromHours(1))));
        Assert.Equal("{}", await ReadAsync(alice, "team-a/1.json"));
        await DeniedAsync(() => alice.Objects.Get(Bucket, "team-ab/1.json").ExecuteAsync(Cancellation));
        // What is listed is the bucket, of which the condition says nothing.
        await DeniedAsync(() => alice.Objects.List(Bucket).ExecuteAsync(Cancellation));
        await DeniedAsync(() => alice.Buckets.GetIamPolicy(Bucket).ExecuteAsync(Cancellation));
    }

    [Fact]
    public async Task A_bucket_without_uniform_access_takes_no_conditions()
    {
        using var storage = Storage(Token(Cloud.AdministratorToken));
        await storage.Buckets.Insert(new() { Name = Bucket }, Project).ExecuteAsync(Cancellation);
        var policy = await storage.Buckets.GetIamPolicy(Bucket).ExecuteAsync(Cancellation);
        policy.Version = 3;
        policy.Bindings.Add(new() { Role = "roles/storage.objectViewer", Members = ["user:a@example.com"], Condition = new() { Title = "t", Expression = "true" } });

        var refused = await Assert.ThrowsAsync<GoogleApiException>(() => storage.Buckets.SetIamPolicy(policy, Bucket).ExecuteAsync(Cancellation));

        Assert.Equal(HttpStatusCode.BadRequest, refused.HttpStatusCode);
    }

    [Fact]
    public async Task Googles_credentials_sign_in_with_a_key_until_the_key_is_deleted_and_its_tokens_live_on()
    {
        using var admin = Storage(Token(Cloud.AdministratorToken));
        await CreateBucketAsync(admin);
        await UploadAsync(admin, "1.json", "{}");
        await CreateAccountAsync("orders-agent");
        await BindAsync("roles/storage.objectViewer", $"serviceAccount:{EmailOf("orders-agent")}");
        var keys = $"{AccountsPath}/{EmailOf("orders-agent")}/keys";
        var key = await DoAsync("POST", keys, new JsonObject());
        var credentials = Encoding.UTF8.GetString(Convert.FromBase64String((string)key["privateKeyData"]!));

        using var agent = Storage(Key(credentials));
        Assert.Equal("{}", await ReadAsync(agent, "1.json"));
        await DoAsync("DELETE", $"v1/{key["name"]}");

        Assert.Equal("{}", await ReadAsync(agent, "1.json"));
        using var late = Storage(Key(credentials));
        await Assert.ThrowsAsync<Google.Apis.Auth.OAuth2.Responses.TokenResponseException>(() => ReadAsync(late, "1.json"));
    }

    [Fact]
    public async Task Googles_client_is_told_that_it_is_throttled_and_a_write_whose_answer_was_lost_was_carried_out()
    {
        using var storage = Storage(Token(Cloud.AdministratorToken));
        Server.Faults.Plan = FaultPlan.None with { Throttled = 1 };
        var throttled = await Assert.ThrowsAsync<GoogleApiException>(() => storage.Buckets.List(Project).ExecuteAsync(Cancellation));
        Assert.Equal(HttpStatusCode.TooManyRequests, throttled.HttpStatusCode);
        Assert.Equal("rateLimitExceeded", Assert.Single(throttled.Error.Errors).Reason);

        Server.Faults.Plan = FaultPlan.None with { TimeoutAfterSuccess = 1 };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => CreateBucketAsync(storage));
        Server.Faults.Plan = FaultPlan.None;

        Assert.Equal(Bucket, Assert.Single((await storage.Buckets.List(Project).ExecuteAsync(Cancellation)).Items).Name);
    }

    [Fact]
    public async Task Who_is_nobody_reads_only_what_is_open_to_all()
    {
        using var admin = Storage(Token(Cloud.AdministratorToken));
        await CreateBucketAsync(admin);
        await UploadAsync(admin, "1.json", "{}");
        using var nobody = Storage(null);
        var refused = await Assert.ThrowsAsync<GoogleApiException>(() => nobody.Objects.Get(Bucket, "1.json").ExecuteAsync(Cancellation));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.HttpStatusCode);

        var policy = await admin.Buckets.GetIamPolicy(Bucket).ExecuteAsync(Cancellation);
        policy.Bindings.Add(new() { Role = "roles/storage.objectViewer", Members = ["allUsers"] });
        await admin.Buckets.SetIamPolicy(policy, Bucket).ExecuteAsync(Cancellation);

        Assert.Equal("{}", await ReadAsync(nobody, "1.json"));
    }

    private StorageService Storage(IConfigurableHttpClientInitializer? credential) => new(new BaseClientService.Initializer
    {
        ApplicationName = "sandbox-tests",
        BaseUri = $"{Address}storage/v1/",
        HttpClientInitializer = credential,
        // Retries belong to whoever is tested with the sandbox.
        DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
    });

    private static GoogleCredential Token(string token) => GoogleCredential.FromAccessToken(token);

    private static GoogleCredential Key(string json) =>
        CredentialFactory.FromJson<ServiceAccountCredential>(json).ToGoogleCredential().CreateScoped(StorageService.Scope.DevstorageReadOnly);

    private static Task<Google.Apis.Storage.v1.Data.Bucket> CreateBucketAsync(StorageService storage) => storage.Buckets.Insert(
        new() { Name = Bucket, IamConfiguration = new() { UniformBucketLevelAccess = new() { Enabled = true } } }, Project).ExecuteAsync(Cancellation);

    private static async Task UploadAsync(StorageService storage, string name, string text)
    {
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var progress = await storage.Objects.Insert(new() { Name = name }, Bucket, bytes, "application/json").UploadAsync(Cancellation);
        Assert.True(progress.Exception is null, $"{progress.Exception}");
    }

    private static async Task<string> ReadAsync(StorageService storage, string name)
    {
        using var bytes = new MemoryStream();
        var progress = await storage.Objects.Get(Bucket, name).DownloadAsync(bytes, Cancellation);
        return progress.Exception is { } failed ? throw failed : Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static async Task DeniedAsync(Func<Task> act)
    {
        var denied = await Assert.ThrowsAsync<GoogleApiException>(act);
        Assert.Equal(HttpStatusCode.Forbidden, denied.HttpStatusCode);
        Assert.Contains("Permission 'storage.", denied.Error.Message, StringComparison.Ordinal);
    }
}
