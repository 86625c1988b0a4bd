using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Domain.Drift;

public enum DifferenceKind
{
    Missing,
    Extra,
    Changed,
    Unmanaged,
}

/// <summary>One object on which desired and observed differ.</summary>
/// <param name="Desired">The canonical body that should be there; null for Extra.</param>
/// <param name="Observed">The canonical body that is there; null for Missing.</param>
public sealed record Difference(DifferenceKind Kind, string ObjectKind, string Key, Ownership Ownership, string? Desired, string? Observed);

public static class Comparison
{
    /// <summary>
    /// Compares both ways. What is inherited is shown in observations but is nobody's drift; what is foreign and gives
    /// the principal access is Extra.
    /// </summary>
    public static IReadOnlyList<Difference> Compare(IReadOnlyList<NativeObject> desired, Observation observed)
    {
        var seen = observed.Objects
            .Where(o => o.Ownership != Ownership.Inherited)
            .ToDictionary(o => (o.Object.Kind, o.Object.Key));
        var wanted = desired.ToDictionary(o => (o.Kind, o.Key));
        var missingOrChanged = desired
            .Where(want => !seen.TryGetValue((want.Kind, want.Key), out var have) || have.Object.Body != want.Body)
            .Select(want => seen.TryGetValue((want.Kind, want.Key), out var have)
                ? new Difference(DifferenceKind.Changed, want.Kind, want.Key, have.Ownership, want.Body, have.Object.Body)
                : new Difference(DifferenceKind.Missing, want.Kind, want.Key, Ownership.Ours, want.Body, null));
        var extra = observed.Objects
            .Where(have => have.Ownership != Ownership.Inherited && !wanted.ContainsKey((have.Object.Kind, have.Object.Key)))
            .Select(have => new Difference(DifferenceKind.Extra, have.Object.Kind, have.Object.Key, have.Ownership, null, have.Object.Body));
        return [.. missingOrChanged.Concat(extra).OrderBy(d => d.ObjectKind, StringComparer.Ordinal).ThenBy(d => d.Key, StringComparer.Ordinal)];
    }
}
