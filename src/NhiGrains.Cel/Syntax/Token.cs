namespace NhiGrains.Cel.Syntax;

internal enum TokenKind
{
    End,
    Identifier,

    /// <summary>A selector in backticks, which can have characters that no identifier has.</summary>
    QuotedIdentifier,
    Literal,

    /// <summary>A number whose sign may still come from a minus before it; <see cref="Token.Text"/> has its digits.</summary>
    Int,
    Uint,
    Double,
    Punctuation,
}

/// <summary>A lexical element: what it is, where it begins (in code points), its text, and its value if it is a literal.</summary>
internal sealed record Token(TokenKind Kind, int Position, string Text, CelValue Value = default)
{
    public bool Is(string punctuation) => Kind == TokenKind.Punctuation && Text == punctuation;

    public bool IsWord(string word) => Kind == TokenKind.Identifier && Text == word;

    public override string ToString() => Kind == TokenKind.End ? "the end of the expression" : $"'{Text}'";
}
