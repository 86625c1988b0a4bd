using System.Text;

namespace NhiGrains.Sandbox.Aws.Policies;

/// <summary>
/// A pattern with <c>*</c> (any number of characters) and <c>?</c> (one), after its policy variables were put in. What a variable
/// stands for is plain text, whatever is in it.
/// </summary>
internal readonly struct Glob
{
    // Wildcards stand in the text as characters of the private use area, which names and ARNs do not have.
    private const char Many = '\uE000';
    private const char One = '\uE001';

    private readonly string _text;

    private Glob(string text) => _text = text;

    /// <param name="text">Of the policy.</param>
    /// <param name="variables">Null: variables are plain text.</param>
    /// <returns>Null when a variable has no value: nothing is equal to that, or like it.</returns>
    public static Glob? From(string text, Func<string, string?>? variables)
    {
        // Most have nothing in them that stands for something else.
        if (!text.AsSpan().ContainsAny('*', '?', '$'))
            return new Glob(text);
        var built = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (variables is not null && PolicyVariable.At(text, at) is { } variable)
            {
                if (variable.Resolve(variables) is not { } value)
                    return null;
                built.Append(value);
                at += variable.Length - 1;
                continue;
            }

            built.Append(text[at] switch { '*' => Many, '?' => One, var letter => letter });
        }

        return new(built.ToString());
    }

    /// <summary>The text with wildcards as ordinary characters, for operators that know none.</summary>
    public string Plain => _text.Replace(Many, '*').Replace(One, '?');

    public bool Matches(string value, bool ignoreCase = false) => Matches(_text, value, ignoreCase);

    /// <summary>
    /// The same for ARNs: a wildcard stays in its part (partition, service, region, account), unless it is the last character of
    /// it; from the fifth colon on it is anything. A pattern with fewer parts is filled up with <c>*</c>.
    /// </summary>
    public bool MatchesArn(string arn)
    {
        if (_text is [Many])
            return true;
        var pattern = _text.Split(':', 6);
        var parts = arn.Split(':', 6);
        if (parts.Length < 6)
            return false;
        return MatchesParts(pattern, 0, parts, 0);
    }

    private static bool MatchesParts(string[] pattern, int at, string[] parts, int part)
    {
        if (at == pattern.Length)
            return part == parts.Length || (pattern.Length < 6 && at > 0);
        if (part == parts.Length)
            return false;
        // The last part takes the rest, colons and all.
        if (at == pattern.Length - 1 && (pattern.Length == 6 || pattern[at].EndsWith(Many)))
            return Matches(pattern[at], string.Join(':', parts[part..]), ignoreCase: false);
        if (Matches(pattern[at], parts[part], ignoreCase: false) && MatchesParts(pattern, at + 1, parts, part + 1))
            return true;
        if (!pattern[at].EndsWith(Many))
            return false;
        for (var more = part + 2; more <= parts.Length; more++)
        {
            if (Matches(pattern[at], string.Join(':', parts[part..more]), ignoreCase: false) && MatchesParts(pattern, at + 1, parts, more))
                return true;
        }

        return false;
    }

    private static bool Matches(string pattern, string value, bool ignoreCase)
    {
        // The usual walk with one way back: to the last 'many', which takes one more each time.
        int at = 0, read = 0, many = -1, resume = 0;
        while (read < value.Length)
        {
            if (at < pattern.Length && pattern[at] == Many)
            {
                many = at++;
                resume = read;
            }
            else if (at < pattern.Length && (pattern[at] == One || Same(pattern[at], value[read], ignoreCase)))
            {
                at++;
                read++;
            }
            else if (many >= 0)
            {
                at = many + 1;
                read = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(at).TrimStart(Many).IsEmpty;
    }

    private static bool Same(char one, char other, bool ignoreCase) =>
        one == other || (ignoreCase && char.ToLowerInvariant(one) == char.ToLowerInvariant(other));
}
