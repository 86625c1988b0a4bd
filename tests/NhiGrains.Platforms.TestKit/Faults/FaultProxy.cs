using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace NhiGrains.Platforms.TestKit.Faults;

/// <summary>
/// Stands on loopback (plain HTTP) between a client and a real platform, passes everything on as it is, streams included, and
/// misbehaves as it is told to.
/// </summary>
public sealed class FaultProxy : IFaultyWay, IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly HttpClient _upstream;
    private readonly bool _keepHost;
    private readonly ConcurrentQueue<PassedRequest> _passed = new();
    private readonly Injections _injections = new();
    private readonly ConcurrentDictionary<IHttpRequestLifetimeFeature, bool> _open = new();

    private FaultProxy(WebApplication server, HttpClient upstream, bool keepHost) =>
        (_server, _upstream, _keepHost) = (server, upstream, keepHost);

    public Uri Address => new(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First() ?? "");

    public IReadOnlyCollection<PassedRequest> Passed => _passed;

    /// <param name="upstream">Where to pass requests on to.</param>
    /// <param name="handler">How: trusts the platform's certificate. Disposed with the proxy.</param>
    /// <param name="keepHost">Whether the platform gets the host that the client asked for: one that checks signatures must.</param>
    public static async Task<FaultProxy> StartAsync(Uri upstream, HttpMessageHandler handler, bool keepHost = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        var server = builder.Build();
        var proxy = new FaultProxy(server, new HttpClient(handler) { BaseAddress = upstream, Timeout = Timeout.InfiniteTimeSpan }, keepHost);
        server.Run(proxy.HandleAsync);
        await server.StartAsync();
        return proxy;
    }

    public IDisposable Inject(Fault fault, Func<PassedRequest, bool> when, int times = int.MaxValue) => _injections.Add(fault, when, times);

    /// <summary>Drops every connection that a request is under way on, watches included.</summary>
    public void DropAll()
    {
        foreach (var request in _open.Keys)
            request.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.DisposeAsync();
        _upstream.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = new PassedRequest(context.Request.Method, $"{context.Request.Path}{context.Request.QueryString}")
        {
            Action = await Passing.ActionAsync(context.Request),
        };
        _passed.Enqueue(request);
        // Unlike the context, it can still be asked when the request has just ended.
        var lifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        _open[lifetime] = true;
        try
        {
            await (_injections.Take(request) switch
            {
                Fault.Answer answer => AnswerAsync(context, answer),
                Fault.DropBefore => AbortAsync(context),
                Fault.Delay delay => DelayAsync(context, delay.For),
                var fault => PassOnAsync(context, fault),
            });
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // The platform or the client went away: the other side sees the same.
            context.Abort();
        }
        finally
        {
            _open.TryRemove(lifetime, out _);
        }
    }

    private async Task DelayAsync(HttpContext context, TimeSpan delay)
    {
        await Task.Delay(delay, context.RequestAborted);
        await PassOnAsync(context, null);
    }

    private async Task PassOnAsync(HttpContext context, Fault? fault)
    {
        using var request = Passing.Request(context.Request);
        if (_keepHost)
            request.Headers.Host = context.Request.Host.Value;
        // What the client abandons is still carried out, as it is on a real way.
        using var answer = await _upstream.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, fault is null ? context.RequestAborted : CancellationToken.None);
        if (fault is null)
        {
            await Passing.StreamAsync(answer, context);
            return;
        }

        var body = await answer.Content.ReadAsByteArrayAsync();
        if (fault is Fault.CutBody or Fault.StallBody)
            await Passing.HalfAsync(answer, body, context);
        if (fault is Fault.StallBody or Fault.Silence)
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        context.Abort();
    }

    private static Task AbortAsync(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static Task AnswerAsync(HttpContext context, Fault.Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        if (answer.RetryAfter is { } after)
            context.Response.Headers.RetryAfter = ((int)after.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return context.Response.WriteAsync(answer.Body);
    }
}
