using System.Globalization;
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>
/// A client of one AWS service that speaks the Query protocol, on the SDK's core: its credential chain, signing, retries and
/// connections. It stands in for the generated client of IAM, which is not to be had here.
/// </summary>
/// <remarks>Types of <c>Amazon.Runtime.Internal</c> are used, so the core's version is pinned exactly.</remarks>
internal sealed class QueryClient : AmazonServiceClient
{
    public QueryClient(QueryClientConfig config)
        : base(config)
    {
    }

    public QueryClient(AWSCredentials credentials, QueryClientConfig config)
        : base(credentials, config)
    {
    }

    /// <exception cref="AmazonServiceException">The service refused it, or its answer could not be read.</exception>
    public Task<QueryResponse> CallAsync(QueryRequest request, CancellationToken cancellation) =>
        InvokeAsync<QueryResponse>(
            request,
            new InvokeOptions { RequestMarshaller = QueryMarshaller.Instance, ResponseUnmarshaller = QueryUnmarshaller.Instance },
            cancellation);

    protected override IServiceMetadata ServiceMetadata { get; } = new Metadata();

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new Endpoints());
        pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(new ClockSkewAlone(Config)));
        pipeline.AddHandlerAfter<RetryHandler>(new SignatureVersion4());
        pipeline.AddHandlerAfter<Unmarshaller>(new Fences());
    }

    private sealed class Metadata : IServiceMetadata
    {
        public string ServiceId => "NhiGrains Query";

        public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
    }

    /// <summary>The base corrects our clock by what AWS says of its own, and signs once more. What else fails is told.</summary>
    /// <remarks>
    /// The base looks at how far our clock is off now. A request that was signed by a correction of before, which a clock that was set
    /// meanwhile has made wrong, or which another request has just put right, is refused as well, and is signed once more too.
    /// </remarks>
    private sealed class ClockSkewAlone(IClientConfig config) : StandardRetryPolicy(config)
    {
        /// <summary>As of the base.</summary>
        private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(4);

        public override bool RetryForException(IExecutionContext executionContext, Exception exception)
        {
            var context = executionContext.RequestContext;
            if (exception is not AmazonServiceException { ErrorCode: "SignatureDoesNotMatch" or "RequestTimeTooSkewed" or "RequestExpired" or "RequestInTheFuture" })
                return false;
            var now = CorrectClockSkew.GetCorrectedUtcNowForEndpoint(context.Request.Endpoint.ToString(), context.ClientConfig);
            // Only the signer of SigV4a fills SignedAt.
            if (!DateTime.TryParseExact(context.Request.Headers["X-Amz-Date"], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var signed)
                || (now - signed).Duration() <= Tolerated)
                return false;
            context.IsSigned = false;
            return true;
        }

        public override Task<bool> RetryForExceptionAsync(IExecutionContext executionContext, Exception exception) => Task.FromResult(RetryForException(executionContext, exception));
    }

    /// <summary>
    /// Right before the connection: a request has waited for its turn by then, its credentials were fetched, and one that is signed once more
    /// because of a clock comes by again.
    /// </summary>
    private sealed class Fences : PipelineHandler
    {
        public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            (executionContext.RequestContext.OriginalRequest as QueryRequest)?.Fence?.ThrowIfStale();
            return base.InvokeAsync<T>(executionContext);
        }
    }

    private sealed class Endpoints : BaseEndpointResolver
    {
        protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) => new();
    }

    private sealed class SignatureVersion4 : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => [new AuthSchemeOption { SchemeId = "aws.auth#sigv4" }];
    }
}
