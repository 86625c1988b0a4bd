using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.TestKit.Postgres;

/// <summary>
/// Stands on loopback between a client and a real PostgreSQL, without TLS. A request is what a client sends up to the point where it
/// waits for an answer; its target is its SQL, and it is a <c>GET</c> when it only selects. Logins pass as they are.
/// </summary>
public sealed class PostgresProxy : IFaultyWay, IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<PassedRequest> _passed = new();
    private readonly Injections _injections = new();
    private readonly int _server;
    private readonly Task _accepting;

    private PostgresProxy(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyCollection<PassedRequest> Passed => _passed;

    public static PostgresProxy Start(PostgresServer server) => new(server.Port);

    public IDisposable Inject(Fault fault, Func<PassedRequest, bool> when, int times = int.MaxValue) => _injections.Add(fault, when, times);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(HandleAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task HandleAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        try
        {
            using (client)
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, closing.Token);
                await new PostgresConversation(client.GetStream(), server.GetStream(), Note).RunAsync(closing.Token);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server or the client went away: the other side sees the same.
        }
    }

    private Fault? Note(PassedRequest request)
    {
        _passed.Enqueue(request);
        return _injections.Take(request);
    }
}
