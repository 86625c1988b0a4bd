using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NhiGrains.Host.Settings;
using NhiGrains.Host.Tests.Composition;
using NhiGrains.Host.Webhooks;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.Webhooks;

public sealed class WebhookTests : IAsyncLifetime
{
    private const string Secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";
    private const string Good = """{"specversion":"1.0","id":"1","source":"/cloud-trail","type":"changed","subject":"shop/billing"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-webhooks-").FullName;
    private RunningServer? _server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RunningServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public async ValueTask InitializeAsync()
    {
        var secrets = Path.Combine(_folder, "secrets");
        await File.WriteAllTextAsync(secrets, $"# The old one, and the new one.\nwhsec_{Convert.ToBase64String(new byte[32])}\n\n{Secret}\n", Cancellation);
        // Nobody answers there: what arrives is told by what the platform then says of itself.
        var kubeconfig = Path.Combine(_folder, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, $"{{\"apiVersion\":\"v1\",\"kind\":\"Config\",\"current-context\":\"c\",\"clusters\":[{{\"name\":\"c\",\"cluster\":{{\"server\":\"http://127.0.0.1:{LoopbackPorts.Free(1)[0]}\"}}}}],\"contexts\":[{{\"name\":\"c\",\"context\":{{\"cluster\":\"c\",\"user\":\"\"}}}}]}}", Cancellation);
        _server = await RunningServer.StartAsync(Path.Combine(_folder, "data"), ($"{SettingKeys.Webhooks}:{SettingKeys.SecretsFile}", secrets), ($"{SettingKeys.Clusters}:test", kubeconfig));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_signed_event_is_accepted() => Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync());

    [Theory]
    [InlineData("k8s:other", Good, HttpStatusCode.NotFound, "UNKNOWN_PLATFORM")]
    [InlineData("k8s:test", "no json", HttpStatusCode.BadRequest, "it is no JSON")]
    [InlineData("k8s:test", "[]", HttpStatusCode.BadRequest, "it is no JSON object")]
    [InlineData("k8s:test", """{"specversion":"0.3"}""", HttpStatusCode.BadRequest, "specversion")]
    [InlineData("k8s:test", """{"specversion":"1.0","id":"1","source":"s","type":"t"}""", HttpStatusCode.BadRequest, "subject")]
    [InlineData("k8s:test", """{"specversion":"1.0","id":1,"source":"s","type":"t","subject":"a/b"}""", HttpStatusCode.BadRequest, "'id' is no text")]
    [InlineData("k8s:test", """{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"\ud800"}""", HttpStatusCode.BadRequest, "it is no JSON")]
    [InlineData("k8s:test", """{"specversion":"1.0","id":"1","source":"s","type":"t","subject":""}""", HttpStatusCode.BadRequest, "'subject'")]
    [InlineData("k8s:test", """[{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"a/b"}]""", HttpStatusCode.BadRequest, "it is no JSON object")]
    [InlineData("k8s:test", Good + "{}", HttpStatusCode.BadRequest, "it is no JSON")]
    [InlineData("k8s%3Atest%2F..%2Fother", Good, HttpStatusCode.NotFound, "UNKNOWN_PLATFORM")]
    public async Task What_is_wrong_with_an_event_is_told(string platform, string body, HttpStatusCode status, string told)
    {
        var (code, text) = await SendAsync(body, platform);

        Assert.Equal(status, code);
        Assert.Contains(told, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_principal_that_cannot_be_one_is_a_hint_at_nothing() =>
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(Good.Replace("shop/billing", "../../secrets", StringComparison.Ordinal))).Code);

    [Fact]
    public async Task An_event_that_is_not_signed_or_was_changed_is_refused_before_anything_is_told()
    {
        foreach (var change in (Action<HttpRequestMessage>[])
        [
            request => request.Headers.Remove("webhook-signature"),
            request => Replace(request, "webhook-id", "another"),
            request => request.Headers.Remove("webhook-id"),
            request => Replace(request, "webhook-timestamp", "1e9"),
            request => Replace(request, "webhook-signature", string.Join(' ', Enumerable.Repeat("v1,AAAA", 2_000))),
            request => Replace(request, "webhook-signature", "v1," + Convert.ToBase64String(new byte[32])),
            request => Replace(request, "webhook-signature", "v2," + Convert.ToBase64String(new byte[32])),
            request => request.Content = Json(Good.Replace("billing", "others", StringComparison.Ordinal)),
        ])
        {
            var (code, text) = await SendAsync(platform: "k8s:other", change: change);
            Assert.Equal((HttpStatusCode.Unauthorized, true), (code, text.Contains("INVALID_SIGNATURE", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData(-301)]
    [InlineData(302)]
    public async Task An_event_of_another_time_is_refused(int seconds)
    {
        var (code, text) = await SendAsync(at: TimeProvider.System.GetUtcNow().AddSeconds(seconds));

        Assert.Equal((HttpStatusCode.Unauthorized, true), (code, text.Contains("STALE_EVENT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_event_that_is_too_long_or_not_structured_is_refused()
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(new string('x', SignedMessages.LongestBody + 1))).Code);
        // As a stream, of which nobody says how long it will be.
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(change: request =>
        {
            request.Headers.TransferEncodingChunked = true;
            request.Content = new StreamContent(new MemoryStream(new byte[SignedMessages.LongestBody + 1])) { Headers = { ContentType = new("application/cloudevents+json") } };
        })).Code);
    }

    [Theory]
    [InlineData("application/json")] // In binary mode, with its attributes in headers.
    [InlineData("application/cloudevents-batch+json")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task An_event_in_another_mode_is_refused_and_told_which_is_right(string? type)
    {
        var (code, text) = await SendAsync(change: request =>
        {
            request.Headers.Add("ce-subject", "shop/billing");
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good)) { Headers = { ContentType = type is null ? null : new(type) } };
        });

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, true), (code, text.Contains("application/cloudevents+json", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Each_secret_in_the_file_is_good_so_that_one_can_replace_another()
    {
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(secret: new byte[32])).Code);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(secret: [.. Enumerable.Repeat((byte)1, 32)])).Code);
    }

    [Fact]
    public async Task An_event_that_is_replayed_is_accepted_and_followed_once_and_one_that_is_sent_again_is_followed()
    {
        var intake = Server.Services.GetRequiredService<EventIntake>();
        var (first, later) = (TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddSeconds(5));
        string KeyOf(DateTimeOffset at, string platform = "k8s:test", string body = Good) =>
            EventIntake.KeyOf(platform, "msg-1", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), Encoding.UTF8.GetBytes(body));
        Assert.False(intake.Knows(KeyOf(first)));

        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(at: first)).Code);
        Assert.True(intake.Knows(KeyOf(first)));
        Assert.False(intake.Knows(KeyOf(later)));
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(at: later)).Code);
        Assert.True(intake.Knows(KeyOf(later)));

        while (intake.TryTake("k8s:test"))
            continue; // From here on a new one would be sent away.
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(at: first)).Code);
        Assert.False(intake.Knows(KeyOf(first, body: Good + " ")));
        Assert.False(intake.Knows(KeyOf(first, platform: "k8s:other")));
    }

    [Fact]
    public async Task A_storm_of_events_is_sent_away_and_told_when_to_come_again()
    {
        var intake = Server.Services.GetRequiredService<EventIntake>();
        var (number, refused) = (0, "");
        await Eventually.TrueAsync(
            async () =>
            {
                while (intake.TryTake("k8s:test"))
                    continue; // One may be given back before the event arrives; then another event is tried.
                (var code, refused) = await SendAsync(Good.Replace("\"1\"", $"\"{number++}\"", StringComparison.Ordinal));
                return code == HttpStatusCode.TooManyRequests;
            },
            TimeSpan.FromSeconds(30), () => "never too many", Cancellation);

        Assert.Contains("TOO_MANY_EVENTS", refused, StringComparison.Ordinal);
        Assert.True(intake.TryTake("k8s:other"));
    }

    [Fact]
    public void What_is_remembered_of_events_is_bounded_and_forgotten_in_time()
    {
        var time = new FakeTimeProvider();
        using var intake = new EventIntake(time);
        for (var number = 0; number <= EventIntake.Remembered; number++)
            intake.Remember($"{number}");

        Assert.Equal((false, true), (intake.Knows("0"), intake.Knows("1")));
        time.Advance(2 * WebhookSecrets.Tolerance + TimeSpan.FromSeconds(1));
        Assert.False(intake.Knows("1"));
    }

    [Theory]
    [InlineData("people", "io.nhigrains.person.departed")]
    [InlineData("risk", "io.nhigrains.risk.signal")]
    public async Task A_secret_for_hints_at_platforms_opens_no_other_route(string route, string type)
    {
        var time = TimeProvider.System.GetUtcNow();
        var body = $$"""{"specversion":"1.0","id":"1","source":"/hr","type":"{{type}}","subject":"ada","time":"{{time:O}}","data":{"type":"leak","severity":"high","ttlSeconds":60} }""";

        var (code, text) = await SendAsync(body, route);

        Assert.Equal((HttpStatusCode.NotFound, true), (code, text.Contains("UNKNOWN_PLATFORM", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_secret_that_is_in_the_files_of_two_routes_stops_the_start_and_is_not_repeated()
    {
        var (one, two, three) = (Path.Combine(_folder, "one"), Path.Combine(_folder, "two"), Path.Combine(_folder, "three"));
        await File.WriteAllTextAsync(one, $"whsec_{Convert.ToBase64String(new byte[24])}\n{Secret}\n", Cancellation);
        await File.WriteAllTextAsync(two, $"whsec_{Convert.ToBase64String(new byte[25])}\n{Secret}\n", Cancellation);
        await File.WriteAllTextAsync(three, $"whsec_{Convert.ToBase64String(new byte[26])}\n", Cancellation);

        foreach (var shared in new[] { new WebhookSettings(one, two, three), new WebhookSettings(one, three, two), new WebhookSettings(three, one, two), new WebhookSettings(one, one, null) })
        {
            var refused = Assert.Throws<SetupException>(() => WebhookSenders.Load(shared));
            Assert.Contains("have a secret in common", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, refused.Message, StringComparison.Ordinal);
        }

        Assert.NotNull(WebhookSenders.Load(new(one, three, null)).People);
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_AAAA")]
    [InlineData("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz")]
    public async Task A_file_without_good_secrets_stops_the_start_and_repeats_none(string line)
    {
        var file = Path.Combine(_folder, "wrong");
        await File.WriteAllTextAsync(file, line, Cancellation);

        var refused = Assert.Throws<SetupException>(() => WebhookSecrets.Load(file));

        Assert.True(line.Length == 0 || !refused.Message.Contains(line, StringComparison.Ordinal), refused.Message);
    }

    private async Task<(HttpStatusCode Code, string Text)> SendAsync(
        string body = Good, string platform = "k8s:test", DateTimeOffset? at = null, Action<HttpRequestMessage>? change = null, byte[]? secret = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{Server.Url}/events/{platform}")) { Content = Json(body) };
        var timestamp = $"{(at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds()}";
        var signature = HMACSHA256.HashData(secret ?? Convert.FromBase64String(Secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"msg-1.{timestamp}.{body}"));
        request.Headers.Add("webhook-id", "msg-1");
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", $"v1,{Convert.ToBase64String(new byte[32])} v1,{Convert.ToBase64String(signature)}");
        change?.Invoke(request);
        using var answer = await client.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/cloudevents+json");

    private static void Replace(HttpRequestMessage request, string header, string value)
    {
        request.Headers.Remove(header);
        request.Headers.Add(header, value);
    }
}
