using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Platforms;

/// <summary>What a sweep found.</summary>
/// <param name="Differences">Identities whose observation differs.</param>
/// <param name="Seen">Every principal that is there.</param>
/// <param name="Unanswered">Principals of which nobody looked at what was seen, because somebody did not answer.</param>
internal sealed record SweepResult(int Differences, IReadOnlySet<string> Seen, int Unanswered);

/// <summary>Reads a whole platform, and has every identity on it look at what was seen.</summary>
/// <param name="unmanaged">Gets what was seen of principals that no identity is bound to, many at a time: each call is a write.</param>
/// <param name="managed">Gets a principal that an identity is bound to.</param>
internal sealed class PlatformSweep(
    IPlatformConnector connector, IGrainFactory grains, Func<IReadOnlyList<Observation>, Task> unmanaged, Func<string, Task> managed, ILogger logger)
{
    private const int AtOnce = 50;

    private readonly List<Observation> _strays = [];
    private int _differences;
    private int _unanswered;

    /// <exception cref="PlatformException">The platform could not be read as a whole; what was seen before that was told.</exception>
    public async Task<SweepResult> Run(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await foreach (var observation in connector.ObserveAllAsync(cancellation))
            {
                seen.Add(observation.Principal);
                await Show(observation, cancellation);
            }
        }
        finally
        {
            // What was read stands, whatever becomes of the rest.
            await TellStrays();
        }

        // What is not there at all was not among the observations, and is what some identity misses.
        foreach (var (identityId, principal) in (await Bound()).Where(bound => !seen.Contains(bound.Principal)))
        {
            cancellation.ThrowIfCancellationRequested();
            await Ask(principal, async () => await Enforcement(identityId).Refresh(), cancellation);
        }

        return new(_differences, seen, _unanswered);
    }

    private Task Show(Observation observation, CancellationToken cancellation) => Ask(observation.Principal, async () =>
    {
        if (await grains.OwnerOf(connector.Name, observation.Principal) is not { } owner)
        {
            _strays.Add(observation);
            return null;
        }

        await managed(observation.Principal);
        return await Enforcement(owner).Observed(observation);
    }, cancellation);

    // One identity that does not answer must not keep all those behind it from being looked at.
    private async Task Ask(string principal, Func<Task<EnforcementView?>> look, CancellationToken cancellation)
    {
        try
        {
            _differences += (await look())?.Status == EnforcementStatus.Drifted ? 1 : 0;
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            _unanswered++;
            logger.LogWarning(fault, "What the sweep saw of {Principal} on {Platform} could not be looked at; the next sweep asks again", principal, connector.Name);
        }

        if (_strays.Count >= AtOnce)
            await TellStrays();
    }

    private async Task TellStrays()
    {
        Observation[] some = [.. _strays];
        _strays.Clear();
        if (some.Length > 0)
            await unmanaged(some);
    }

    private async Task<IReadOnlyList<(string IdentityId, string Principal)>> Bound()
    {
        var query = new CatalogQuery(new(Platform: connector.Name), CatalogOrder.Id, Descending: false, After: null, First: int.MaxValue - 1);
        var pages = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => grains.GetGrain<ICatalogShardGrain>(shard).Query(query)));
        return [.. pages.SelectMany(page => page.Rows).Select(row => (row.Id, row.Platforms.First(platform => platform.Platform == connector.Name).Principal))];
    }

    private IEnforcementGrain Enforcement(string identityId) => grains.GetGrain<IEnforcementGrain>(EnforcementKeys.Of(connector.Name, identityId));
}
