using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace NhiGrains.Platforms.Aws.Tests;

/// <summary>Requests to S3, path-style, signed by the SDK's own signer: what a workload would send with the credentials that it was given.</summary>
internal sealed class S3Client(Uri address, AwsAccessKey key, TimeProvider time) : IDisposable
{
    private static readonly AmazonSecurityTokenServiceConfig Config = new() { ServiceURL = "http://127.0.0.1", AuthenticationRegion = "us-east-1" };

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public Task<HttpStatusCode> GetAsync(string path) => SendAsync("GET", path, null);

    public Task<HttpStatusCode> PutAsync(string path, string content = "") => SendAsync("PUT", path, System.Text.Encoding.UTF8.GetBytes(content));

    public Task<HttpStatusCode> DeleteAsync(string path) => SendAsync("DELETE", path, null);

    public void Dispose() => _http.Dispose();

    private async Task<HttpStatusCode> SendAsync(string method, string path, byte[]? body)
    {
        var request = new DefaultRequest(new GetCallerIdentityRequest(), "s3")
        {
            Endpoint = address,
            HttpMethod = method,
            ResourcePath = path,
            Content = body ?? [],
            OverrideSigningServiceName = "s3",
            AuthenticationRegion = "us-east-1",
            UseQueryString = true,
        };
        if (key.SessionToken is { } token)
            request.Headers["X-Amz-Security-Token"] = token;
        request.Headers["Authorization"] = new AWS4Signer().SignRequest(request, Config, new RequestMetrics(), key.Id, key.Secret, time.GetUtcNow().UtcDateTime).ForAuthorizationHeader;
        using var message = new HttpRequestMessage(new(method), AmazonServiceClient.ComposeUrl(request));
        if (body is not null)
            message.Content = new ByteArrayContent(body);
        foreach (var (name, value) in request.Headers.Where(header => header.Key is not ("Content-Type" or "Content-Length")))
            message.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(message, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
