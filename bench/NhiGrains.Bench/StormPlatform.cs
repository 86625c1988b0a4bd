using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms;

namespace NhiGrains.Bench;

/// <summary>
/// One platform to be stormed, with bystanders on it. Grants are on a resource of their own each, so that the authorizer can be asked
/// about each.
/// </summary>
internal abstract class StormPlatform : IAsyncDisposable
{
    private readonly List<ServiceProvider> _services = [];

    public abstract string Name { get; }

    /// <summary>Requests that have come so far, those included that were turned away.</summary>
    public abstract long Calls { get; }

    /// <summary>Those of them that were carried out and do not only read.</summary>
    public abstract long Writes { get; }

    /// <summary>As fast as a connector calls by default, in place of as fast as it can.</summary>
    public bool UsualBudget { get; init; }

    /// <param name="grants">How many there will be, and so how many resources.</param>
    public static StormPlatform Of(string kind, string folder, int grants, bool usualBudget) => kind switch
    {
        "aws" => new StormAccount { UsualBudget = usualBudget },
        "gcp" => new StormProject { UsualBudget = usualBudget },
        "k8s" => new StormCluster(folder) { UsualBudget = usualBudget },
        "pg" => new StormDatabase(grants) { UsualBudget = usualBudget },
        _ => throw new ArgumentException($"There is no '{kind}': aws, gcp, k8s or pg.", nameof(kind)),
    };

    /// <summary>Starts it, and puts there what others have.</summary>
    public abstract Task StartAsync();

    public abstract Task BeginBadDayAsync();

    public abstract Task EndBadDayAsync();

    /// <summary>What went wrong, in lines.</summary>
    public abstract Task<IReadOnlyList<string>> TellAsync();

    public abstract string PrincipalOf(string identity);

    public abstract Entitlement Entitlement(string resource);

    /// <summary>Asks the platform's authorizer, past the connector.</summary>
    public abstract Task<bool> AllowsAsync(string identity, string resource);

    /// <summary>Looks at all that the platform stores, past the connector, where that can be done.</summary>
    /// <returns>A sentence for each thing that is not as it should be.</returns>
    public virtual Task<IReadOnlyList<string>> StoredDifferencesAsync(string[] identities, StormGrant[] told) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>A connector of its own, as a silo has it.</summary>
    public IPlatformConnector Connect(TimeProvider? time = null)
    {
        var services = new ServiceCollection().AddLogging(logging => logging.ClearProviders()).AddSingleton(time ?? TimeProvider.System);
        Add(services);
        var provider = services.BuildServiceProvider();
        _services.Add(provider);
        return provider.GetRequiredService<IPlatformConnector>();
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var provider in _services)
            await provider.DisposeAsync();
    }

    protected abstract void Add(IServiceCollection services);
}
