using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NhiGrains.Sandbox.Clock;
using NhiGrains.Sandbox.Faults;

namespace NhiGrains.Sandbox;

/// <summary>A fake cloud on loopback, each platform of it on a port of its own.</summary>
public sealed class SandboxServer(int seed = 0) : IAsyncDisposable
{
    private readonly List<WebApplication> _listening = [];

    /// <summary>The clock and the faults, which all platforms of this server share.</summary>
    public SandboxSurroundings Surroundings { get; } = new(new SandboxClock(TimeProvider.System), new FaultDice(seed));

    public SandboxClock Clock => Surroundings.Clock;

    public FaultDice Faults => Surroundings.Faults;

    /// <summary>Starts to listen for a platform.</summary>
    /// <param name="port">Zero: any that is free.</param>
    /// <returns>The address of its APIs.</returns>
    public async Task<Uri> AddAsync(ISandboxPlatform platform, int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        var app = builder.Build();
        app.Run(context => HandleAsync(platform, context));
        await app.StartAsync();
        _listening.Add(app);
        return new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()); // It has started.
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        foreach (var app in _listening)
        {
            await app.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await app.DisposeAsync();
        }
    }

    private async Task HandleAsync(ISandboxPlatform platform, HttpContext context)
    {
        if (Faults.Plan.Latency > TimeSpan.Zero)
            await Task.Delay(Faults.Plan.Latency, Clock, context.RequestAborted);
        switch (Faults.Roll())
        {
            case SandboxFault.None:
                await platform.HandleAsync(context);
                break;
            case SandboxFault.Html:
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html><body><h1>502 Bad Gateway</h1></body></html>");
                break;
            case SandboxFault.TimeoutAfterSuccess:
                await DropAfterAsync(platform, context);
                break;
            case var fault:
                await platform.AnswerFaultAsync(context, fault);
                break;
        }
    }

    private static async Task DropAfterAsync(ISandboxPlatform platform, HttpContext context)
    {
        // What is written here reaches nobody.
        context.Response.Body = Stream.Null;
        await platform.HandleAsync(context);
        context.Abort();
    }
}
