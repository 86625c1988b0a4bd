using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using NhiGrains.GraphQL.Transport.Sockets;

namespace NhiGrains.GraphQL.Tests.Transport;

/// <summary>A raw client, for what a well-behaved one never does.</summary>
internal sealed class SampleSocket : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1024 * 1024];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SampleSocket> OpenAsync(
        Uri url, string? token = null, string? origin = null, string? protocol = SocketTransport.Protocol)
    {
        var client = new SampleSocket();
        if (protocol is not null)
            client._socket.Options.AddSubProtocol(protocol);
        if (token is not null)
            client._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        if (origin is not null)
            client._socket.Options.SetRequestHeader("Origin", origin);
        client._socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await client._socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws" }.Uri, Cancellation);
        }
        catch (WebSocketException)
        {
            throw new RefusedException((int)client._socket.HttpStatusCode);
        }

        return client;
    }

    /// <summary>Opened and acknowledged.</summary>
    public static async Task<SampleSocket> ReadyAsync(Uri url, string token = SampleServer.Token)
    {
        var client = await OpenAsync(url, token);
        await client.SendAsync("""{"type":"connection_init"}""");
        Assert.Equal("connection_ack", (await client.ReceiveAsync()).GetProperty("type").GetString());
        return client;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type, bool end = true) => _socket.SendAsync(bytes, type, end, Cancellation);

    public Task SubscribeAsync(string id, string query) => SendAsync(JsonSerializer.Serialize(new { id, type = "subscribe", payload = new { query } }));

    /// <summary>The next message; fails when the server closes instead.</summary>
    public async Task<JsonElement> ReceiveAsync()
    {
        var message = await TryReceiveAsync();
        Assert.True(message is not null, $"Closed with {Code} {Reason}");
        return message.Value;
    }

    /// <summary>Reads on until the server closes.</summary>
    public async Task<int> CloseCodeAsync()
    {
        while (await TryReceiveAsync() is not null)
        {
            // Whatever comes before the close does not matter here.
        }

        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        return Code ?? 0;
    }

    public int? Code => (int?)_socket.CloseStatus;

    public string? Reason => _socket.CloseStatusDescription;

    private async Task<JsonElement?> TryReceiveAsync()
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(20));
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), bound.Token);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            length += received.Count;
            if (received.EndOfMessage)
                return JsonSerializer.Deserialize<JsonElement>(_buffer.AsSpan(0, length));
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    internal sealed class RefusedException(int status) : Exception($"HTTP {status}")
    {
        public int Status { get; } = status;
    }
}
