using System.Net.WebSockets;
using System.Threading.Channels;

namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>What waits to be sent on one socket: bounded in messages and bytes, sent one after the other.</summary>
internal sealed class Outbox(WebSocket socket, SocketLimits limits, TimeProvider time, Action<SocketClosure> end)
{
    private readonly Channel<Message> _queue = Channel.CreateBounded<Message>(
        new BoundedChannelOptions(limits.MaxQueued) { SingleReader = true });

    private volatile SocketClosure? _closure;
    private long _bytes;

    /// <summary>Queues a message; a client that lets the queue fill up is ended. <paramref name="sent"/> is called once it is on the wire.</summary>
    public void Post(byte[] json, Action? sent = null)
    {
        if (_closure is not null)
            return;
        var before = Interlocked.Add(ref _bytes, json.Length) - json.Length;
        if ((before > 0 && before + json.Length > limits.MaxQueuedBytes) || !_queue.Writer.TryWrite(new(json, sent)))
            end(SocketClosure.TooSlow);
    }

    /// <summary>What still waits is not sent any more; then the closure is said.</summary>
    public void Close(SocketClosure closure)
    {
        _closure = closure;
        _queue.Writer.TryComplete();
    }

    /// <summary>Sends until <see cref="Close"/>. The cancellation cuts the connection.</summary>
    public async Task RunAsync(CancellationToken abort)
    {
        try
        {
            await foreach (var message in _queue.Reader.ReadAllAsync(abort))
            {
                if (_closure is not null)
                    break;
                await SendAsync(message, abort);
            }

            if (_closure is { CanBeSaid: true } closure && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync((WebSocketCloseStatus)closure.Code, closure.Reason, abort);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            end(SocketClosure.Gone);
        }
    }

    private async Task SendAsync(Message message, CancellationToken abort)
    {
        var sending = socket.SendAsync(message.Json.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, abort).AsTask();
        try
        {
            await sending.WaitAsync(limits.SendTimeout, time, abort);
        }
        catch (TimeoutException)
        {
            // The message goes on for as long as the abort lets it, so that a client that wakes up still hears why.
            end(SocketClosure.TooSlow);
            await sending;
        }

        Interlocked.Add(ref _bytes, -message.Json.Length);
        message.Sent?.Invoke();
    }

    private readonly record struct Message(byte[] Json, Action? Sent);
}
