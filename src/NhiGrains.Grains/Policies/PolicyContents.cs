using System.Collections.Concurrent;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Grains.Policies;

/// <summary>
/// Contents of versions in this silo, so that a set does not travel to every identity that is asked about it. What a version says never
/// changes, so nothing here can be out of date. One for each silo.
/// </summary>
internal sealed class PolicyContents(IGrainFactory grains)
{
    private const int Most = 8;

    private readonly ConcurrentDictionary<string, PolicySet> _known = new(StringComparer.Ordinal);

    /// <summary>Null when this silo has not seen the version, or has forgotten it.</summary>
    public PolicySet? Known(string version) => _known.GetValueOrDefault(version);

    /// <returns>The same version with the set that this silo keeps, so that a set is compiled once.</returns>
    public PolicyVersion Keep(PolicyVersion version) => version with { Set = Add(version.Version, version.Set) };

    /// <exception cref="InvalidOperationException">No such version was ever put.</exception>
    public async Task<PolicySet> Of(string version)
    {
        if (_known.TryGetValue(version, out var known))
            return known;
        var stored = await grains.GetGrain<IPolicyVersionGrain>(version).Get() ?? throw new InvalidOperationException($"There is no policy set of version {version}.");
        return Add(version, stored.Set);
    }

    private PolicySet Add(string version, PolicySet set)
    {
        if (_known.Count >= Most)
            _known.Clear();
        return _known.GetOrAdd(version, set);
    }
}
