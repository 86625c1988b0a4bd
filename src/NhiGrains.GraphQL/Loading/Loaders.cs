using GraphQL;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain.People;

namespace NhiGrains.GraphQL.Loading;

/// <summary>What one request, or one event of a subscription, has loaded.</summary>
internal sealed class Loaders(IGrainFactory grains, IPeople people)
{
    private readonly Lazy<Task<PeopleDirectory>> _people = new(people.Current);

    public Loader<string, IdentityView?> Identities { get; } = new(id => grains.GetGrain<IIdentityGrain>(id).Get());

    public Loader<(string Platform, string IdentityId), EnforcementView> Enforcement { get; } =
        new(key => grains.GetGrain<IEnforcementGrain>($"{key.Platform}|{key.IdentityId}").Get());

    public Loader<string, PlatformView> Platforms { get; } = new(platform => grains.GetGrain<IPlatformGrain>(platform).Get());

    /// <summary>Who is in which group.</summary>
    public Task<PeopleDirectory> PeopleAsync() => _people.Value;
}

internal static class ContextServices
{
    public static Loaders Loaders(this IResolveFieldContext context) => context.Service<Loaders>();

    public static IGrainFactory Grains(this IResolveFieldContext context) => context.Service<IGrainFactory>();

    public static TimeProvider Time(this IResolveFieldContext context) => context.Service<TimeProvider>();

    public static T Service<T>(this IResolveFieldContext context)
        where T : notnull => (context.RequestServices ?? throw new InvalidOperationException("A request has no services.")).GetRequiredService<T>();
}
