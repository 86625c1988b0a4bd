using System.Text;
using GraphQL;
using GraphQL.Transport;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.GraphQL.Transport.Documents;
using NhiGrains.GraphQL.Transport.Errors;

namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>What the sessions of one endpoint share.</summary>
internal sealed record SocketServices(
    OperationRunner Runner,
    IGraphQLTextSerializer Serializer,
    IServiceScopeFactory Scopes,
    ISocketAuthenticator? Authenticator,
    GraphQLTransportOptions Options,
    UnexpectedExceptions Unexpected,
    TimeProvider Time)
{
    public byte[] Message(string type, string id, object? payload) =>
        Encoding.UTF8.GetBytes(Serializer.Serialize(new OperationMessage { Type = type, Id = id, Payload = payload }));
}
