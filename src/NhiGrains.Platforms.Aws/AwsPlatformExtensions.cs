using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using NhiGrains.Platforms.Aws.Api;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Aws;

public static class AwsPlatformExtensions
{
    /// <summary>Adds one AWS account; call it once for each.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message says how.</exception>
    public static IServiceCollection AddAwsPlatform(this IServiceCollection services, AwsPlatformOptions options)
    {
        if (options.Problem() is { } problem)
            throw new ArgumentException(problem, nameof(options));
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IPlatformConnector>(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var transport = new AwsTransport(options, new CallBudget(options.Budget, time), time);
            return new AwsConnector(options, new IamApi(transport, new(time, options.PropagationLag)), time);
        });
    }
}
