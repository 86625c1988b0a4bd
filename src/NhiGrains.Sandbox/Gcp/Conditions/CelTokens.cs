using System.Text;

namespace NhiGrains.Sandbox.Gcp.Conditions;

internal enum CelTokenKind
{
    Name,
    Text,
    Symbol,
    End,
}

internal readonly record struct CelToken(CelTokenKind Kind, string Value, int Position)
{
    public bool Is(string symbol) => Kind == CelTokenKind.Symbol && Value == symbol;
}

/// <summary>Takes an expression apart.</summary>
internal static class CelTokens
{
    private static readonly string[] Symbols = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", ".", ","];

    /// <exception cref="CelException">There is something that begins no token, or a text without an end.</exception>
    public static List<CelToken> Read(string expression)
    {
        var tokens = new List<CelToken>();
        var at = 0;
        while (at < expression.Length)
        {
            var start = at;
            var c = expression[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (char.IsAsciiLetter(c) || c == '_')
            {
                while (at < expression.Length && (char.IsAsciiLetterOrDigit(expression[at]) || expression[at] == '_'))
                    at++;
                tokens.Add(new(CelTokenKind.Name, expression[start..at], start));
            }
            else if (c is '"' or '\'')
            {
                tokens.Add(new(CelTokenKind.Text, ReadText(expression, ref at), start));
            }
            else
            {
                var symbol = Array.Find(Symbols, symbol => string.CompareOrdinal(expression, start, symbol, 0, symbol.Length) == 0)
                    ?? throw new CelException(at, $"'{c}' is not known here");
                at += symbol.Length;
                tokens.Add(new(CelTokenKind.Symbol, symbol, start));
            }
        }

        tokens.Add(new(CelTokenKind.End, "", expression.Length));
        return tokens;
    }

    private static string ReadText(string expression, ref int at)
    {
        var (start, quote) = (at, expression[at++]);
        var text = new StringBuilder();
        while (at < expression.Length && expression[at] is not ('\n' or '\r'))
        {
            var c = expression[at++];
            if (c == quote)
                return text.ToString();
            text.Append(c == '\\' ? Unescape(expression, ref at) : c);
        }

        throw new CelException(start, "the text has no end");
    }

    private static char Unescape(string expression, ref int at)
    {
        var c = at < expression.Length ? expression[at] : '\0';
        at++;
        return c switch
        {
            '\\' or '"' or '\'' or '`' or '?' => c,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            _ => throw new CelException(at - 1, "the escape is not known here"),
        };
    }
}
