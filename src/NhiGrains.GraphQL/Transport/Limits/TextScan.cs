using NhiGrains.GraphQL.Transport.Errors;

namespace NhiGrains.GraphQL.Transport.Limits;

/// <summary>
/// One pass over the text before the recursive parser sees it: nesting could overflow its stack, which no catch stops,
/// and tokens bound everything that comes after.
/// </summary>
internal static class TextScan
{
    public static TransportError? Check(ReadOnlySpan<char> text, DocumentLimits limits)
    {
        // A syntax error quotes its line, at a cost that grows with the square: 250 KB on one line took 40 s.
        foreach (var line in text.SplitAny('\n', '\r'))
            if (line.End.Value - line.Start.Value > limits.MaxLineLength)
                return Refusals.Limit("LINE_TOO_LONG", "characters on one line", limits.MaxLineLength, "Break the line, and move values into variables.");

        int nesting = 0, tokens = 0;
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (IsIgnored(c))
            {
                at++;
                continue;
            }

            var length = TokenLength(text[at..]);
            if (++tokens > limits.MaxTokens)
                return Refusals.Limit("TOO_MANY_TOKENS", "tokens", limits.MaxTokens, "Split it, and move values into variables.");
            if (IsWord(c) && length > limits.MaxTokenLength)
                return Refusals.Limit("TOKEN_TOO_LONG", "characters in a name or number", limits.MaxTokenLength,
                    "Shorten it, or send the value as a string in a variable.");
            if (c is '{' or '[' or '(' && ++nesting > limits.MaxNesting)
                return Refusals.Limit("NESTED_TOO_DEEP", "levels of nesting", limits.MaxNesting,
                    "Ask for fewer levels, and move nested values into variables.");
            if (c is '}' or ']' or ')')
                nesting--;
            at += length;
        }

        return null;
    }

    private static bool IsIgnored(char c) => c is ' ' or '\t' or '\r' or '\n' or ',' or '\uFEFF';

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '+' or '.';

    private static int TokenLength(ReadOnlySpan<char> rest) => rest[0] switch
    {
        '#' => LengthUntil(rest, rest.IndexOfAny('\n', '\r')),
        '"' when rest.StartsWith("\"\"\"") => BlockStringLength(rest),
        '"' => StringLength(rest),
        '.' when rest.StartsWith("...") => 3,
        var c when IsWord(c) => WordLength(rest),
        _ => 1,
    };

    private static int LengthUntil(ReadOnlySpan<char> rest, int end) => end < 0 ? rest.Length : end;

    private static int WordLength(ReadOnlySpan<char> rest)
    {
        var length = 1;
        while (length < rest.Length && IsWord(rest[length]) && !rest[length..].StartsWith("..."))
            length++;
        return length;
    }

    private static int StringLength(ReadOnlySpan<char> rest)
    {
        // A line break ends an unterminated string, as in the grammar, so that what follows is still counted.
        for (var at = 1; at < rest.Length; at++)
            if (rest[at] == '\\')
                at++;
            else if (rest[at] is '"' or '\n' or '\r')
                return at + 1;
        return rest.Length;
    }

    private static int BlockStringLength(ReadOnlySpan<char> rest)
    {
        for (var at = 3; at < rest.Length;)
        {
            var quotes = rest[at..].IndexOf("\"\"\"");
            if (quotes < 0)
                return rest.Length;
            at += quotes + 3;
            if (rest[at - 4] != '\\')
                return at;
        }

        return rest.Length;
    }
}
