using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Domain.Audit;
using NhiGrains.Host.Settings;
using NhiGrains.Host.Webhooks;

namespace NhiGrains.Host.Notifications;

/// <summary>
/// Posts events to the sinks of the settings, signed as Standard Webhooks says. Only the status of an answer counts: a redirect is not
/// followed, since the signature is for the one that is configured, and what an answer says is not read.
/// </summary>
internal sealed class NotificationSender : INotificationSender, IDisposable
{
    // Together below what a silo that stops waits for.
    private static readonly TimeSpan Connecting = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Answering = TimeSpan.FromSeconds(8);

    private readonly Dictionary<string, (Uri Url, WebhookSecrets Secrets)> _sinks;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    /// <param name="answering">How long a sink has to answer; the usual time without one.</param>
    /// <exception cref="SetupException">A file of secrets is not good.</exception>
    public NotificationSender(IReadOnlyList<NotificationSink> sinks, TimeProvider time, TimeSpan? answering = null)
    {
        _sinks = sinks.ToDictionary(sink => sink.Name, sink => (sink.Url, WebhookSecrets.Load(sink.SecretFile)), StringComparer.Ordinal);
        _time = time;
        Sinks = [.. sinks.Select(sink => sink.Name)];
        _http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = Connecting,
            MaxResponseHeadersLength = 16, // KiB
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // A name may get another address.
        })
        {
            Timeout = answering ?? Answering,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new("nhigrains", productVersion: null));
    }

    public IReadOnlyList<string> Sinks { get; }

    public async Task<Delivery> SendAsync(string sink, AuditEntry entry)
    {
        if (!_sinks.TryGetValue(sink, out var known))
            return new(DeliveryOutcome.Unavailable, "The process that follows for it does not have it in its settings.");
        try
        {
            using var request = Request(known.Url, known.Secrets, entry);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return Judge(answer);
        }
        catch (HttpRequestException fault)
        {
            return new(DeliveryOutcome.Unavailable, $"It could not be reached: {fault.HttpRequestError}.");
        }
        catch (TaskCanceledException)
        {
            return new(DeliveryOutcome.Unavailable, $"It did not answer within {_http.Timeout.TotalSeconds:0.#} seconds.");
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(Uri url, WebhookSecrets secrets, AuditEntry entry)
    {
        var body = LoudEvent.Of(entry);
        var id = LoudEvent.IdOf(entry);
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) { Headers = { ContentType = new(LoudEvent.MediaType) } } };
        request.Headers.Add(WebhookHeaders.Id, id);
        request.Headers.Add(WebhookHeaders.Timestamp, timestamp);
        request.Headers.Add(WebhookHeaders.Signature, secrets.Sign(id, timestamp, body));
        return request;
    }

    private Delivery Judge(HttpResponseMessage answer) => answer.StatusCode switch
    {
        _ when answer.IsSuccessStatusCode => Delivery.Done,
        // These are about what was sent. All others are about who sends, where to, or when, and so about every event: 'gone' as well,
        // since a sink that should get nothing any more is taken out of the settings.
        HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity =>
            new(DeliveryOutcome.Refused, $"It refused the event with {(int)answer.StatusCode}."),
        var other => new(DeliveryOutcome.Unavailable, $"It answered {(int)other}.", PauseOf(answer.Headers.RetryAfter)),
    };

    private TimeSpan? PauseOf(RetryConditionHeaderValue? asked) => asked?.Delta ?? asked?.Date - _time.GetUtcNow();
}
