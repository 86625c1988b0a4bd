using System.Collections.Concurrent;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Policies;

/// <summary>
/// Changes shared policies so that no binding and no condition of anybody is lost. Who comes while a policy is being written waits, and
/// all who wait are written at once: Google allows few writes a minute, and an identity's change is small.
/// </summary>
internal sealed class PolicyEditor(PolicyStore store)
{
    private readonly ConcurrentDictionary<Place, PolicyQueue> _queues = new();

    /// <param name="change">Changes the policy in place; false when it is right as it is. Called again with a fresh policy after a conflict.</param>
    /// <returns>Whether it was changed and written.</returns>
    public Task<bool> EditAsync(Place place, Func<Policy, bool> change, Fence fence, CancellationToken cancellation) =>
        _queues.GetOrAdd(place, _ => new(place, store)).EditAsync(change, fence).WaitAsync(cancellation);
}
