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
