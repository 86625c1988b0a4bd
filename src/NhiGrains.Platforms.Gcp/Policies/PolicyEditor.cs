using System.Collections.Concurrent;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Policies;

/// <summary>
/// Changes shared policies so that no binding and no condition of anybody is lost: reads, changes and writes with the etag of what
/// was read, and begins again when somebody else was faster.
/// </summary>
internal sealed class PolicyEditor(PolicyStore store)
{
    /// <summary>Beside us other silos, pipelines and people write; each round one of them gets through.</summary>
    private const int MaxRounds = 30;

    // The writers of this process wait for each other instead of wasting each other's rounds; there are few places.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <param name="change">Changes the policy in place; false when it is right as it is. Called again with a fresh policy after a conflict.</param>
    /// <returns>Whether it was written.</returns>
    public async Task<bool> EditAsync(Place place, Func<Policy, bool> change, Fence fence, CancellationToken cancellation)
    {
        var turn = _turns.GetOrAdd(place.Name, _ => new(1));
        await turn.WaitAsync(cancellation);
        try
        {
            for (var round = 1; ; round++)
            {
                var policy = await store.ReadAsync(place, cancellation);
                if (!change(policy))
                    return false;
                fence.ThrowIfStale();
                try
                {
                    await store.WriteAsync(place, policy, cancellation);
                    return true;
                }
                catch (PlatformException failure) when (round < MaxRounds
                    && (failure.Error == PlatformError.Conflict || (failure.Error == PlatformError.Throttled && Retries.MayHelp(failure))))
                {
                    // Neither was carried out.
                    await Retries.PauseAsync(round, failure.RetryAfter, cancellation);
                }
            }
        }
        finally
        {
            turn.Release();
        }
    }
}
