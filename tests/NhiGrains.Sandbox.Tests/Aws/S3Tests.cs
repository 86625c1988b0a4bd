using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using NhiGrains.Sandbox.Aws;
using NhiGrains.Sandbox.Aws.Signing;

namespace NhiGrains.Sandbox.Tests.Aws;

/// <summary>Credentials tried for real, with the real client.</summary>
public sealed class S3Tests : AwsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_real_client_stores_reads_lists_and_deletes(bool inChunks)
    {
        using var s3 = S3(Account.AdminKeyId, Account.AdminSecret);
        await s3.PutBucketAsync("orders", Cancellation);
        foreach (var key in (string[])["in/a b+ü.txt", "in/c", "out/d"])
        {
            await s3.PutObjectAsync(
                new() { BucketName = "orders", Key = key, ContentBody = new string('x', 100_000), UseChunkEncoding = inChunks },
                Cancellation);
        }

        using var read = await s3.GetObjectAsync("orders", "in/a b+ü.txt", Cancellation);
        using var text = new StreamReader(read.ResponseStream);
        Assert.Equal(new string('x', 100_000), await text.ReadToEndAsync(Cancellation));
        Assert.Equal(100_000, (await s3.GetObjectMetadataAsync("orders", "in/c", Cancellation)).ContentLength);

        var listed = await s3.ListObjectsV2Async(new() { BucketName = "orders", Prefix = "in/" }, Cancellation);
        Assert.Equal(["in/a b+ü.txt", "in/c"], listed.S3Objects.Select(one => one.Key));
        var folders = await s3.ListObjectsV2Async(new() { BucketName = "orders", Delimiter = "/" }, Cancellation);
        Assert.Equal(["in/", "out/"], folders.CommonPrefixes);

        await s3.DeleteObjectAsync("orders", "in/c", Cancellation);
        Assert.Equal("NoSuchKey", (await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => s3.GetObjectAsync("orders", "in/c", Cancellation))).ErrorCode);
        Assert.Equal("BucketNotEmpty", (await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => s3.DeleteBucketAsync("orders", Cancellation))).ErrorCode);
    }

    [Fact]
    public async Task Pages_are_read_to_their_end()
    {
        using var s3 = S3(Account.AdminKeyId, Account.AdminSecret);
        await s3.PutBucketAsync("orders", Cancellation);
        foreach (var number in Enumerable.Range(0, 7))
            (await Admin.S3Async("PUT", $"/orders/{number}", "x"u8.ToArray())).Succeeded();
        Server.Faults.Plan = new(PageSize: 3);

        var (keys, token, pages) = (new List<string>(), (string?)null, 0);
        do
        {
            var page = await s3.ListObjectsV2Async(new() { BucketName = "orders", ContinuationToken = token }, Cancellation);
            keys.AddRange(page.S3Objects.Select(one => one.Key));
            (token, pages) = (page.NextContinuationToken, pages + 1);
        }
        while (token is not null);

        Assert.Equal(["0", "1", "2", "3", "4", "5", "6"], keys);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task A_policy_on_a_prefix_gives_that_and_not_its_neighbour_and_ends_at_its_time()
    {
        (await Admin.S3Async("PUT", "/orders")).Succeeded();
        foreach (var path in (string[])["/orders/team-a/x", "/orders/team-ab/x"])
            (await Admin.S3Async("PUT", path, "x"u8.ToArray())).Succeeded();
        var end = Server.Clock.GetUtcNow().AddMinutes(10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var until = $$$"""{"DateLessThan":{"aws:CurrentTime":"{{{end}}}"}}""";
        var listing = $$$"""{"DateLessThan":{"aws:CurrentTime":"{{{end}}}"},"StringLike":{"s3:prefix":"team-a/*"}}""";
        var role = await RoleAsync("agent", Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::orders/team-a/*", until), Policy.Allow("s3:ListBucket", "arn:aws:s3:::orders", listing)));
        using var agent = await AssumeAsync(Admin, role);

        Assert.Equal("x", (await agent.S3Async("GET", "/orders/team-a/x")).Text);
        Assert.Equal(200, (await agent.S3Async("GET", "/orders", null, ("list-type", "2"), ("prefix", "team-a/"))).Status);
        Assert.Equal((403, "AccessDenied"), Error(await agent.S3Async("GET", "/orders/team-ab/x")));
        Assert.Equal((403, "AccessDenied"), Error(await agent.S3Async("PUT", "/orders/team-a/x", "y"u8.ToArray())));
        Assert.Equal((403, "AccessDenied"), Error(await agent.S3Async("GET", "/orders", null, ("list-type", "2"))));
        Assert.Equal((403, "AccessDenied"), Error(await agent.S3Async("GET", "/orders", null, ("list-type", "2"), ("prefix", "team-ab/"))));
        Server.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((403, "AccessDenied"), Error(await agent.S3Async("GET", "/orders/team-a/x")));
    }

    [Fact]
    public async Task Who_may_not_list_is_not_told_that_an_object_is_missing()
    {
        (await Admin.S3Async("PUT", "/orders")).Succeeded();
        using var blind = await UserAsync("blind", Policy.Of(Policy.Allow("s3:GetObject", "*")));
        using var seeing = await UserAsync("seeing", Policy.Of(Policy.Allow("s3:GetObject", "*"), Policy.Allow("s3:ListBucket", "*")));

        Assert.Equal((403, "AccessDenied"), Error(await blind.S3Async("GET", "/orders/none")));
        Assert.Equal((404, "NoSuchKey"), Error(await seeing.S3Async("GET", "/orders/none")));
        Assert.Equal((404, "NoSuchBucket"), Error(await seeing.S3Async("GET", "/nothing/none")));
    }

    [Fact]
    public async Task The_address_that_a_request_comes_from_counts()
    {
        (await Admin.S3Async("PUT", "/orders")).Succeeded();
        (await Admin.S3Async("PUT", "/orders/x", "x"u8.ToArray())).Succeeded();
        using var bot = await UserAsync("bot", Policy.Of(Policy.Allow("s3:GetObject", "*", """{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}""")));

        Assert.Equal((403, "AccessDenied"), Error(await bot.S3Async("GET", "/orders/x")));
        bot.Tampering = request => request.Headers.Add("X-Sandbox-Source-Ip", "203.0.113.7");
        (await bot.S3Async("GET", "/orders/x")).Succeeded();
        bot.Tampering = request => request.Headers.Add("X-Sandbox-Source-Ip", "203.0.114.7");
        Assert.Equal((403, "AccessDenied"), Error(await bot.S3Async("GET", "/orders/x")));
    }

    [Fact]
    public async Task A_body_that_is_not_the_signed_one_is_refused()
    {
        (await Admin.S3Async("PUT", "/orders")).Succeeded();
        Admin.Tampering = request => request.Content = new ByteArrayContent("y"u8.ToArray());

        Assert.Equal((400, "XAmzContentSHA256Mismatch"), Error(await Admin.S3Async("PUT", "/orders/x", "x"u8.ToArray())));
    }

    [Fact]
    public async Task A_body_that_the_signature_leaves_out_is_taken_as_it_comes()
    {
        (await Admin.S3Async("PUT", "/orders")).Succeeded();
        using var client = new AwsClient(Address, Account.AdminKeyId, Account.AdminSecret) { Now = Server.Clock.GetUtcNow, UnsignedPayload = true };
        client.Tampering = request => request.Content = request.Content is null ? null : new ByteArrayContent("y"u8.ToArray());

        (await client.S3Async("PUT", "/orders/x", "x"u8.ToArray())).Succeeded();
        Assert.Equal("y", (await client.S3Async("GET", "/orders/x")).Text);
    }

    [Fact]
    public void A_chunk_that_was_changed_or_cut_off_is_refused()
    {
        var (key, seed, stamp, scope) = (new byte[32], new string('0', 64), "20260101T000000Z", "20260101/us-east-1/s3/aws4_request");
        var nothing = Hash([]);
        string Sign(string previous, byte[] content) =>
            SignatureV4.Hex(SignatureV4.Sign(key, $"AWS4-HMAC-SHA256-PAYLOAD\n{stamp}\n{scope}\n{previous}\n{nothing}\n{Hash(content)}"));
        var first = Sign(seed, "abc"u8.ToArray());
        var body = $"3;chunk-signature={first}\r\nabc\r\n0;chunk-signature={Sign(first, [])}\r\n\r\n";
        void Verify(string text) => ChunkedBody.Read(Encoding.ASCII.GetBytes(text)).Verify(key, stamp, scope, seed);

        Verify(body);
        Assert.Equal("abc"u8.ToArray(), ChunkedBody.Read(Encoding.ASCII.GetBytes(body)).Content);
        Assert.Equal("SignatureDoesNotMatch", Assert.Throws<AwsException>(() => Verify(body.Replace("abc", "abd", StringComparison.Ordinal))).Code);
        Assert.Equal("SignatureDoesNotMatch", Assert.Throws<AwsException>(() => Verify(body.Replace(";chunk-signature=" + first, "", StringComparison.Ordinal))).Code);
        Assert.Equal("SignatureDoesNotMatch", Assert.Throws<AwsException>(() => Verify(body.Replace("\r\n\r\n", "\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", StringComparison.Ordinal))).Code);
        Assert.Equal("IncompleteBody", Assert.Throws<AwsException>(() => Verify(body[..100])).Code);
    }

    private static string Hash(byte[] content) => SignatureV4.Hex(SHA256.HashData(content));

    [Fact]
    public async Task Credentials_that_are_unknown_or_over_have_S3s_own_names()
    {
        using var unknown = Client("AKIAUNKNOWN000000000", "x");
        using var session = await AssumeAsync(Admin, await RoleAsync("agent"), ("DurationSeconds", "900"));
        Server.Clock.Advance(TimeSpan.FromMinutes(16));

        Assert.Equal((403, "InvalidAccessKeyId"), Error(await unknown.S3Async("GET", "/orders/x")));
        Assert.Equal((400, "ExpiredToken"), Error(await session.S3Async("GET", "/orders/x")));
    }

    private static (int Status, string Code) Error(AwsAnswer answer) => (answer.Status, answer.Code);

    private AmazonS3Client S3(string keyId, string secret) =>
        new(new BasicAWSCredentials(keyId, secret), new AmazonS3Config { ServiceURL = Address.ToString(), AuthenticationRegion = "us-east-1", ForcePathStyle = true, MaxErrorRetry = 0 });
}
