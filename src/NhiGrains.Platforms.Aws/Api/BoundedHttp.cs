using Amazon.Runtime;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>
/// Reads each answer whole before the SDK sees it, bounded in time and size: the SDK reads bodies synchronously, so a server that
/// stalls in the middle of one would hold a thread for ever.
/// </summary>
internal sealed class BoundedHttp(TimeSpan timeout) : HttpClientFactory
{
    private const int MaxAnswerBytes = 64 * 1024 * 1024;

    // One for the life of its client: the SDK asks for a new one with every request when it is not to cache them itself.
    private readonly Lazy<HttpClient> _client = new(() => new HttpClient(new Whole(timeout)) { Timeout = Timeout.InfiniteTimeSpan });

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client.Value;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    private sealed class Whole(TimeSpan timeout) : DelegatingHandler(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = timeout,
    })
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bound.CancelAfter(timeout);
            var answer = await base.SendAsync(request, bound.Token);
            try
            {
                await answer.Content.LoadIntoBufferAsync(MaxAnswerBytes, bound.Token);
                return answer;
            }
            catch
            {
                answer.Dispose();
                throw;
            }
        }
    }
}
