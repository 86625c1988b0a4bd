using System.Globalization;

namespace NhiGrains.Cel.Syntax;

/// <summary>The values of numeric literals, which have to be in range.</summary>
internal static class Numbers
{
    public static CelValue Parse(Token token, bool negative) => token.Kind switch
    {
        TokenKind.Double => Double(token, negative),
        TokenKind.Uint => CelValue.Of(Magnitude(token)),
        _ => Int(token, negative),
    };

    private static CelValue Int(Token token, bool negative)
    {
        var magnitude = Magnitude(token);
        if (magnitude > (ulong)long.MaxValue + (negative ? 1UL : 0UL))
            throw OutOfRange(token, "int");
        return CelValue.Of(unchecked(negative ? -(long)magnitude : (long)magnitude));
    }

    private static CelValue Double(Token token, bool negative)
    {
        var value = double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? CelValue.Of(negative ? -value : value) : throw OutOfRange(token, "double");
    }

    private static ulong Magnitude(Token token)
    {
        var isHex = token.Text.StartsWith("0x", StringComparison.Ordinal);
        var read = isHex
            ? ulong.TryParse(token.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            : ulong.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return read ? value : throw OutOfRange(token, token.Kind == TokenKind.Uint ? "uint" : "int");
    }

    private static SyntaxFailure OutOfRange(Token token, string type) =>
        new(CelIssueKind.InvalidLiteral, token.Position, $"The number is out of the range of {type}.");
}
