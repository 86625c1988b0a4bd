using System.Collections.Frozen;

namespace NhiGrains.Cel.Syntax;

/// <summary>Identifiers that the specification keeps back.</summary>
internal static class Words
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        [
            "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
            "return", "var", "void", "while",
        ],
        StringComparer.Ordinal);

    public static bool IsReserved(string name) => Reserved.Contains(name);

    /// <summary>Whether an expression can say this name; only the first of its parts must not be reserved.</summary>
    public static bool IsQualifiedName(string name)
    {
        var parts = name.Split('.');
        return parts.All(IsIdentifier) && !IsReserved(parts[0]);
    }

    private static bool IsIdentifier(string part) =>
        part.Length > 0 && Chars.IsIdentifierStart(part[0]) && part.All(c => Chars.IsIdentifierPart(c))
        && part is not ("true" or "false" or "null" or "in");
}
