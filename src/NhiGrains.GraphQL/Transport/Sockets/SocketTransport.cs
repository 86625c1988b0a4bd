using GraphQL;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NhiGrains.GraphQL.Transport.Documents;
using NhiGrains.GraphQL.Transport.Errors;
using NhiGrains.GraphQL.Transport.Http;

namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>GraphQL over WebSocket, up to the upgrade: who may open a socket, and how many there may be.</summary>
internal sealed class SocketTransport(
    HttpTransport http,
    OperationRunner runner,
    IGraphQLTextSerializer serializer,
    IServiceScopeFactory scopes,
    UnexpectedExceptions unexpected,
    IOptions<GraphQLTransportOptions> options,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    IServiceProvider provider)
{
    public const string Protocol = "graphql-transport-ws";

    private readonly SocketServices _services =
        new(runner, serializer, scopes, provider.GetService<ISocketAuthenticator>(), options.Value, unexpected, time);

    private int _open;

    /// <summary>Sockets open now.</summary>
    public int Open => Volatile.Read(ref _open);

    public async Task HandleAsync(HttpContext context)
    {
        var limits = options.Value.Sockets;
        if (!Origins.IsAllowed(context.Request, options.Value))
            await http.RefuseAsync(context, Refusals.OriginRefused());
        else if (!context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol, StringComparer.Ordinal))
            await http.RefuseAsync(context, Refusals.ProtocolRequired(Protocol));
        else
            await CountAsync(context, limits);
    }

    private async Task CountAsync(HttpContext context, SocketLimits limits)
    {
        try
        {
            if (Interlocked.Increment(ref _open) <= limits.MaxSockets && !lifetime.ApplicationStopping.IsCancellationRequested)
            {
                await ServeAsync(context, limits);
                return;
            }

            context.Response.Headers.RetryAfter = "5";
            await http.RefuseAsync(context, Refusals.TooManySockets());
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task ServeAsync(HttpContext context, SocketLimits limits)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = Protocol,
            KeepAliveInterval = limits.KeepAliveInterval,
            KeepAliveTimeout = limits.KeepAliveTimeout,
        });
        using var session = new SocketSession(socket, context.User, _services);
        using var drain = lifetime.ApplicationStopping.Register(() => session.End(SocketClosure.Draining));
        await session.RunAsync();
    }
}
