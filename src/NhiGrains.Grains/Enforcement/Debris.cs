using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Grains.Enforcement;

/// <summary>
/// What a late write of our own left: an object of ours that nobody wants, from before the state that is in force, or one that is as an
/// earlier generation wanted it. It is put right without asking anybody, and told as drift, since somebody else may have made it look
/// like that. Pure.
/// </summary>
internal static class Debris
{
    public static bool Is(Difference difference, Observation observed, EnforcementState state) =>
        difference is { Kind: DifferenceKind.Extra or DifferenceKind.Changed, Ownership: Ownership.Ours }
        && observed.Objects.FirstOrDefault(seen => seen.Object.Kind == difference.ObjectKind && seen.Object.Key == difference.Key)?.Generation is { } generation
        // What was changed by hand keeps the generation that we wrote it with.
        && generation < (difference.Kind == DifferenceKind.Extra ? state.Generation : state.Written.GetValueOrDefault(KeyOf(difference.ObjectKind, difference.Key)));

    public static string KeyOf(string kind, string key) => $"{kind} {key}";

    public static IReadOnlyDictionary<string, long> WrittenIn(Observation observed) => observed.Objects
        .Where(seen => seen is { Ownership: Ownership.Ours, Generation: not null })
        .ToDictionary(seen => KeyOf(seen.Object.Kind, seen.Object.Key), seen => seen.Generation ?? 0, StringComparer.Ordinal);
}
