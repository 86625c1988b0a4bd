using System.Globalization;

namespace NhiGrains.Cel.Functions;

/// <summary>The sets of characters that RE2 names, all of them ASCII, in the notation of a .NET class.</summary>
internal static class CharSet
{
    private const int LastUnit = 0xFFFF;

    /// <summary>The ranges of a Perl class (<c>d</c>, <c>s</c>, <c>w</c>) or of a POSIX class; null if there is none of the name.</summary>
    public static (int From, int To)[]? Named(string name) => name switch
    {
        "d" or "digit" => [('0', '9')],
        "s" => [('\t', '\n'), ('\f', '\r'), (' ', ' ')],
        "w" or "word" => [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "alnum" => [('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => [('A', 'Z'), ('a', 'z')],
        "ascii" => [(0, 0x7F)],
        "blank" => [('\t', '\t'), (' ', ' ')],
        "cntrl" => [(0, 0x1F), (0x7F, 0x7F)],
        "graph" => [('!', '~')],
        "lower" => [('a', 'z')],
        "print" => [(' ', '~')],
        "punct" => [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => [('\t', '\r'), (' ', ' ')],
        "upper" => [('A', 'Z')],
        "xdigit" => [('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => null,
    };

    /// <summary>
    /// With the other case of each letter, in order. RE2 folds a set before it takes the complement, and knows two characters that
    /// fold to ASCII letters: the long s and the sign of the kelvin.
    /// </summary>
    public static (int From, int To)[] Folded((int From, int To)[] ranges)
    {
        bool Has(int c) => ranges.Any(r => c >= r.From && c <= r.To);
        int[] ascii = [.. Enumerable.Range(0, 0x80).Where(c => Has(c) || (char.IsAsciiLetter((char)c) && Has(c ^ 0x20)))];
        int[] beyond = [.. Has('s') || Has('S') ? new[] { 0x17F } : [], .. Has('k') || Has('K') ? new[] { 0x212A } : []];
        return [.. ascii.Concat(beyond).Select(c => (c, c))];
    }

    public static string Text((int From, int To)[] ranges) => string.Concat(ranges.Select(r => Text(r.From, r.To)));

    public static string Text(int from, int to) => string.Create(CultureInfo.InvariantCulture, $"\\u{from:x4}-\\u{to:x4}");

    /// <summary>Everything else in the basic plane; the ranges are in order.</summary>
    public static (int From, int To)[] Others((int From, int To)[] ranges)
    {
        var others = new List<(int, int)>();
        var next = 0;
        foreach (var (from, to) in ranges)
        {
            if (from > next)
                others.Add((next, from - 1));
            next = to + 1;
        }

        others.Add((next, LastUnit));
        return [.. others];
    }
}
