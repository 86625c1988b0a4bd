using GraphQL;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using NhiGrains.GraphQL.Transport.Documents;
using NhiGrains.GraphQL.Transport.Errors;
using NhiGrains.GraphQL.Transport.Http;
using NhiGrains.GraphQL.Transport.Sockets;

namespace NhiGrains.GraphQL.Transport;

/// <summary>Puts the GraphQL endpoint into an application; the schema is registered apart, as <c>ISchema</c>.</summary>
public static class GraphQLTransportExtensions
{
    public static IServiceCollection AddNhiGraphQLTransport(
        this IServiceCollection services, Action<GraphQLTransportOptions>? configure = null)
    {
        var options = services.AddOptions<GraphQLTransportOptions>();
        if (configure is not null)
            options.Configure(configure);
        options.Validate(o => o.MaxBodyBytes > 0, "MaxBodyBytes must be positive.")
            .Validate(o => o.ExecutionTimeout > TimeSpan.Zero, "ExecutionTimeout must be positive.")
            .Validate(o => o.Sockets.AreValid, "Every bound on sockets must be positive.")
            .ValidateOnStart();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new DocumentCache());
        services.TryAddSingleton<DocumentGate>();
        services.TryAddSingleton<UnexpectedExceptions>();
        services.TryAddSingleton<OperationRunner>();
        services.TryAddSingleton<HttpTransport>();
        services.TryAddSingleton<SocketTransport>();
        services.TryAddScoped<SubscriptionFlow>();
        services.AddGraphQL(graphql => graphql
            .AddSystemTextJson()
            .AddErrorInfoProvider(new QuietErrors())
            .AddScopedSubscriptionExecutionStrategy()
            .ConfigureExecution<SkipRepeatedValidation>());
        return services;
    }

    /// <summary>
    /// Serves GraphQL over HTTP and WebSocket at the path. Authentication is the application's: put <c>UseAuthentication</c> before.
    /// </summary>
    public static IEndpointConventionBuilder MapNhiGraphQL(this IEndpointRouteBuilder endpoints, string path = "/graphql")
    {
        var http = endpoints.ServiceProvider.GetRequiredService<HttpTransport>();
        var sockets = endpoints.ServiceProvider.GetRequiredService<SocketTransport>();
        var branch = endpoints.CreateApplicationBuilder();
        branch.UseWebSockets();
        branch.Run(context => context.WebSockets.IsWebSocketRequest ? sockets.HandleAsync(context) : http.HandleAsync(context));
        return endpoints.Map(path, branch.Build()).WithDisplayName("GraphQL");
    }
}
