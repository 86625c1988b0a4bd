using NhiGrains.Domain;

namespace NhiGrains.Host.CommandLine;

/// <summary>How names are written in files, and which known one a mistyped one was probably meant to be.</summary>
internal static class Spelling
{
    private const int LongestToCompare = 64;

    /// <summary><c>UseCredential</c> is written <c>use-credential</c>.</summary>
    public static string Of(Enum value) => Spellings.Of(value);

    public static IReadOnlyList<string> Names<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => Of(value))];

    /// <summary><c>; did you mean 'x'?</c> when a known name is near, otherwise the list of known names.</summary>
    public static string Hint(string mistyped, IReadOnlyCollection<string> known)
    {
        var near = mistyped.Length > LongestToCompare ? null : known.MinBy(name => Distance(mistyped, name));
        return near is not null && Distance(mistyped, near) <= Math.Max(2, near.Length / 3)
            ? $"; did you mean '{near}'?"
            : $"; it is one of: {string.Join(", ", known)}.";
    }

    // Levenshtein's distance, without regard to case.
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replace = diagonal + (char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[to.Length];
    }
}
