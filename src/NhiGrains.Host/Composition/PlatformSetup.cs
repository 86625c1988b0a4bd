using NhiGrains.Host.Settings;
using NhiGrains.Platforms.Aws;
using NhiGrains.Platforms.Gcp;
using NhiGrains.Platforms.Kubernetes;
using NhiGrains.Platforms.Postgres;

namespace NhiGrains.Host.Composition;

/// <summary>The connectors of the platforms that are configured.</summary>
internal static class PlatformSetup
{
    /// <exception cref="SetupException">One of them is configured wrongly.</exception>
    public static void AddPlatforms(this IServiceCollection services, HostSettings settings)
    {
        foreach (var account in settings.Aws)
            Try(() => services.AddAwsPlatform(account));
        foreach (var project in settings.Gcp)
            Try(() => services.AddGcpPlatform(project));
        foreach (var cluster in settings.Clusters)
            Try(() => services.AddKubernetesPlatform(new() { Platform = cluster.Platform, Kubeconfig = cluster.Kubeconfig, Context = cluster.Context }));
        foreach (var server in settings.Postgres)
            Try(() => services.AddPostgresPlatform(server));
    }

    private static void Try(Func<IServiceCollection> add)
    {
        try
        {
            add();
        }
        catch (ArgumentException wrong)
        {
            // The message ends with the name of a parameter, which means nothing to whoever started the process.
            throw new SetupException(wrong.Message.Split(" (Parameter '")[0]);
        }
    }
}
