namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>
/// Several resources in one condition: each binding counts against Google's 1,500 principals of a policy, and one role of one
/// principal may have but a few conditions in it.
/// </summary>
internal static class Packing
{
    /// <summary>Of Google, in one policy.</summary>
    public const int MaxConditionsOfOneRole = 20;

    /// <summary>Google takes 12 logical operators in a condition, and the window needs two of them.</summary>
    private const int MaxTests = 10;

    public static IEnumerable<(Wanted Wanted, IReadOnlyList<string> Permissions)> Pack(
        IEnumerable<(Wanted Wanted, IReadOnlyList<string> Permissions)> bindings) => bindings
        .GroupBy(binding => (
            Wanted: binding.Wanted with { Selection = null },
            HasTest: binding.Wanted.Selection is not null,
            Permissions: string.Join(' ', binding.Permissions)))
        .SelectMany(same => same
            .OrderBy(binding => binding.Wanted.Selection, StringComparer.Ordinal)
            .Chunk(MaxTests)
            .Select(chunk => (same.Key.Wanted with { Selection = same.Key.HasTest ? Together(chunk) : null }, chunk[0].Permissions)));

    private static string Together((Wanted Wanted, IReadOnlyList<string> Permissions)[] chunk) => CelText.Any([.. chunk.Select(one => one.Wanted.Selection ?? "")]);
}
