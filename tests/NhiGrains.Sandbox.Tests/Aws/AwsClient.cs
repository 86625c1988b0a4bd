using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.SecurityToken;

namespace NhiGrains.Sandbox.Tests.Aws;

/// <summary>Credentials, and calls that the real SDK's signer signs with them.</summary>
internal sealed class AwsClient(Uri address, string keyId, string secret, string? token = null) : IDisposable
{
    private static readonly AmazonSecurityTokenServiceConfig Config = new() { ServiceURL = "http://127.0.0.1", AuthenticationRegion = "us-east-1" };

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public string KeyId => keyId;

    /// <summary>The client's clock, which a signature has in it.</summary>
    public Func<DateTimeOffset> Now { get; init; } = TimeProvider.System.GetUtcNow;

    /// <summary>For S3: the body is not under the signature.</summary>
    public bool UnsignedPayload { get; init; }

    /// <summary>Changes a request after it was signed.</summary>
    public Action<HttpRequestMessage>? Tampering { get; set; }

    public Task<AwsAnswer> IamAsync(string action, params (string Name, string Value)[] parameters) =>
        QueryAsync("iam", "2010-05-08", action, parameters);

    public Task<AwsAnswer> StsAsync(string action, params (string Name, string Value)[] parameters) =>
        QueryAsync("sts", "2011-06-15", action, parameters);

    /// <summary>A call to S3, path-style.</summary>
    public Task<AwsAnswer> S3Async(string method, string path, byte[]? body = null, params (string Name, string Value)[] query) =>
        SendAsync("s3", method, path, query, body, null);

    public Task<AwsAnswer> QueryAsync(string service, string version, string action, params (string Name, string Value)[] parameters)
    {
        var form = string.Join('&', parameters.Prepend(("Version", version)).Prepend(("Action", action)).Select(one => $"{one.Item1}={Uri.EscapeDataString(one.Item2)}"));
        return SendAsync(service, "POST", "/", [], System.Text.Encoding.UTF8.GetBytes(form), "application/x-www-form-urlencoded; charset=utf-8");
    }

    public void Dispose() => _http.Dispose();

    private async Task<AwsAnswer> SendAsync(string service, string method, string path, (string Name, string Value)[] query, byte[]? body, string? contentType)
    {
        var request = new DefaultRequest(new Amazon.SecurityToken.Model.GetCallerIdentityRequest(), service)
        {
            // The SDK leaves a body unsigned only where it believes in TLS; the signature is the same.
            Endpoint = UnsignedPayload ? new UriBuilder(address) { Scheme = "https" }.Uri : address,
            DisablePayloadSigning = UnsignedPayload,
            HttpMethod = method,
            ResourcePath = path,
            Content = body ?? [],
            OverrideSigningServiceName = service,
            AuthenticationRegion = "us-east-1",
            UseQueryString = true,
        };
        foreach (var (name, value) in query)
            request.Parameters[name] = value;
        if (contentType is not null)
            request.Headers["Content-Type"] = contentType;
        if (token is not null)
            request.Headers["X-Amz-Security-Token"] = token;
        var signed = new AWS4Signer().SignRequest(request, Config, new RequestMetrics(), keyId, secret, Now().UtcDateTime);
        request.Headers["Authorization"] = signed.ForAuthorizationHeader;

        using var message = Message(request, body, contentType);
        Tampering?.Invoke(message);
        using var answer = await _http.SendAsync(message, TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private static HttpRequestMessage Message(DefaultRequest request, byte[]? body, string? contentType)
    {
        var message = new HttpRequestMessage(new(request.HttpMethod), new UriBuilder(AmazonServiceClient.ComposeUrl(request)) { Scheme = "http" }.Uri);
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            if (contentType is not null)
                message.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        foreach (var (name, value) in request.Headers.Where(header => header.Key is not ("Content-Type" or "Content-Length")))
            message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }
}

/// <summary>What came back, as it is on the wire.</summary>
internal sealed record AwsAnswer(int Status, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    private readonly Lazy<XDocument> _xml = new(() => XDocument.Parse(System.Text.Encoding.UTF8.GetString(Body)));

    public XDocument Xml => _xml.Value;

    /// <summary>The error's code; empty without one.</summary>
    public string Code => Status < 400 ? "" : Only("Code");

    public string Message => Only("Message");

    public string Only(string element) => All(element).Single();

    public string[] All(string element) => [.. Xml.Descendants().Where(one => one.Name.LocalName == element).Select(one => one.Value)];

    public AwsAnswer Succeeded() => Status < 300 ? this : throw new InvalidOperationException($"{Status}: {Text}");
}
