namespace NhiGrains.Cel.Syntax;

/// <summary>Cuts the text into lexical elements (Language Definition, <i>Syntax</i>), one on each call.</summary>
internal sealed class Lexer(Source source)
{
    private static readonly string[] Operators =
        ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}"];

    private readonly int[] _points = source.Points;
    private int _at;

    public Token Next()
    {
        SkipSpaceAndComments();
        var start = _at;
        if (start == _points.Length)
            return new(TokenKind.End, start, "");
        if (StringLiteral.StartsAt(_points, start))
            return new StringLiteral(source, start).Read(out _at);
        if (Chars.IsDigit(Peek(0)) || (Peek(0) == '.' && Chars.IsDigit(Peek(1))))
            return Number();
        if (Chars.IsIdentifierStart(Peek(0)))
            return Word();
        return Peek(0) == '`' ? Quoted() : Punctuation();
    }

    private int Peek(int ahead) => _at + ahead < _points.Length ? _points[_at + ahead] : -1;

    private void SkipSpaceAndComments()
    {
        while (true)
        {
            if (Peek(0) is '\t' or '\n' or '\f' or '\r' or ' ')
            {
                _at++;
            }
            else if (Peek(0) == '/' && Peek(1) == '/')
            {
                while (Peek(0) is not ('\n' or '\r' or -1))
                    _at++;
            }
            else
            {
                return;
            }
        }
    }

    private Token Word()
    {
        var start = _at;
        while (Chars.IsIdentifierPart(Peek(0)))
            _at++;
        var text = source.Text(start, _at);
        return text switch
        {
            "true" => new(TokenKind.Literal, start, text, CelValue.True),
            "false" => new(TokenKind.Literal, start, text, CelValue.False),
            "null" => new(TokenKind.Literal, start, text, CelValue.Null),
            "in" => new(TokenKind.Punctuation, start, text),
            _ => new(TokenKind.Identifier, start, text),
        };
    }

    private Token Quoted()
    {
        var start = _at++;
        while (Chars.IsIdentifierPart(Peek(0)) || Peek(0) is '.' or '-' or '/' or ' ')
            _at++;
        if (Peek(0) != '`' || _at == start + 1)
            throw new SyntaxFailure(CelIssueKind.Syntax, start, "A quoted field name ends with a backtick and is not empty.");
        return new(TokenKind.QuotedIdentifier, start, source.Text(start + 1, _at++));
    }

    private Token Number()
    {
        var start = _at;
        if (Peek(0) == '0' && Peek(1) is 'x' && Chars.HexValue(Peek(2)) >= 0)
        {
            _at += 2;
            while (Chars.HexValue(Peek(0)) >= 0)
                _at++;
            return Whole(start);
        }

        Digits();
        var isDouble = false;
        if (Peek(0) == '.' && Chars.IsDigit(Peek(1)))
        {
            isDouble = true;
            _at++;
            Digits();
        }

        var sign = Peek(1) is '+' or '-' ? 1 : 0;
        if (Peek(0) is 'e' or 'E' && Chars.IsDigit(Peek(1 + sign)))
        {
            isDouble = true;
            _at += 1 + sign;
            Digits();
        }

        return isDouble ? new(TokenKind.Double, start, source.Text(start, _at)) : Whole(start);
    }

    private Token Whole(int start)
    {
        var text = source.Text(start, _at);
        if (Peek(0) is not ('u' or 'U'))
            return new(TokenKind.Int, start, text);
        _at++;
        return new(TokenKind.Uint, start, text);
    }

    private void Digits()
    {
        while (Chars.IsDigit(Peek(0)))
            _at++;
    }

    private Token Punctuation()
    {
        foreach (var symbol in Operators)
        {
            if (Peek(0) != symbol[0] || (symbol.Length == 2 && Peek(1) != symbol[1]))
                continue;
            _at += symbol.Length;
            return new(TokenKind.Punctuation, _at - symbol.Length, symbol);
        }

        throw new SyntaxFailure(CelIssueKind.Syntax, _at, $"Unexpected character '{char.ConvertFromUtf32(Peek(0))}'.");
    }
}
