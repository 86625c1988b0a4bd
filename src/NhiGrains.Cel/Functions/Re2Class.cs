using System.Text;

namespace NhiGrains.Cel.Functions;

/// <summary>A class in brackets. What it says outside of the basic plane becomes alternatives of pairs of surrogates.</summary>
internal sealed class Re2Class(string pattern, int start, bool ignoreCase)
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
        _set.Append(CharSet.Text(from, to));
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
        var escape = Re2Escape.Read(pattern, ref _at, ignoreCase);
        if (escape.CodePoint < 0)
        {
            set = escape.Negated ? escape.Others : escape.Set;
            _beyond |= escape.Negated;
        }

        return escape.CodePoint;
    }

    private void Named()
    {
        var close = pattern.IndexOf(":]", _at, StringComparison.Ordinal);
        var name = close < 0 ? "" : pattern[(_at + 2)..close];
        var negated = name.StartsWith('^');
        var ranges = CharSet.Named(negated ? name[1..] : name);
        if (ranges is null || name.Length < 4)
            throw new Re2Failure("a named class is unknown");
        ranges = ignoreCase ? CharSet.Folded(ranges) : ranges;
        _beyond |= negated;
        _set.Append(CharSet.Text(negated ? CharSet.Others(ranges) : ranges));
        _at = close + 2;
    }
}
