using System.Text;

namespace NhiGrains.Cel.Syntax;

/// <summary>Reads one literal of a string or of bytes: raw or not, in one or three quotes (Language Definition, <i>String and Bytes Values</i>).</summary>
internal sealed class StringLiteral(Source source, int start)
{
    private readonly int[] _points = source.Points;
    private readonly StringBuilder _text = new();
    private readonly List<byte> _octets = [];
    private readonly int _start = start;
    private int _at = start;
    private bool _raw;
    private bool _bytes;

    public static bool StartsAt(int[] points, int at)
    {
        for (var prefix = 0; prefix < 3 && at < points.Length; prefix++, at++)
        {
            if (points[at] is '"' or '\'')
                return true;
            if (points[at] is not ('r' or 'R' or 'b' or 'B') || prefix == 2)
                return false;
            if (prefix == 1 && (points[at] is not ('r' or 'R') || points[at - 1] is not ('b' or 'B')))
                return false;
        }

        return false;
    }

    public Token Read(out int end)
    {
        for (; _points[_at] is not ('"' or '\''); _at++)
        {
            _bytes |= _points[_at] is 'b' or 'B';
            _raw |= _points[_at] is 'r' or 'R';
        }

        var quote = _points[_at];
        var triple = Peek(1) == quote && Peek(2) == quote;
        _at += triple ? 3 : 1;
        while (!Closes(quote, triple))
            One(triple);
        _at += triple ? 3 : 1;
        end = _at;
        var value = _bytes ? CelValue.Octets([.. _octets]) : CelValue.Text(_text.ToString());
        return new(TokenKind.Literal, _start, source.Text(_start, end), value);
    }

    private int Peek(int ahead) => _at + ahead < _points.Length ? _points[_at + ahead] : -1;

    private bool Closes(int quote, bool triple) => Peek(0) == quote && (!triple || (Peek(1) == quote && Peek(2) == quote));

    private void One(bool triple)
    {
        var c = Peek(0);
        if (c < 0 || (!triple && c is '\n' or '\r'))
            throw new SyntaxFailure(CelIssueKind.Syntax, _start, "The literal is not closed.");
        if (c == '\\' && !_raw)
        {
            Escape();
            return;
        }

        Append(c);
        _at++;
    }

    private void Escape()
    {
        var at = _at;
        var c = Peek(1);
        _at += 2;
        switch (c)
        {
            case '\\' or '?' or '"' or '\'' or '`': Append(c); break;
            case 'a': Append(7); break;
            case 'b': Append(8); break;
            case 't': Append(9); break;
            case 'n': Append(10); break;
            case 'v': Append(11); break;
            case 'f': Append(12); break;
            case 'r': Append(13); break;
            case 'x' or 'X': Octet(Digits(2, 16, at)); break;
            case >= '0' and <= '3':
                _at--;
                Octet(Digits(3, 8, at));
                break;
            case 'u' when !_bytes: CodePoint(Digits(4, 16, at), at); break;
            case 'U' when !_bytes: CodePoint(Digits(8, 16, at), at); break;
            default: throw Bad(at);
        }
    }

    private long Digits(int count, int radix, int at)
    {
        long value = 0;
        for (var i = 0; i < count; i++, _at++)
        {
            var digit = Chars.HexValue(Peek(0));
            if (digit < 0 || digit >= radix)
                throw Bad(at);
            value = (value * radix) + digit;
        }

        return value;
    }

    private void CodePoint(long value, int at)
    {
        if (value is >= 0xD800 and < 0xDC00 && Peek(0) == '\\' && Peek(1) == 'u')
        {
            _at += 2;
            var low = Digits(4, 16, at);
            if (low is < 0xDC00 or > 0xDFFF)
                throw Bad(at);
            Append(0x10000 + (int)((value - 0xD800) << 10) + (int)(low - 0xDC00));
            return;
        }

        if (value is (>= 0xD800 and <= 0xDFFF) or > 0x10FFFF)
            throw Bad(at);
        Append((int)value);
    }

    /// <summary>Octal and hexadecimal escapes are an octet in bytes and a code point in a string.</summary>
    private void Octet(long value)
    {
        if (_bytes)
            _octets.Add((byte)value);
        else
            Append((int)value);
    }

    private void Append(int codePoint)
    {
        var rune = new Rune(codePoint);
        if (!_bytes)
        {
            _text.Append(rune.ToString());
            return;
        }

        Span<byte> utf8 = stackalloc byte[4];
        _octets.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
    }

    private static SyntaxFailure Bad(int at) => new(CelIssueKind.Syntax, at, "Unknown or incomplete escape sequence.");
}
