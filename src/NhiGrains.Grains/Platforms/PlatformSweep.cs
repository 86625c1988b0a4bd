using Microsoft.Extensions.Logging;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Grains.Identities;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Platforms;

/// <summary>
/// Reads a whole platform and compares digests with what the catalog's rows say was seen last. Only identities that differ are
/// woken, so a sweep over very many costs as much as it finds.
/// </summary>
/// <remarks>
/// Principals come in their order, so the name of the last one that was looked at is all that it takes to go on after a fault or on
/// another silo, and who is missing is known as soon as the place has been passed.
/// </remarks>
/// <param name="start">Where to go on; all zero for a sweep that begins.</param>
internal sealed class PlatformSweep(
    IPlatformConnector connector, IGrainFactory grains, PlatformBook book, SweepTally start, TimeProvider time, ILogger logger)
{
    private const int AtOnce = 50;

    private static readonly TimeSpan SavedEvery = TimeSpan.FromSeconds(15);

    private readonly long? _callsBefore = connector.Calls;
    private readonly IReadOnlyDictionary<string, string> _strays = book.State.Known();
    private readonly List<Observation> _found = [];
    private readonly List<Task> _looking = [];
    private readonly SweepTally _start = start;
    private DateTimeOffset _savedAt = time.GetUtcNow();
    private string? _after = start.After;
    private int _principals = start.Principals;
    private int _differences = start.Differences;
    private int _woken = start.Woken;
    private int _unanswered = start.Unanswered;
    private int _pages = start.Pages;

    /// <summary>What was done so far and stands: a place to go on from.</summary>
    public SweepTally Tally { get; private set; } = start;

    /// <exception cref="PlatformException">The platform could not be read to its end; what was seen before that was looked at.</exception>
    public async Task Run(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var bound = await Bound();
        var expected = new Expected(bound.Keys.Concat(book.State.Strays.Select(one => one.Principal)), _start.After);
        try
        {
            await foreach (var page in connector.ObservePagesAsync(_start.After, cancellation))
            {
                _pages += page.ListPages;
                foreach (var observation in page.Observations)
                {
                    await Miss(expected.PassedBy(observation.Principal), bound, cancellation);
                    await Show(observation, bound, cancellation);
                    (_after, _principals) = (observation.Principal, _principals + 1);
                }

                if (time.GetUtcNow() - _savedAt >= SavedEvery)
                    await Save();
            }

            await Miss(expected.PassedBy(null), bound, cancellation);
        }
        finally
        {
            // What was read stands, whatever becomes of the rest.
            await Settle();
        }
    }

    private async Task Save()
    {
        await Settle();
        await book.Interrupted(Tally);
        _savedAt = time.GetUtcNow();
    }

    private async Task Settle()
    {
        await Task.WhenAll(_looking);
        await TellStrays();
        Tally = _start with
        {
            After = _after,
            Principals = _principals,
            Differences = _differences,
            Woken = _woken,
            Unanswered = _unanswered,
            Pages = _pages,
            Calls = connector.Calls - _callsBefore + (_start.Calls ?? 0),
        };
    }

    private async Task Show(Observation observation, Dictionary<string, CatalogBinding> bound, CancellationToken cancellation)
    {
        if (bound.TryGetValue(observation.Principal, out var binding))
        {
            if (_strays.ContainsKey(observation.Principal))
                await book.Claimed(observation.Principal);
            if (IsNews(binding, observation.OwnDigest()))
                await Wake(observation.Principal, () => Enforcement(binding.IdentityId).Observed(observation), cancellation);
        }
        else if (IsNewStray(observation))
        {
            await Ask(observation.Principal, () => ShowStray(observation), cancellation);
        }
    }

    /// <summary>What is not there at all is not among the observations, and is what some identity misses.</summary>
    private async Task Miss(IEnumerable<string> absent, Dictionary<string, CatalogBinding> bound, CancellationToken cancellation)
    {
        foreach (var principal in absent)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!bound.TryGetValue(principal, out var binding))
                await Add(() => Ask(principal, () => MissStray(principal, cancellation), cancellation));
            else if (IsNews(binding, Observation.NothingOwn))
                await Wake(principal, Enforcement(binding.IdentityId).Refresh, cancellation);
        }
    }

    // It may have come after the sweep had passed its place, so that absence is looked at, too.
    private async Task<EnforcementView?> MissStray(string principal, CancellationToken cancellation)
    {
        if (await grains.OwnerOf(connector.Name, principal) is { } owner)
        {
            await book.Claimed(principal);
            return await Enforcement(owner).Refresh();
        }

        await book.Keep([await connector.ObserveAsync(new(connector.Name, principal), "", cancellation)]);
        return null;
    }

    private bool IsNewStray(Observation observation) =>
        _strays.TryGetValue(observation.Principal, out var known)
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
        await book.Claimed(observation.Principal);
        return await Enforcement(owner).Observed(observation);
    }

    private bool IsNews(CatalogBinding binding, string digest)
    {
        if (binding.On.ObservedDigest != digest)
            return true;
        _differences += binding.On.Status.Differs() ? 1 : 0;
        return false;
    }

    private Task Wake(string principal, Func<Task<EnforcementView>> look, CancellationToken cancellation)
    {
        _woken++;
        return Add(() => Ask(principal, async () => await look(), cancellation));
    }

    // Several at a time: one that is slow must not hold up the reading of the platform, and those who read at once share what is read.
    private async Task Add(Func<Task> look)
    {
        _looking.RemoveAll(one => one.IsCompleted);
        if (_looking.Count >= AtOnce)
            await Task.WhenAny(_looking);
        _looking.Add(look());
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
            await book.Keep(some);
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
