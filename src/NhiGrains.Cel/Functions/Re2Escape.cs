using System.Globalization;

namespace NhiGrains.Cel.Functions;

/// <summary>What stands behind a backslash: one code point, or a set of characters in the notation of a .NET class.</summary>
/// <param name="Set">Of what is not negated.</param>
/// <param name="Others">The complement of the set in the basic plane.</param>
internal readonly record struct Re2Escape(int CodePoint, string Set = "", string Others = "", bool Negated = false)
{
    /// <param name="at">On the character behind the backslash; afterwards behind the escape.</param>
    /// <param name="ignoreCase">Whether letters of either case are the same here.</param>
    public static Re2Escape Read(string pattern, ref int at, bool ignoreCase)
    {
        if (at >= pattern.Length)
            throw new Re2Failure("it ends with a backslash");
        var c = pattern[at++];
        switch (c)
        {
            case 'a': return new(7);
            case 'f': return new(12);
            case 't': return new(9);
            case 'n': return new(10);
            case 'r': return new(13);
            case 'v': return new(11);
            case 'd' or 's' or 'w' or 'D' or 'S' or 'W':
                var ranges = CharSet.Named(char.ToLowerInvariant(c).ToString()) ?? [];
                ranges = ignoreCase ? CharSet.Folded(ranges) : ranges;
                return new(-1, CharSet.Text(ranges), CharSet.Text(CharSet.Others(ranges)), char.IsAsciiLetterUpper(c));
            case 'p' or 'P': return Category(pattern, ref at, c == 'P', ignoreCase);
            case 'x': return new(Hex(pattern, ref at));
            case '0': return new(Octal(pattern, ref at));
            default:
                if (char.IsAsciiLetterOrDigit(c) || c > '\u007f')
                    throw new Re2Failure($"the escape \\{c} is unknown");
                return new(c);
        }
    }

    private static Re2Escape Category(string pattern, ref int at, bool negated, bool ignoreCase)
    {
        var name = at < pattern.Length ? pattern[at..(at + 1)] : "";
        at++;
        if (name == "{")
        {
            var close = pattern.IndexOf('}', at);
            name = close < 0 ? "" : pattern[at..close];
            at = close + 1;
            if (name.StartsWith('^'))
                (name, negated) = (name[1..], !negated);
        }

        // The names of general categories are the same to both; scripts are not, so they are refused rather than read wrongly.
        if (name.Length is 0 or > 2 || !"LMNPSZC".Contains(name[0], StringComparison.Ordinal))
            throw new Re2Failure($"the class \\p{{{name}}} is unknown or a script, which is not supported");
        if (ignoreCase && name is "Lu" or "Ll" or "Lt")
            throw new Re2Failure($"the class \\p{{{name}}} is about case, and case is ignored");
        return new(-1, $@"\p{{{name}}}", $@"\P{{{name}}}", negated);
    }

    private static int Hex(string pattern, ref int at)
    {
        string digits;
        if (at < pattern.Length && pattern[at] == '{')
        {
            var close = pattern.IndexOf('}', at);
            digits = close < 0 ? "" : pattern[(at + 1)..close];
            at = close + 1;
        }
        else
        {
            digits = at + 2 <= pattern.Length ? pattern.Substring(at, 2) : "";
            at += 2;
        }

        if (digits.Length is 0 or > 6
            || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || value > 0x10FFFF || value is >= 0xD800 and <= 0xDFFF)
            throw new Re2Failure("a hexadecimal escape is malformed");
        return value;
    }

    private static int Octal(string pattern, ref int at)
    {
        var value = 0;
        for (var i = 0; i < 2 && at < pattern.Length && pattern[at] is >= '0' and <= '7'; i++, at++)
            value = (value * 8) + (pattern[at] - '0');
        return value;
    }
}
