using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Grains.Enforcement;

/// <summary>
/// What a late write of our own left: an object of ours that nobody wants, from before the state that is in force. It is taken
/// away without asking anybody, and told as drift, since somebody else may have made it look like that. Pure.
/// </summary>
internal static class Debris
{
    public static bool Is(Difference difference, Observation observed, long generation) =>
        difference is { Kind: DifferenceKind.Extra, Ownership: Ownership.Ours }
        && observed.Objects.Any(seen =>
            seen.Generation < generation && seen.Object.Kind == difference.ObjectKind && seen.Object.Key == difference.Key);
}
