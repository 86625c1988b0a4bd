using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres;

public static class PostgresPlatformExtensions
{
    /// <summary>Adds one PostgreSQL server; call it once for each. Nothing is connected to yet.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message says how, without the connection string.</exception>
    public static IServiceCollection AddPostgresPlatform(this IServiceCollection services, PostgresPlatformOptions options)
    {
        if (options.Problem() is { } problem)
            throw new ArgumentException(problem, nameof(options));
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IPlatformConnector>(provider => new PostgresConnector(
            options,
            new PostgresApi(options, provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgresConnector>>()));
    }
}
