using System.Globalization;
using System.Text;

namespace NhiGrains.Cel.Functions;

/// <summary>A class in brackets. What it says outside of the basic plane becomes alternatives of pairs of surrogates.</summary>
internal sealed class Re2Class(string pattern, int start)
{
    private readonly StringBuilder _set = new();
    private int _at = start + 1;

    /// <summary>Whether the class has everything beyond U+FFFF: then it has a complement in it.</summary>
    private bool _beyond;

    public string Translate(out int end)
    {
        var negated = Peek() == '^';
        if (negated)
            _at++;
        for (var first = true; first || Peek() != ']'; first = false)
        {
            if (_at >= pattern.Length)
                throw new Re2Failure("a class is not closed");
            Item();
        }

        end = _at + 1;
        var set = negated ? $@"[^{_set}\uD800-\uDFFF]" : $@"[{_set}-[\uD800-\uDFFF]]";
        return negated != _beyond ? $@"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|{set})" : set;
    }

    private char Peek(int ahead = 0) => _at + ahead < pattern.Length ? pattern[_at + ahead] : '\0';

    private void Item()
    {
        if (Peek() == '[' && Peek(1) == ':')
        {
            Named();
            return;
        }

        var from = Single(out var set);
        if (from < 0)
        {
            _set.Append(set);
            return;
        }

        var to = from;
        if (Peek() == '-' && Peek(1) is not (']' or '\0'))
        {
            _at++;
            to = Single(out _);
            if (to < from)
                throw new Re2Failure("a range is upside down");
        }

        if (to > 0xFFFF || (from < 0xE000 && to >= 0xD800))
            throw new Re2Failure("a class goes beyond U+FFFF, which is not supported");
        _set.Append(CultureInfo.InvariantCulture, $"\\u{from:x4}-\\u{to:x4}");
    }

    /// <summary>One code point, or -1 and a set.</summary>
    private int Single(out string set)
    {
        set = "";
        if (_at >= pattern.Length)
            throw new Re2Failure("a class is not closed");
        if (Peek() != '\\')
        {
            var c = char.ConvertToUtf32(pattern, _at);
            _at += c > 0xFFFF ? 2 : 1;
            return c;
        }

        _at++;
        var escape = Re2Escape.Read(pattern, ref _at);
        if (escape.CodePoint < 0)
            set = escape.Negated ? Complement(escape.Set) : escape.Set;
        return escape.CodePoint;
    }

    private void Named()
    {
        var close = pattern.IndexOf(":]", _at, StringComparison.Ordinal);
        var name = close < 0 ? "" : pattern[(_at + 2)..close];
        var negated = name.StartsWith('^');
        var set = (negated ? name[1..] : name) switch
        {
            "alnum" => "0-9A-Za-z",
            "alpha" => "A-Za-z",
            "ascii" => @"\x00-\x7f",
            "blank" => @"\t ",
            "cntrl" => @"\x00-\x1f\x7f",
            "digit" => "0-9",
            "graph" => @"\x21-\x7e",
            "lower" => "a-z",
            "print" => @"\x20-\x7e",
            "punct" => @"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
            "space" => @"\t\n\v\f\r ",
            "upper" => "A-Z",
            "word" => "0-9A-Za-z_",
            "xdigit" => "0-9A-Fa-f",
            _ => throw new Re2Failure("a named class is unknown"),
        };
        _set.Append(negated ? Complement(set) : set);
        _at = close + 2;
    }

    private string Complement(string set)
    {
        _beyond = true;
        return Others(set);
    }

    private static string Others(string set) => set switch
    {
        "0-9" => @"\x00-\x2f\x3a-\uD7FF\uE000-\uFFFF",
        @"\t\n\f\r " => @"\x00-\x08\x0b\x0e-\x1f\x21-\uD7FF\uE000-\uFFFF",
        "0-9A-Za-z_" => @"\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\uD7FF\uE000-\uFFFF",
        ['\\', 'p', .. var category] => @"\P" + category,
        _ => throw new Re2Failure("a negated named class within a class is not supported"),
    };
}
