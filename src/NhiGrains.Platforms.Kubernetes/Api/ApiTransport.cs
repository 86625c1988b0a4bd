using System.Net;
using System.Net.Http.Headers;
using System.Text;
using k8s;

namespace NhiGrains.Platforms.Kubernetes.Api;

/// <summary>One request and its whole answer, over KubernetesClient's configuration, credentials, connection and JSON.</summary>
/// <remarks>
/// KubernetesClient's generated methods read an answer's body synchronously and cannot be cancelled while they do, so a server
/// that stalls in the middle of a body would hold a thread for ever; and its watch skips events that it cannot read. Here a
/// call is bounded in time and size as a whole, and every failure is one of the seam's.
/// </remarks>
internal sealed class ApiTransport(k8s.Kubernetes client, TimeSpan timeout) : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024 * 1024;

    private long _calls;

    /// <summary>Requests that were sent so far.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <exception cref="GoneException">The server answered 410.</exception>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, string doing, CancellationToken cancellation)
        where T : class
    {
        using var bound = Bound(cancellation);
        try
        {
            using var request = await RequestAsync(method, path, body, doing, bound.Token);
            using var answer = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bound.Token);
            if (!answer.IsSuccessStatusCode)
                throw await FailureAsync(answer, doing, bound.Token);
            await answer.Content.LoadIntoBufferAsync(MaxAnswerBytes, bound.Token);
            await using var content = await answer.Content.ReadAsStreamAsync(bound.Token);
            return KubernetesJson.Deserialize<T>(content) ?? throw ApiFailures.Unavailable(doing, "the answer is empty", null);
        }
        catch (Exception exception) when (ApiFailures.IsOfPlatform(exception, cancellation))
        {
            throw ApiFailures.OfException(exception, doing);
        }
    }

    /// <summary>An answer whose body has no end; only its beginning is bounded in time.</summary>
    /// <exception cref="GoneException">The server answered 410.</exception>
    public async Task<HttpResponseMessage> OpenAsync(string path, string doing, CancellationToken cancellation)
    {
        using var bound = Bound(cancellation);
        try
        {
            using var request = await RequestAsync(HttpMethod.Get, path, null, doing, bound.Token);
            var answer = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bound.Token);
            if (answer.IsSuccessStatusCode)
                return answer;
            using (answer)
                throw await FailureAsync(answer, doing, bound.Token);
        }
        catch (Exception exception) when (ApiFailures.IsOfPlatform(exception, cancellation))
        {
            throw ApiFailures.OfException(exception, doing);
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<HttpRequestMessage> RequestAsync(HttpMethod method, string path, object? body, string doing, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _calls);
        var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path)) { Version = HttpVersion.Version20 };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
            request.Content = new StringContent(KubernetesJson.Serialize(body), Encoding.UTF8, "application/json");
        try
        {
            if (client.Credentials is { } credentials)
                await credentials.ProcessHttpRequestAsync(request, cancellation);
            return request;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            request.Dispose();
#pragma warning disable MA0054 // A plugin or a token file failed, whose message can repeat a secret.
            throw new PlatformException(PlatformError.AccessDenied, $"Cannot {doing}: our own credentials could not be had ({exception.GetType().Name}).");
#pragma warning restore MA0054
        }
    }

    private static async Task<Exception> FailureAsync(HttpResponseMessage answer, string doing, CancellationToken cancellation)
    {
        await answer.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return ApiFailures.OfAnswer(answer.StatusCode, answer.Headers.RetryAfter?.Delta, text, doing);
    }

    private CancellationTokenSource Bound(CancellationToken cancellation)
    {
        var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // A linked source takes no TimeProvider; the time-out is of the network and not of the domain.
        bound.CancelAfter(timeout);
        return bound;
    }
}
