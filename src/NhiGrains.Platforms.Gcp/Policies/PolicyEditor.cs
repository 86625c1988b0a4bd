using System.Collections.Concurrent;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Policies;

/// <summary>
/// Changes shared policies so that no binding and no condition of anybody is lost: reads, changes and writes with the etag of what
/// was read, and begins again when somebody else was faster.
/// </summary>
internal sealed class PolicyEditor(PolicyStore store, TimeProvider time)
{
    /// <summary>Beside us other silos, pipelines and people write; each round one of them gets through.</summary>
    private const int MaxRounds = 30;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

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
                catch (PlatformException failure) when (failure.Error == PlatformError.Conflict && round < MaxRounds)
                {
                    await Task.Delay(Pause(round), time, cancellation);
                }
            }
        }
        finally
        {
            turn.Release();
        }
    }

#pragma warning disable CA5394 // Jitter needs no secure randomness.
    private static TimeSpan Pause(int round) =>
        Domain.Enforcement.RetrySchedule.Delay(round, Random.Shared.NextDouble(), FirstPause, LongestPause);
#pragma warning restore CA5394
}
