using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>Where one service is, and how it is signed for.</summary>
internal sealed class QueryClientConfig : ClientConfig
{
    /// <param name="service">The name in signatures: <c>iam</c> or <c>sts</c>.</param>
    /// <param name="version">The version of the service's API, a date.</param>
    public QueryClientConfig(string service, string version, Uri endpoint, string region, TimeSpan timeout)
        : base(new Defaults())
    {
        (ServiceVersion, AuthenticationServiceName, AuthenticationRegion) = (version, service, region);
        ServiceURL = endpoint.AbsoluteUri;
        EndpointProvider = new StaticEndpointProvider(endpoint.AbsoluteUri);
        // A call is bounded as a whole; see BoundedHttp for one try of it.
        Timeout = System.Threading.Timeout.InfiniteTimeSpan;
        HttpClientFactory = new BoundedHttp(timeout);
        (RetryMode, MaxErrorRetry, ThrottleRetries) = (RequestRetryMode.Standard, 1, false);
        (LogResponse, DisableLogging, IgnoreConfiguredEndpointUrls) = (false, true, true);
        // A connection that broke says nothing of whether the request was carried out.
        MaxStaleConnectionRetries = 0;
    }

    public override string ServiceVersion { get; }

    public override string UserAgent => "NhiGrains";

    public override string RegionEndpointServiceName => AuthenticationServiceName;

    public override Amazon.Runtime.Endpoints.Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        new(ServiceURL);

    private sealed class Defaults : IDefaultConfigurationProvider
    {
        public IDefaultConfiguration GetDefaultConfiguration(Amazon.RegionEndpoint clientRegion, DefaultConfigurationMode? requestedConfigurationMode = null) =>
            new DefaultConfiguration { Name = DefaultConfigurationMode.Standard, RetryMode = RequestRetryMode.Standard };
    }
}
