using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Identities;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Platforms;

/// <summary>What a sweep found.</summary>
/// <param name="Differences">Identities whose observation differs.</param>
/// <param name="Seen">Every principal that is there.</param>
/// <param name="Unanswered">Identities that could not look at what was seen of them.</param>
internal sealed record SweepResult(int Differences, IReadOnlySet<string> Seen, int Unanswered);

/// <summary>Reads a whole platform, and has every identity on it look at what was seen.</summary>
/// <param name="unmanaged">Gets what was seen of a principal that no identity is bound to.</param>
/// <param name="managed">Gets a principal that an identity is bound to.</param>
internal sealed class PlatformSweep(
    IPlatformConnector connector, IGrainFactory grains, Func<Observation, Task> unmanaged, Func<string, Task> managed, ILogger logger)
{
    private int _differences;
    private int _unanswered;

    /// <exception cref="PlatformException">The platform could not be read as a whole; what was seen before that was told.</exception>
    public async Task<SweepResult> Run(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var observation in connector.ObserveAllAsync(cancellation))
        {
            seen.Add(observation.Principal);
            await Show(observation, cancellation);
        }

        // What is not there at all was not among the observations, and is what some identity misses.
        foreach (var (identityId, _) in (await Bound()).Where(bound => !seen.Contains(bound.Principal)))
        {
            cancellation.ThrowIfCancellationRequested();
            await Ask(identityId, enforcement => enforcement.Refresh(), cancellation);
        }

        return new(_differences, seen, _unanswered);
    }

    private async Task Show(Observation observation, CancellationToken cancellation)
    {
        if (await grains.GetGrain<IPrincipalGrain>(PrincipalKeys.Of(connector.Name, observation.Principal)).Owner() is not { } owner)
        {
            await unmanaged(observation);
            return;
        }

        await managed(observation.Principal);
        await Ask(owner, enforcement => enforcement.Observed(observation), cancellation);
    }

    // One identity that does not answer must not keep all those behind it from being looked at.
    private async Task Ask(string identityId, Func<IEnforcementGrain, Task<EnforcementView>> look, CancellationToken cancellation)
    {
        try
        {
            var view = await look(grains.GetGrain<IEnforcementGrain>(EnforcementKeys.Of(connector.Name, identityId)));
            _differences += view.Status == EnforcementStatus.Drifted ? 1 : 0;
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            _unanswered++;
            logger.LogWarning(fault, "Identity {Identity} could not look at what the sweep of {Platform} saw of it; the next sweep asks again", identityId, connector.Name);
        }
    }

    private async Task<IReadOnlyList<(string IdentityId, string Principal)>> Bound()
    {
        var query = new CatalogQuery(new(Platform: connector.Name), CatalogOrder.Id, Descending: false, After: null, First: int.MaxValue - 1);
        var pages = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => grains.GetGrain<ICatalogShardGrain>(shard).Query(query)));
        return [.. pages.SelectMany(page => page.Rows).Select(row => (row.Id, row.Platforms.First(platform => platform.Platform == connector.Name).Principal))];
    }
}
