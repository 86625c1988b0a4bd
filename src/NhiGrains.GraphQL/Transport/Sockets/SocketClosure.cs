using System.Net.WebSockets;

namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>
/// Why a socket ends: the codes of <c>graphql-transport-ws</c> and of RFC 6455. Clients try again after 1001, 1012, 1013, 4403
/// and 4408, and not after the others.
/// </summary>
internal sealed record SocketClosure(int Code, string Reason)
{
    public static SocketClosure Normal { get; } = new((int)WebSocketCloseStatus.NormalClosure, "");

    /// <summary>The other side is no longer there: nothing is left to say.</summary>
    public static SocketClosure Gone { get; } = new((int)WebSocketCloseStatus.Empty, "");

    public static SocketClosure TooLarge(int maximum) => new((int)WebSocketCloseStatus.MessageTooBig, $"A message is at most {maximum} bytes");

    public static SocketClosure Internal { get; } = new((int)WebSocketCloseStatus.InternalServerError, "Internal error: try again later");

    public static SocketClosure Draining { get; } = new(1012, "The server restarts: connect again, and resume after the last cursor");

    public static SocketClosure TooSlow { get; } = new(1013, "Too slow: connect again, and resume after the last cursor");

    public static SocketClosure BadMessage(string why) => new(4400, why);

    public static SocketClosure Unauthorized { get; } = new(4401, "Unauthorized: send connection_init with a valid Authorization");

    public static SocketClosure TokenRefused { get; } = new(4403, "Forbidden: the token is not valid");

    public static SocketClosure TokenExpired { get; } = new(4403, "Forbidden: the token has expired, connect with a new one");

    public static SocketClosure InitTimeout { get; } = new(4408, "Connection initialisation timeout");

    public static SocketClosure SubscriberExists { get; } = new(4409, "Subscriber already exists");

    public static SocketClosure TooManyInits { get; } = new(4429, "Too many initialisation requests");

    public bool CanBeSaid => Code != (int)WebSocketCloseStatus.Empty;
}
