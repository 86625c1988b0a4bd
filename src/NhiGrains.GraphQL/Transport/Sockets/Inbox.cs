using System.Buffers;
using System.Net.WebSockets;

namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>Puts the frames of a socket together to messages of a bounded size.</summary>
internal sealed class Inbox(WebSocket socket)
{
    private const int Chunk = 4 * 1024;

    private ArrayBufferWriter<byte> _buffer = new();

    /// <summary>The next message, valid until the next call; null when the client closes.</summary>
    /// <exception cref="RefusedException">The message is too large, or binary.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(int maximum, CancellationToken abort)
    {
        // A large message's buffer is not kept for the life of the socket; a small one's is, without the token in it.
        if (_buffer.Capacity > 4 * Chunk)
            _buffer = new();
        _buffer.Clear();
        while (true)
        {
            var received = await socket.ReceiveAsync(_buffer.GetMemory(Chunk), abort);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            if (received.MessageType == WebSocketMessageType.Binary)
                throw new RefusedException(SocketClosure.BadMessage("Messages are text"));
            _buffer.Advance(received.Count);
            if (_buffer.WrittenCount > maximum)
                throw new RefusedException(SocketClosure.TooLarge(maximum));
            if (received.EndOfMessage)
                return _buffer.WrittenMemory;
        }
    }

    internal sealed class RefusedException(SocketClosure closure) : Exception(closure.Reason)
    {
        public SocketClosure Closure { get; } = closure;
    }
}
