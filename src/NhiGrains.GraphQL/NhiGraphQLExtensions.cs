using GraphQL;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using NhiGrains.GraphQL.Feed;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Roots;
using NhiGrains.GraphQL.Transport;

namespace NhiGrains.GraphQL;

/// <summary>Puts NhiGrains' GraphQL API into an application.</summary>
public static class NhiGraphQLExtensions
{
    /// <summary>
    /// Adds the schema and its transport. The host has an <c>IGrainFactory</c>, authentication whose principals carry the claims
    /// <c>sub</c>, roles and <c>nhi_identity</c>, and registers a <see cref="Platforms.IPlatformNames"/>, a
    /// <see cref="Policies.IPolicyDocuments"/>, an
    /// <see cref="Contracts.Notifications.INotificationSender"/>, an <see cref="Transport.Errors.IStoreCondition"/> and, for sockets of browsers, a
    /// <see cref="Transport.Sockets.ISocketAuthenticator"/>. Serve it with <c>MapNhiGraphQL</c>.
    /// </summary>
    public static IServiceCollection AddNhiGraphQL(this IServiceCollection services, Action<GraphQLTransportOptions>? configure = null)
    {
        services.AddNhiGraphQLTransport(configure);
        services.TryAddSingleton<AuditFeed>();
        services.TryAddScoped<Loaders>();
        services.AddGraphQL(graphql => graphql.AddSelfActivatingSchema<NhiSchema>());
        return services;
    }
}
