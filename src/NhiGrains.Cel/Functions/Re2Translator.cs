using System.Globalization;
using System.Text;

namespace NhiGrains.Cel.Functions;

/// <summary>
/// Reads a pattern of RE2 and writes what means the same to .NET. Character classes are ASCII where RE2's are; a dot and a negated
/// class take a whole code point.
/// </summary>
internal sealed class Re2Translator(string pattern)
{
    private const string Pair = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";
    private const int MaxRepeat = 1000;
    private const int MaxGroups = 100;

    /// <summary>Of the automaton, in states: about what the engine lets through.</summary>
    public const int MaxWeight = 10_000;

    private readonly StringBuilder _text = new();
    private readonly Stack<(bool Multiline, bool Single, bool IgnoreCase, long Weight)> _outer = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private long _lastWeight;
    private int _at;
    private int _groups;
    private bool _multiline;
    private bool _single;
    private bool _ignoreCase;
    private bool _repeatable;

    /// <summary>
    /// How many states the automaton has, roughly: an atom is one or a few, and a repetition counts as often as it can repeat. The
    /// time of a match is proportional to it.
    /// </summary>
    public long Weight { get; private set; }

    public string Translate()
    {
        while (_at < pattern.Length)
            One();
        return _outer.Count == 0 ? _text.ToString() : throw new Re2Failure("a group is not closed");
    }

    private char Peek(int ahead = 0) => _at + ahead < pattern.Length ? pattern[_at + ahead] : '\0';

    private void One()
    {
        var c = Peek();
        switch (c)
        {
            case '(': Open(); break;
            case ')': Close(); break;
            case '[': Atom(new Re2Class(pattern, _at, _ignoreCase).Translate(out _at)); break;
            case '\\': Escape(); break;
            case '*' or '+' or '?': Repeat(1); break;
            case '{' when CountLength() is > 0 and var length: Repeat(length); break;
            case '.': Simple(_single ? $@"(?:{Pair}|[^\uD800-\uDFFF])" : $@"(?:{Pair}|[^\n\uD800-\uDFFF])", repeatable: true); break;
            case '^': Simple(_multiline ? "(?m:^)" : @"(?:\A)", repeatable: true); break;
            case '$': Simple(_multiline ? "(?m:$)" : @"(?:\z)", repeatable: true); break;
            case '|': Simple("|", repeatable: false); break;
            default: Literal(); break;
        }
    }

    private void Simple(string text, bool repeatable)
    {
        _at++;
        Atom(text);
        _repeatable = repeatable;
    }

    private void Atom(string text)
    {
        _text.Append(text);
        _repeatable = true;
        Weigh(text.StartsWith("(?:", StringComparison.Ordinal) ? 3 : 1);
    }

    private void Weigh(long atom)
    {
        _lastWeight = atom;
        Weight += atom;
        if (Weight > MaxWeight)
            throw new Re2Failure("its automaton is too large");
    }

    private void Literal()
    {
        var length = char.IsHighSurrogate(Peek()) ? 2 : 1;
        Atom(Quoted(pattern.Substring(_at, length)));
        _at += length;
    }

    /// <summary>One code point: a pair of surrogates becomes a group, so that a repetition takes both halves.</summary>
    private static string Quoted(string codePoint)
    {
        var units = string.Concat(codePoint.Select(c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")));
        return codePoint.Length == 1 ? units : $"(?:{units})";
    }

    private void Repeat(int length)
    {
        if (!_repeatable)
            throw new Re2Failure("there is nothing to repeat");
        _text.Append(pattern, _at, length);
        _at += length;
        if (Peek() == '?')
        {
            _text.Append('?');
            _at++;
        }

        _repeatable = false;
    }

    private void Repeat(string[] bounds)
    {
        var most = bounds.Max(b => b.Length == 0 ? 1 : int.Parse(b, CultureInfo.InvariantCulture));
        Weigh(_lastWeight * Math.Max(0, most - 1));
    }

    /// <summary>The length of <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c> here, or 0 if the brace is only a brace.</summary>
    private int CountLength()
    {
        var close = pattern.IndexOf('}', _at);
        if (close < 0)
            return 0;
        var bounds = pattern[(_at + 1)..close].Split(',');
        if (bounds.Length > 2 || bounds[0].Length == 0 || !bounds.All(b => b.All(char.IsAsciiDigit)))
            return 0;
        if (bounds.Any(b => b.Length > 4 || (b.Length > 0 && int.Parse(b, CultureInfo.InvariantCulture) > MaxRepeat)))
            throw new Re2Failure($"a repetition is above {MaxRepeat}");
        Repeat(bounds);
        return close - _at + 1;
    }

    private void Open()
    {
        if (++_groups > MaxGroups)
            throw new Re2Failure($"there are more than {MaxGroups} groups");
        _outer.Push((_multiline, _single, _ignoreCase, Weight));
        Weight = 0;
        _at++;
        _repeatable = false;
        if (Peek() != '?')
            _text.Append('(');
        else if (pattern.AsSpan(_at).StartsWith("?P<") || (pattern.AsSpan(_at).StartsWith("?<") && char.IsAsciiLetter(Peek(2))))
            NamedGroup();
        else
            Flags();
    }

    private void NamedGroup()
    {
        var start = pattern.IndexOf('<', _at) + 1;
        var end = pattern.IndexOf('>', start);
        if (end <= start || !pattern[start..end].All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw new Re2Failure("the name of a group is malformed");
        if (!_names.Add(pattern[start..end]))
            throw new Re2Failure("two groups have the same name");
        _text.Append('('); // Nothing asks for the group by its name.
        _at = end + 1;
    }

    private void Flags()
    {
        var ignoreCase = default(bool?);
        var on = true;
        for (_at++; Peek() is not (':' or ')'); _at++)
        {
            switch (Peek())
            {
                case '-' when on: on = false; break;
                case 'i': ignoreCase = on; break;
                case 'm': _multiline = on; break;
                case 's': _single = on; break;
                default: throw new Re2Failure("it has a group of a kind that RE2 does not know");
            }
        }

        _ignoreCase = ignoreCase ?? _ignoreCase;
        var flags = ignoreCase switch { true => "i", false => "-i", null => "" };
        _text.Append("(?").Append(flags).Append(Peek());
        if (Peek() == ')')
        {
            // Flags that hold from here to the end of the group around them.
            if (flags.Length == 0)
                _text.Length -= "(?)".Length;
            Weight = _outer.Pop().Weight;
        }

        _at++;
    }

    private void Close()
    {
        if (!_outer.TryPop(out var flags))
            throw new Re2Failure("a group is closed that was not opened");
        var inner = Math.Max(1, Weight);
        (_multiline, _single, _ignoreCase, Weight) = flags;
        _at++;
        _text.Append(')');
        _repeatable = true;
        Weigh(inner);
    }

    private void Escape()
    {
        var c = Peek(1);
        switch (c)
        {
            case 'A' or 'z' or 'b' or 'B': Simple($"(?:\\{c})", repeatable: true); break;
            case 'Q': Quotation(); return;
            default:
                _at++;
                var escape = Re2Escape.Read(pattern, ref _at, _ignoreCase);
                Atom(escape.CodePoint >= 0 ? Quoted(char.ConvertFromUtf32(escape.CodePoint)) : Whole(escape));
                return;
        }

        _at++;
    }

    /// <summary>A negated class takes a whole code point; the others have none outside of the basic plane here.</summary>
    private static string Whole(Re2Escape escape) =>
        escape.Negated ? $@"(?:{Pair}|[^{escape.Set}\uD800-\uDFFF])" : $"[{escape.Set}]";

    private void Quotation()
    {
        var end = pattern.IndexOf(@"\E", _at + 2, StringComparison.Ordinal);
        var text = end < 0 ? pattern[(_at + 2)..] : pattern[(_at + 2)..end];
        foreach (var rune in text.EnumerateRunes())
            Atom(Quoted(rune.ToString()));
        _at = end < 0 ? pattern.Length : end + 2;
    }
}
