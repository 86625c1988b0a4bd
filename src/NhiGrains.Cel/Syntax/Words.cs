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
}
