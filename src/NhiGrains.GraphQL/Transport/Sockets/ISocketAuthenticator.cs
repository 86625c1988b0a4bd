using System.Security.Claims;

namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>
/// Validates the token that a client sends in <c>connection_init</c>, since a browser cannot set a header on the upgrade.
/// The host registers one, with the same validation as for the Authorization header; without one such tokens are refused.
/// </summary>
public interface ISocketAuthenticator
{
    /// <summary>The caller of a bearer token, or null when the token is not valid now. Its claim <c>exp</c> ends the socket.</summary>
    Task<ClaimsPrincipal?> AuthenticateAsync(string token, CancellationToken cancellation);
}
