using System.Security.Claims;
using NhiGrains.GraphQL.Transport.Sockets;
using NhiGrains.Host.Authentication;

namespace NhiGrains.Host.Composition;

/// <summary>The token of a socket's <c>connection_init</c>, checked as one in a header is.</summary>
internal sealed class SocketAuthenticator(TokenCheck check) : ISocketAuthenticator
{
    public async Task<ClaimsPrincipal?> AuthenticateAsync(string token, CancellationToken cancellation) =>
        await check.CheckAsync(token) is { IsOk: true } valid ? valid.Value : null;
}
