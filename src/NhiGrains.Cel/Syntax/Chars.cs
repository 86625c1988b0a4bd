namespace NhiGrains.Cel.Syntax;

/// <summary>Classes of characters of the lexis: ASCII only, as the specification has it.</summary>
internal static class Chars
{
    public static bool IsDigit(int c) => c is >= '0' and <= '9';

    public static bool IsIdentifierStart(int c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';

    public static bool IsIdentifierPart(int c) => IsIdentifierStart(c) || IsDigit(c);

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexValue(int c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => -1,
    };
}
