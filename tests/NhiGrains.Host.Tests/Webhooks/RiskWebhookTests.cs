using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;
using NhiGrains.Domain.Risk;
using NhiGrains.Host.Settings;
using NhiGrains.Host.Tests.Composition;
using NhiGrains.Host.Webhooks;

namespace NhiGrains.Host.Tests.Webhooks;

public sealed class RiskWebhookTests : IAsyncLifetime
{
    private const string Data = """{"type":"secret-leaked","severity":"high","ttlSeconds":3600,"note":"found in a public repository"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-risk-").FullName;
    private RunningServer? _server;
    private WebhookSecrets? _secrets;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RunningServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    private IGrainFactory Grains => Server.Services.GetRequiredService<IGrainFactory>();

    public async ValueTask InitializeAsync()
    {
        var file = Path.Combine(_folder, "secrets");
        await File.WriteAllTextAsync(file, $"whsec_{Convert.ToBase64String(new byte[32])}\n", Cancellation);
        _secrets = WebhookSecrets.Load(file);
        _server = await RunningServer.StartAsync(Path.Combine(_folder, "data"), ($"{SettingKeys.Webhooks}:{SettingKeys.RiskSecretsFile}", file));
        await Grains.GetGrain<IPolicySetGrain>(PolicySets.Main).Apply(new PolicySet("main", []) { RiskResponses = [new(RiskSeverity.High)] }, "test");
        await Grains.GetGrain<IIdentityGrain>("billing").Execute(new("k", "ada", new IdentityCommand.RegisterIdentity(
            new(IdentityKind.Bot, new("ann", "ops"), "test", new Dictionary<string, string>(), []))));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_signed_signal_suspends_and_however_often_it_is_sent_it_is_one()
    {
        var at = TimeProvider.System.GetUtcNow();

        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event(), at));
        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event(), at)); // Replayed.
        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event(), at.AddSeconds(7))); // Sent again.

        var identity = await IdentityAsync();
        var risk = Assert.Single(identity.Risks);
        Assert.Equal((IdentityStatus.Suspended, RiskSeverity.High), (identity.Status, risk.Severity));
        Assert.Equal(("1", "/scanner", "secret-leaked", "found in a public repository"), (risk.Id, risk.Source, risk.Type, risk.Note));
        Assert.Equal((at.ToUnixTimeSeconds(), TimeSpan.FromHours(1)), (risk.At.ToUnixTimeSeconds(), risk.EndsAt - risk.At));

        await ExecuteAsync(new IdentityCommand.ClearRisk(risk.Key, "rotated"));
        await ExecuteAsync(new IdentityCommand.ResumeIdentity("rotated"));
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(Event(), at.AddSeconds(14))).Code);
        Assert.Equal(IdentityStatus.Active, (await IdentityAsync()).Status);
    }

    [Fact]
    public async Task A_signal_that_says_when_it_was_and_when_it_ends_is_kept_so()
    {
        var noticed = TimeProvider.System.GetUtcNow().AddMinutes(-30);
        var end = noticed.AddHours(2);

        Assert.Equal((HttpStatusCode.Accepted, ""), await SendAsync(Event($$"""{"type":"odd-use","severity":"LOW","more":{"is":"not looked at"},"endsAt":"{{end:O}}"}""", time: $"{noticed:O}")));

        var risk = Assert.Single((await IdentityAsync()).Risks);
        Assert.Equal((noticed, end, RiskSeverity.Low), (risk.At, risk.EndsAt, risk.Severity));
        Assert.Equal(IdentityStatus.Active, (await IdentityAsync()).Status);
    }

    [Fact]
    public async Task What_is_no_signal_is_refused_with_what_is_wrong_and_changes_nothing()
    {
        (string Event, HttpStatusCode Status, string Told)[] wrong =
        [
            (Event("null"), HttpStatusCode.BadRequest, "data"),
            (Event("[]"), HttpStatusCode.BadRequest, "data"),
            (Event("""{"type":7,"severity":"high","ttlSeconds":1}"""), HttpStatusCode.BadRequest, "'type' is no text"),
            (Event("""{"type":"x","severity":"3","ttlSeconds":1}"""), HttpStatusCode.BadRequest, "'severity' is not one of"),
            (Event("""{"type":"x","severity":"Low, High","ttlSeconds":1}"""), HttpStatusCode.BadRequest, "'severity' is not one of"),
            (Event("""{"type":"x","severity":"high"}"""), HttpStatusCode.BadRequest, "exactly one of"),
            (Event("""{"type":"x","severity":"high","ttlSeconds":1,"endsAt":"2099-01-01T00:00:00Z"}"""), HttpStatusCode.BadRequest, "exactly one of"),
            (Event("""{"type":"x","severity":"high","ttlSeconds":1e99}"""), HttpStatusCode.BadRequest, "exactly one of"),
            (Event("""{"type":"x","severity":"high","ttlSeconds":-1}"""), HttpStatusCode.BadRequest, "exactly one of"),
            (Event("""{"type":"x","severity":"high","ttlSeconds":1,"note":{}}"""), HttpStatusCode.BadRequest, "'note'"),
            (Event(time: "yesterday"), HttpStatusCode.BadRequest, "'time' is no instant"),
            (Event(time: "9999-12-31T23:59:59Z"), HttpStatusCode.BadRequest, "exactly one of"),
            (Event(type: "changed"), HttpStatusCode.BadRequest, "io.nhigrains.risk.signal"),
            (Event(subject: "../billing"), HttpStatusCode.BadRequest, "INVALID_IDENTITY_ID"),
            (Event(subject: "nobody"), HttpStatusCode.NotFound, "UNKNOWN_IDENTITY"),
            (Event("""{"type":"No Type","severity":"high","ttlSeconds":60}"""), HttpStatusCode.UnprocessableEntity, "INVALID_RISK_TYPE"),
            (Event("""{"type":"x","severity":"high","ttlSeconds":2000000000}"""), HttpStatusCode.UnprocessableEntity, "RISK_TOO_LONG"),
            (Event("""{"type":"x","severity":"high","endsAt":"2000-01-01T00:00:00Z"}"""), HttpStatusCode.UnprocessableEntity, "RISK_OVER"),
            (Event("""{"type":"x\ud800","severity":"high","ttlSeconds":60}"""), HttpStatusCode.BadRequest, "it is no JSON"),
            (Event("""{"type":"x","severity":"high","endsAt":"\udc00"}"""), HttpStatusCode.BadRequest, "it is no JSON"),
            (Event("""{"type":"x","severity":"high","ttlSeconds":60,"note":["\ud800"]}"""), HttpStatusCode.BadRequest, "it is no JSON"),
            (Event("""{"type":"x","severity":"high","ttlSeconds":60,"\ud800":1}"""), HttpStatusCode.BadRequest, "it is no JSON"),
            ("no json", HttpStatusCode.BadRequest, "it is no JSON"),
        ];

        foreach (var (text, status, told) in wrong)
        {
            var (code, answer) = await SendAsync(text);
            Assert.True((status, true) == (code, answer.Contains(told, StringComparison.Ordinal)), $"{text}: {code} {answer}");
        }

        Assert.Empty((await IdentityAsync()).Risks);
    }

    [Fact]
    public async Task Nothing_is_told_to_who_does_not_sign()
    {
        var (code, text) = await SendAsync(Event(subject: "nobody"), signature: $"v1,{Convert.ToBase64String(new byte[32])}");

        Assert.Equal((HttpStatusCode.Unauthorized, true), (code, text.Contains("INVALID_SIGNATURE", StringComparison.Ordinal)));
        Assert.Empty((await IdentityAsync()).Risks);
    }

    private static string Event(string data = Data, string subject = "billing", string type = "io.nhigrains.risk.signal", string? time = null) =>
        $$"""{"specversion":"1.0","id":"1","source":"/scanner","type":"{{type}}","subject":"{{subject}}",{{(time is null ? "" : $"\"time\":{JsonSerializer.Serialize(time)},")}}"data":{{data}}}""";

    private async Task<Identity> IdentityAsync() => (await Grains.GetGrain<IIdentityGrain>("billing").Get())?.Identity ?? throw new InvalidOperationException("It is gone.");

    private async Task ExecuteAsync(IdentityCommand command) =>
        Assert.Null((await Grains.GetGrain<IIdentityGrain>("billing").Execute(new($"k-{command.GetType().Name}", "ada", command))).Refusal);

    private async Task<(HttpStatusCode Code, string Text)> SendAsync(string body, DateTimeOffset? at = null, string? signature = null)
    {
        var timestamp = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{Server.Url}{RiskEndpoint.Route}")) { Content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json") };
        request.Headers.Add(WebhookHeaders.Id, "msg-1");
        request.Headers.Add(WebhookHeaders.Timestamp, timestamp);
        request.Headers.Add(WebhookHeaders.Signature, signature ?? _secrets?.Sign("msg-1", timestamp, Encoding.UTF8.GetBytes(body)) ?? "");
        using var answer = await client.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
