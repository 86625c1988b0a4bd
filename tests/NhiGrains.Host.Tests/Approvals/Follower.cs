using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace NhiGrains.Host.Tests.Approvals;

/// <summary>One subscription over a socket of its own.</summary>
internal sealed class Follower : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<Follower> StartAsync(string url, string token, string subscription)
    {
        var follower = new Follower();
        follower._socket.Options.AddSubProtocol("graphql-transport-ws");
        await follower._socket.ConnectAsync(new Uri(url.Replace("http", "ws", StringComparison.Ordinal) + "/graphql"), Cancellation);
        await follower.SendAsync(new { type = "connection_init", payload = new { Authorization = $"Bearer {token}" } });
        Assert.Equal("connection_ack", Type(await follower.ReceiveAsync()));
        await follower.SendAsync(new { type = "subscribe", id = "1", payload = new { query = subscription } });
        return follower;
    }

    /// <summary>The data of the next event.</summary>
    public async Task<JsonElement> NextAsync()
    {
        var message = await ReceiveAsync();
        Assert.True(Type(message) == "next", message.GetRawText());
        return message.GetProperty("payload").GetProperty("data");
    }

    public void Dispose() => _socket.Dispose();

    private static string Type(JsonElement message) => message.GetProperty("type").GetString() ?? "";

    private Task SendAsync(object message) => _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, Cancellation);

    private async Task<JsonElement> ReceiveAsync()
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        var length = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(_buffer.AsMemory(length), bound.Token);
            length += part.Count;
        }
        while (!part.EndOfMessage);
        return JsonSerializer.Deserialize<JsonElement>(Encoding.UTF8.GetString(_buffer, 0, length));
    }
}
