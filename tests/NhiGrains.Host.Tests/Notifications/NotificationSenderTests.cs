using Microsoft.AspNetCore.Http;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Host.Notifications;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.Tests.Notifications;

public sealed class NotificationSenderTests : IAsyncLifetime
{
    private const string Sink = "pager";

    private static readonly AuditEntry Entry = new(
        3, 42,
        new("identity/billing", 7, new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero), "ada", "grant.active", "a test", null, "d", new Dictionary<string, string> { ["notify"] = "*" }),
        "p", "h");

    private readonly string _secret = Path.GetTempFileName();
    private Receiver? _receiver;
    private NotificationSender? _sender;

    private Receiver Receiver => _receiver ?? throw new InvalidOperationException("Not started.");

    private NotificationSender Sender => _sender ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_secret, $"whsec_{Convert.ToBase64String(new byte[32])}\nwhsec_{Convert.ToBase64String(new byte[24])}\n", TestContext.Current.CancellationToken);
        _receiver = new(_secret);
        await _receiver.StartAsync();
        _sender = new([new(Sink, _receiver.Url, _secret)], TimeProvider.System, TimeSpan.FromSeconds(1));
    }

    public async ValueTask DisposeAsync()
    {
        Sender.Dispose();
        await Receiver.DisposeAsync();
        File.Delete(_secret);
    }

    [Fact]
    public async Task An_entry_of_the_log_is_sent_as_a_signed_CloudEvent()
    {
        Assert.Equal(Delivery.Done, await Sender.SendAsync(Sink, Entry));

        Assert.Empty(Receiver.Wrong);
        var (arrived, messageId) = Assert.Single(Receiver.Arrived);
        Assert.Equal(("3/42", "3/42", "identity/billing", "io.nhigrains.grant.active", "billing", Entry.Event.At), (messageId, arrived.Id, arrived.Source, arrived.Type, arrived.Subject, arrived.Time));
        Assert.Equivalent(Entry.Event, Receiver.EventIn(arrived));
    }

    [Fact]
    public async Task An_entry_that_is_longer_than_an_event_may_be_arrives_cut_and_without_what_was_decided_from()
    {
        var asked = new string('a', 32_000);
        var details = new Dictionary<string, string> { ["notify"] = "*", ["grant"] = "g", ["asked"] = asked, ["decided"] = new string('d', 200_000) };

        Assert.Equal(Delivery.Done, await Sender.SendAsync(Sink, Entry with { Event = Entry.Event with { Details = details } }));

        Assert.Empty(Receiver.Wrong);
        var told = Receiver.EventIn(Assert.Single(Receiver.Arrived).Event).Details;
        Assert.Equal(["asked", "grant", "notify"], told.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"{asked[..LoudEvent.LongestText]}... (cut: it has 32000 characters, SHA-256 {Canonical.DigestOfText(asked)})", told["asked"]);
    }

    [Fact]
    public async Task A_source_that_is_no_URI_is_escaped_and_its_data_has_it_as_it_is()
    {
        var entry = Entry with { Event = Entry.Event with { Source = "enforcement/k8s:staging|billing" } };
        var text = System.Text.Encoding.UTF8.GetString(LoudEvent.Of(entry));
        await Sender.SendAsync(Sink, entry);

        Assert.StartsWith("""{"specversion":"1.0","id":"3/42","source":"enforcement/k8s:staging%7Cbilling","type":""", text, StringComparison.Ordinal);
        Assert.Contains("\"source\":\"enforcement/k8s:staging|billing\"", text, StringComparison.Ordinal);
        // Without a subject, which only an identity's own events have.
        Assert.Contains("'subject'", Assert.Single(Receiver.Wrong), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, DeliveryOutcome.Delivered)]
    [InlineData(202, DeliveryOutcome.Delivered)]
    [InlineData(302, DeliveryOutcome.Unavailable)]
    [InlineData(400, DeliveryOutcome.Refused)]
    [InlineData(401, DeliveryOutcome.Unavailable)]
    [InlineData(404, DeliveryOutcome.Unavailable)]
    [InlineData(409, DeliveryOutcome.Refused)]
    [InlineData(410, DeliveryOutcome.Unavailable)]
    [InlineData(413, DeliveryOutcome.Refused)]
    [InlineData(415, DeliveryOutcome.Refused)]
    [InlineData(422, DeliveryOutcome.Refused)]
    [InlineData(429, DeliveryOutcome.Unavailable)]
    [InlineData(500, DeliveryOutcome.Unavailable)]
    [InlineData(503, DeliveryOutcome.Unavailable)]
    public async Task Only_what_is_about_the_event_itself_is_a_refusal(int status, DeliveryOutcome outcome)
    {
        Receiver.Answer = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = $"{Receiver.Url}&again";
            if (status is not 204)
                await context.Response.WriteAsync("what the sink says is its own");
        };

        var delivery = await Sender.SendAsync(Sink, Entry);

        Assert.Equal(outcome, delivery.Outcome);
        Assert.Single(Receiver.Arrived); // A redirect is not followed.
        Assert.DoesNotContain("its own", delivery.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", delivery.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sink_that_asks_for_time_gets_it()
    {
        Receiver.Answer = context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (503, "90");
            return Task.CompletedTask;
        };

        Assert.Equal(TimeSpan.FromSeconds(90), (await Sender.SendAsync(Sink, Entry)).RetryAfter);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read()
    {
        Receiver.Answer = async context =>
        {
            context.Response.StatusCode = 200;
            var noise = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(noise, context.RequestAborted);
        };

        Assert.Equal(DeliveryOutcome.Delivered, (await Sender.SendAsync(Sink, Entry)).Outcome);
    }

    [Fact]
    public async Task A_sink_that_is_silent_gone_or_not_configured_is_unavailable_and_nothing_tells_its_address()
    {
        Receiver.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var silent = await Sender.SendAsync(Sink, Entry);
        await Receiver.StopAsync();
        var gone = await Sender.SendAsync(Sink, Entry);
        var unknown = await Sender.SendAsync("other", Entry);

        Assert.All([silent, gone, unknown], delivery => Assert.Equal(DeliveryOutcome.Unavailable, delivery.Outcome));
        Assert.Contains("did not answer within 1 seconds", silent.Message, StringComparison.Ordinal);
        Assert.Contains("could not be reached", gone.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", $"{silent.Message}{gone.Message}{new NotificationSink(Sink, Receiver.Url, _secret)}", StringComparison.Ordinal);
    }
}
