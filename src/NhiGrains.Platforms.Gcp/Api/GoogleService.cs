using System.Net;
using Google.Apis.Http;
using Google.Apis.Services;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Gcp.Api;

/// <summary>
/// One of Google's services over Google.Apis, which brings credentials, JSON and the connection. The generated clients of the services
/// are not at hand; what stands in for them keeps their names (docs/packages.md), so that they can take its place.
/// </summary>
internal abstract class GoogleService(GoogleClient client, string name, string host, string basePath = "") : BaseClientService(client.Initializer())
{
    private const long MaxAnswerBytes = 64 * 1024 * 1024;

    public override string Name => name;

    public override string BasePath => basePath;

    public override string BaseUri => new Uri(client.Endpoint ?? new Uri($"https://{host}/"), basePath).ToString();

    public override IList<string> Features => [];

    /// <summary>A call by its method's name in Google's discovery document.</summary>
    /// <param name="path">Below <see cref="BasePath"/>, escaped, with its query.</param>
    protected GoogleRequest<T> Call<T>(string method, string verb, string path, object? body = null)
        where T : class => new(this, client, method, verb, path, body);

    /// <summary>A name in a path: its segments are escaped and its slashes stay.</summary>
    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>, when it would lead to another path.</exception>
    protected static string Escaped(string name)
    {
        var segments = name.Split('/');
        return segments.Any(segment => segment is "" or "." or "..")
            ? throw new PlatformException(PlatformError.Rejected, "Something on Google Cloud has a name that leads elsewhere, and is not called by it.")
            : string.Join('/', segments.Select(Uri.EscapeDataString));
    }

    protected static string Paged(string path, int size, string? token, string sizeName = "pageSize") =>
        $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{sizeName}={size}{(token is null ? "" : $"&pageToken={Uri.EscapeDataString(token)}")}";

    /// <summary>Answers are bounded, and nothing follows a redirection to somewhere else with our token.</summary>
    internal sealed class Connections : HttpClientFactory
    {
        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => new LastCheck(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
            UseCookies = false,
        });
    }

    internal sealed class Bounded(TimeSpan timeout) : IConfigurableHttpClientInitializer
    {
        public void Initialize(ConfigurableHttpClient httpClient) => (httpClient.Timeout, httpClient.MaxResponseContentBufferSize) = (timeout, MaxAnswerBytes);
    }
}

/// <summary>What all of Google's services are called with.</summary>
/// <param name="Endpoint">In place of Google's own hosts.</param>
internal sealed record GoogleClient(IConfigurableHttpClientInitializer Credential, Uri? Endpoint, TimeSpan Timeout, CallBudget Budget)
{
    /// <summary>Set while a sweep calls, whose calls leave room for others.</summary>
    public static readonly AsyncLocal<SweepCalls?> Sweep = new();

    /// <summary>Waits until a call may be made.</summary>
    public ValueTask TurnAsync(CancellationToken cancellation) => Budget.WaitAsync(background: Sweep.Value is not null, cancellation);

    public BaseClientService.Initializer Initializer() => new()
    {
        ApplicationName = "NhiGrains",
        HttpClientInitializer = new Both(Credential, new GoogleService.Bounded(Timeout)),
        HttpClientFactory = new GoogleService.Connections(),
        // Who calls the connector tries again by its own schedule, and a write is never repeated unseen.
        DefaultExponentialBackOffPolicy = ExponentialBackOffPolicy.None,
        GZipEnabled = false,
    };

    private sealed class Both(params IConfigurableHttpClientInitializer[] all) : IConfigurableHttpClientInitializer
    {
        public void Initialize(ConfigurableHttpClient httpClient)
        {
            foreach (var one in all)
                one.Initialize(httpClient);
        }
    }
}

/// <summary>What a sweep has called so far.</summary>
internal sealed class SweepCalls
{
    private int _listPages;

    /// <summary>Pages of lists that were read.</summary>
    public int ListPages => _listPages;

    public void ReadPage() => Interlocked.Increment(ref _listPages);
}
