using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using NhiGrains.Contracts.People;
using NhiGrains.Domain;
using NhiGrains.Grains.Identities;
using NhiGrains.Grains.Notifications;
using NhiGrains.Grains.People;
using NhiGrains.Grains.Platforms;
using NhiGrains.Grains.Policies;
using NhiGrains.Platforms;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;

namespace NhiGrains.Grains;

public static class GrainsExtensions
{
    /// <summary>
    /// What the grains need besides storage, reminders and connectors. A client of the cluster needs the serializer alone, which
    /// <see cref="AddNhiSerialization"/> adds.
    /// </summary>
    public static IServiceCollection AddNhiGrains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PlatformRegistry>();
        services.TryAddTransient<IdentityAftermath>();
        services.TryAddSingleton<IPeople, DirectoryPeople>();
        services.TryAddSingleton<Turnstiles>();
        services.TryAddSingleton(new SweepPeriods());
        services.TryAddSingleton(new NotificationPace());
        services.TryAddSingleton<BackgroundWork>();
        services.TryAddSingleton<PolicyContents>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<BackgroundWork>());
        return services.AddNhiSerialization();
    }

    /// <summary>
    /// Values of Domain and Contracts travel and are stored as JSON: it tolerates members that a reader does not know, in both
    /// directions, which an upgrade of a running cluster needs.
    /// </summary>
    public static IServiceCollection AddNhiSerialization(this IServiceCollection services) =>
        services
            .AddSingleton<IGeneralizedCopier, SharedCopies>()
            .AddSerializer(serializer => serializer.AddJsonSerializer(
                Values.Are, isCopyable: _ => false, options => options.Configure(codec => codec.SerializerOptions = Canonical.Json)));
}
