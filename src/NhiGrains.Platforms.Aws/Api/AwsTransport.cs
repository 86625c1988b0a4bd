using System.Xml.Linq;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>One call and its whole answer: bounded in time with its retries, and every failure is one of the seam's.</summary>
/// <remarks>
/// Reads are tried again by the SDK. Writes are not: between two tries the fence may have become stale, so whoever writes asks it
/// before each try, and a write without an answer is told as an unknown outcome.
/// </remarks>
internal sealed class AwsTransport : IDisposable
{
    private const int ReadRetries = 2;
    private const string IamVersion = "2010-05-08";
    private const string StsVersion = "2011-06-15";

    private readonly TimeSpan _timeout;
    private readonly QueryClient _iamReads;
    private readonly QueryClient _iamWrites;
    private readonly QueryClient _sts;

    public AwsTransport(AwsPlatformOptions options)
    {
        _timeout = options.RequestTimeout;
        _iamReads = Client(options, "iam", IamVersion, options.IamEndpoint, options.IamRegion, ReadRetries);
        _iamWrites = Client(options, "iam", IamVersion, options.IamEndpoint, options.IamRegion, retries: 0);
        _sts = Client(options, "sts", StsVersion, options.StsEndpoint, options.Region, retries: 0);
    }

    public Task<XElement> ReadAsync(string action, string of, IEnumerable<(string Name, string Value)> parameters, CancellationToken cancellation) =>
        CallAsync(_iamReads, new(action, IamVersion, parameters), $"{action} of {of}", cancellation);

    public Task<XElement> WriteAsync(string action, string of, IEnumerable<(string Name, string Value)> parameters, CancellationToken cancellation) =>
        CallAsync(_iamWrites, new(action, IamVersion, parameters), $"{action} of {of}", cancellation);

    public Task<XElement> StsAsync(string action, string of, IEnumerable<(string Name, string Value)> parameters, CancellationToken cancellation) =>
        CallAsync(_sts, new(action, StsVersion, parameters), $"{action} of {of}", cancellation);

    public void Dispose()
    {
        _iamReads.Dispose();
        _iamWrites.Dispose();
        _sts.Dispose();
    }

    private async Task<XElement> CallAsync(QueryClient client, QueryRequest request, string doing, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // A linked source takes no TimeProvider; the time-out is of the network and not of the domain.
        bound.CancelAfter(_timeout);
        try
        {
            var document = (await client.CallAsync(request, bound.Token)).Document;
            return document.Name.LocalName == $"{request.Action}Response"
                ? document
                : throw AwsFailures.Unavailable(doing, "the answer is to another question", null);
        }
        catch (Exception exception) when (exception is not PlatformException && !cancellation.IsCancellationRequested)
        {
            throw AwsFailures.Of(exception, doing);
        }
    }

    private static QueryClient Client(AwsPlatformOptions options, string service, string version, Uri endpoint, string region, int retries)
    {
        var config = new QueryClientConfig(service, version, endpoint, region, options.RequestTimeout, retries);
        return options.Credentials is { } credentials ? new(credentials.ToSdk(), config) : new(config);
    }
}
