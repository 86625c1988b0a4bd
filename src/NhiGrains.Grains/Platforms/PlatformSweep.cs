using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Platforms;

/// <summary>What a sweep found.</summary>
/// <param name="Principals">How many are there.</param>
/// <param name="Differences">Identities whose platform has drifted, new and known.</param>
/// <param name="Woken">Identities that were asked to look, because what was seen is not what they saw last.</param>
/// <param name="Unanswered">Principals of which nobody looked at what was seen, because somebody did not answer.</param>
/// <param name="Absent">Principals that were known to belong to nobody, and that were not there.</param>
internal sealed record SweepResult(int Principals, int Differences, int Woken, int Unanswered, IReadOnlySet<string> Absent);

/// <summary>
/// Reads a whole platform and compares digests with what the catalog's rows say was seen last. Only identities that differ are
/// woken, so a sweep over very many costs as much as it finds.
/// </summary>
/// <param name="strays">The principals that are known to belong to nobody, with the digest of what they had.</param>
/// <param name="unmanaged">Gets what was seen of principals that no identity is bound to, many at a time: each call is a write.</param>
/// <param name="managed">Gets a principal of <paramref name="strays"/> that an identity is bound to by now.</param>
internal sealed class PlatformSweep(
    IPlatformConnector connector,
    IGrainFactory grains,
    IReadOnlyDictionary<string, string> strays,
    Func<IReadOnlyList<Observation>, Task> unmanaged,
    Func<string, Task> managed,
    ILogger logger)
{
    private const int AtOnce = 50;

    private readonly List<Observation> _found = [];
    private readonly HashSet<string> _absent = new(strays.Keys, StringComparer.Ordinal);
    private readonly List<Task> _looking = [];
    private int _principals;
    private int _differences;
    private int _woken;
    private int _unanswered;

    /// <exception cref="PlatformException">The platform could not be read as a whole; what was seen before that was told.</exception>
    public async Task<SweepResult> Run(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var bound = await Bound();
        try
        {
            await foreach (var observation in connector.ObserveAllAsync(cancellation))
            {
                _principals++;
                _absent.Remove(observation.Principal);
                await Show(observation, bound, cancellation);
            }
        }
        finally
        {
            // What was read stands, whatever becomes of the rest.
            await Task.WhenAll(_looking);
            await TellStrays();
        }

        // What is not there at all was not among the observations, and is what some identity misses.
        foreach (var (principal, binding) in bound)
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsNews(binding, Observation.NothingOwn))
                await Wake(principal, Enforcement(binding.IdentityId).Refresh, cancellation);
        }

        await Task.WhenAll(_looking);
        return new(_principals, _differences, _woken, _unanswered, _absent);
    }

    private async Task Show(Observation observation, Dictionary<string, CatalogBinding> bound, CancellationToken cancellation)
    {
        if (bound.Remove(observation.Principal, out var binding))
        {
            if (strays.ContainsKey(observation.Principal))
                await managed(observation.Principal);
            if (IsNews(binding, observation.OwnDigest()))
                await Wake(observation.Principal, () => Enforcement(binding.IdentityId).Observed(observation), cancellation);
        }
        else if (IsNewStray(observation))
        {
            await Ask(observation.Principal, () => ShowStray(observation), cancellation);
        }
    }

    private bool IsNewStray(Observation observation) =>
        strays.TryGetValue(observation.Principal, out var known)
            ? known != Translation.DigestOf(observation.Objects.Where(seen => seen.Ownership != Ownership.Inherited).Select(seen => seen.Object))
            : observation.Objects.Any(seen => seen.Ownership != Ownership.Inherited);

    // Its row may not be written yet, so its claim is asked.
    private async Task<EnforcementView?> ShowStray(Observation observation)
    {
        if (await grains.OwnerOf(connector.Name, observation.Principal) is not { } owner)
        {
            _found.Add(observation);
            return null;
        }

        _woken++;
        await managed(observation.Principal);
        return await Enforcement(owner).Observed(observation);
    }

    private bool IsNews(CatalogBinding binding, string digest)
    {
        if (binding.On.ObservedDigest != digest)
            return true;
        _differences += binding.On.Status.Differs() ? 1 : 0;
        return false;
    }

    // Several at a time: one that is slow must not hold up the reading of the platform.
    private async Task Wake(string principal, Func<Task<EnforcementView>> look, CancellationToken cancellation)
    {
        _woken++;
        _looking.RemoveAll(one => one.IsCompleted);
        if (_looking.Count >= AtOnce)
            await Task.WhenAny(_looking);
        _looking.Add(Ask(principal, async () => await look(), cancellation));
    }

    // One identity that does not answer must not keep all those behind it from being looked at.
    private async Task Ask(string principal, Func<Task<EnforcementView?>> look, CancellationToken cancellation)
    {
        try
        {
            // First the answer, then the sum: others add to it meanwhile.
            var status = (await look())?.Status;
            _differences += status?.Differs() == true ? 1 : 0;
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            _unanswered++;
            logger.LogWarning(fault, "What the sweep saw of {Principal} on {Platform} could not be looked at; the next sweep asks again", principal, connector.Name);
        }

        if (_found.Count >= AtOnce)
            await TellStrays();
    }

    private async Task TellStrays()
    {
        Observation[] some = [.. _found];
        _found.Clear();
        if (some.Length > 0)
            await unmanaged(some);
    }

    private async Task<Dictionary<string, CatalogBinding>> Bound()
    {
        var shards = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => grains.GetGrain<ICatalogShardGrain>(shard).BoundOn(connector.Name)));
        var bound = new Dictionary<string, CatalogBinding>(StringComparer.Ordinal);
        foreach (var binding in shards.SelectMany(rows => rows))
            bound[binding.On.Principal] = binding;
        return bound;
    }

    private IEnforcementGrain Enforcement(string identityId) => grains.GetGrain<IEnforcementGrain>(EnforcementKeys.Of(connector.Name, identityId));
}
