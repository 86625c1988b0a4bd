using k8s;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using NhiGrains.Platforms.Kubernetes.Api;

namespace NhiGrains.Platforms.Kubernetes;

public static class KubernetesPlatformExtensions
{
    /// <summary>Adds one cluster; call it once for each.</summary>
    /// <exception cref="ArgumentException">The options are wrong, or the kubeconfig cannot be used; the message says how.</exception>
    public static IServiceCollection AddKubernetesPlatform(this IServiceCollection services, KubernetesPlatformOptions options)
    {
        if (options.Problem() is { } problem)
            throw new ArgumentException(problem, nameof(options));
        var configuration = Configuration(options);
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton<IPlatformConnector>(provider => new KubernetesConnector(
            options,
            new KubernetesApi(new ApiTransport(new k8s.Kubernetes(configuration), options.RequestTimeout), provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<KubernetesConnector>>()));
    }

    private static KubernetesClientConfiguration Configuration(KubernetesPlatformOptions options)
    {
        try
        {
            var configuration = options is { Kubeconfig: null, Context: null }
                ? KubernetesClientConfiguration.BuildDefaultConfig()
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(options.Kubeconfig, options.Context);
            // The silence of a dead connection is noticed within seconds and not within minutes.
            configuration.FirstMessageHandlerSetup = handler =>
                (handler.KeepAlivePingDelay, handler.KeepAlivePingTimeout) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));
            // Each request has its own time-out, and a watch has none.
            configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
            return configuration;
        }
        catch (Exception exception)
        {
// KubernetesClient throws whatever comes up, from YamlException to NullReferenceException.
#pragma warning disable MA0054 // Its message can repeat parts of the file, and with them a secret.
            throw new ArgumentException($"The kubeconfig of {options.Platform} cannot be used ({exception.GetType().Name}). Check it with 'kubectl config view'.", nameof(options));
#pragma warning restore MA0054
        }
    }
}
