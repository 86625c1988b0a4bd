using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Host.Webhooks;
using NhiGrains.Platforms.TestKit.Kubernetes;

namespace NhiGrains.Host.Tests.Notifications;

/// <summary>A real web server that takes what is loud, after the code for events that come in has found its signature good.</summary>
internal sealed class Receiver(string secretFile) : IAsyncDisposable
{
    private readonly int _port = LoopbackPorts.Free(1)[0];
    private readonly WebhookSecrets _secrets = WebhookSecrets.Load(secretFile);
    private WebApplication? _app;

    public Uri Url => new($"http://127.0.0.1:{_port}/hook?token=hidden-in-the-address");

    /// <summary>What it says to an event; 204 without one.</summary>
    public Func<HttpContext, Task>? Answer { get; set; }

    /// <summary>Everything that arrived, in order, whatever it was answered.</summary>
    public ConcurrentQueue<(CloudEvent Event, string MessageId)> Arrived { get; } = new();

    /// <summary>The same as it came, in the same order: headers and body.</summary>
    public ConcurrentQueue<(string Id, string Timestamp, string Signature, string Body)> Raw { get; } = new();

    /// <summary>What was wrong with what arrived.</summary>
    public ConcurrentQueue<string> Wrong { get; } = new();

    public IEnumerable<string> Actions => Arrived.Select(one => one.Event.Type);

    public static AuditEvent EventIn(CloudEvent arrived) => arrived.Data?.Deserialize<AuditEvent>(Canonical.Json) ?? throw new InvalidOperationException("It has no data.");

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{_port}");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/hook", TakeAsync);
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task TakeAsync(HttpContext context)
    {
        if (await SignedMessages.ReceiveAsync(context, _secrets, TimeProvider.System) is not { } message)
        {
            Wrong.Enqueue($"answered {context.Response.StatusCode}");
            return;
        }

        var read = CloudEvent.Read(message.Body, "an identity");
        if (read.Refusal is { } malformed)
            Wrong.Enqueue(malformed.Message);
        else
            Arrived.Enqueue((read.Value, message.Id));
        Raw.Enqueue((message.Id, message.Timestamp, context.Request.Headers[WebhookHeaders.Signature].ToString(), Encoding.UTF8.GetString(message.Body.Span)));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        if (Answer is { } answer)
            await answer(context);
    }
}
