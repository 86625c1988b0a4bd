using Google.Apis.Auth.OAuth2;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Gcp;

public static class GcpPlatformExtensions
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    /// <summary>Adds one project; call it once for each.</summary>
    /// <exception cref="ArgumentException">The options are wrong, or there are no credentials; the message says how.</exception>
    public static IServiceCollection AddGcpPlatform(this IServiceCollection services, GcpPlatformOptions options)
    {
        if (options.Problem() is { } problem)
            throw new ArgumentException(problem, nameof(options));
        var credential = Credential(options);
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IPlatformConnector>(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            return new GcpConnector(options, new(credential, options.Endpoint, options.RequestTimeout, new CallBudget(options.Budget, time)), time);
        });
    }

    private static GoogleCredential Credential(GcpPlatformOptions options)
    {
        if (options.AccessToken is { } token)
            return GoogleCredential.FromAccessToken(token);
        try
        {
            return GoogleCredential.GetApplicationDefault().CreateScoped(Scope);
        }
        catch (Exception exception)
        {
// Google.Apis.Auth throws whatever comes up, from InvalidOperationException to a parser's.
#pragma warning disable MA0054 // Its message can repeat parts of a key file.
            throw new ArgumentException(
                $"There are no application default credentials for {options.Platform} ({exception.GetType().Name}). Set GOOGLE_APPLICATION_CREDENTIALS, or run where Google gives an account.", nameof(options));
#pragma warning restore MA0054
        }
    }
}
