using NhiGrains.GraphQL.Transport.Sockets;

namespace NhiGrains.GraphQL.Transport;

/// <summary>What the GraphQL endpoint accepts. The defaults are meant for production.</summary>
public sealed class GraphQLTransportOptions
{
    /// <summary>Largest body of a POST, and largest message on a socket. Default: 256 KB.</summary>
    public int MaxBodyBytes { get; set; } = 256 * 1024;

    /// <summary>
    /// An anonymous request is answered 401, an anonymous socket closed with 4401. Default: true.
    /// </summary>
    public bool RequireAuthenticatedUser { get; set; } = true;

    /// <summary>
    /// How long one query or mutation may run before it is answered with code TIMEOUT. Default: 40 s, which is
    /// longer than the longest wait that a mutation can ask for.
    /// </summary>
    public TimeSpan ExecutionTimeout { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>
    /// Origins of other sites, such as <c>https://portal.example.com</c>, whose pages may open a socket or send a GET
    /// without a preflight header. A page of the same host always may. Default: none.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>What a document may cost, checked before it is validated.</summary>
    public DocumentLimits Limits { get; } = new();

    /// <summary>What sockets may hold.</summary>
    public SocketLimits Sockets { get; } = new();
}
