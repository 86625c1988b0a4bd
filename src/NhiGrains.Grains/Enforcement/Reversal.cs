using NhiGrains.Contracts.Enforcement;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

/// <summary>
/// Removes what is not ours, because a person said so. What is kept of a difference may be cut, so the platform is read again: an object
/// is removed when it is still what was shown, by its digest.
/// </summary>
internal sealed class Reversal(IPlatformConnector connector)
{
    /// <returns>How many objects were removed.</returns>
    /// <exception cref="PlatformException">With <see cref="PlatformError.Conflict"/>, when an object has changed since it was shown.</exception>
    public async Task<int> Remove(IReadOnlyList<DriftItem> items, DesiredState desired, IReadOnlyList<NativeObject> applied, Fence fence)
    {
        var foreign = items.Where(item => item.Difference.Ownership == Ownership.Foreign).ToArray();
        if (foreign.Length == 0)
            return 0;
        var observed = await connector.ObserveAsync(desired.Binding, desired.IdentityId, CancellationToken.None);
        var whole = Comparison.Compare(applied, observed).ToDictionary(difference => (difference.ObjectKind, difference.Key));
        var removed = 0;
        foreach (var item in foreign)
        {
            // What is gone is as it should be.
            if (!whole.TryGetValue((item.Difference.ObjectKind, item.Difference.Key), out var now))
                continue;
            if (DriftItems.IdOf(now) != item.Id)
                throw new PlatformException(PlatformError.Conflict, $"{item.Difference.ObjectKind} '{item.Difference.Key}' is no longer what was shown.");
            await connector.RemoveAsync(desired.Binding, desired.IdentityId, ObjectOf(now), fence, CancellationToken.None);
            removed++;
        }

        return removed;
    }

    /// <summary>Of what they are about, as an observation without an identity has it.</summary>
    public static string DigestOf(IEnumerable<Difference> differences) => Translation.DigestOf(differences.Select(ObjectOf));

    private static NativeObject ObjectOf(Difference difference) => new(difference.ObjectKind, difference.Key, difference.Observed ?? "");
}
