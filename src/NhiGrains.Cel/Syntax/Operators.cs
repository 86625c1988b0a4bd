namespace NhiGrains.Cel.Syntax;

/// <summary>Operators as functions (Language Definition, <i>Evaluation</i>) and how tightly they bind.</summary>
internal static class Operators
{
    public const string And = "_&&_";
    public const string Or = "_||_";
    public const string Not = "!_";
    public const string Negate = "-_";
    public const string Conditional = "_?_:_";
    public const string Index = "_[_]";
    public const string In = "@in";
    public const string Equal = "_==_";
    public const string NotEqual = "_!=_";

    public const int LoosestPrecedence = 1;

    /// <summary>The tighter one of the two logical operators.</summary>
    public const int LogicalPrecedence = 2;

    /// <summary>Precedence from loose to tight; 0 if the token is no binary operator.</summary>
    public static int Precedence(Token token) => token.Kind != TokenKind.Punctuation ? 0 : token.Text switch
    {
        "||" => 1,
        "&&" => 2,
        "<" or "<=" or ">=" or ">" or "==" or "!=" or "in" => 3,
        "+" or "-" => 4,
        "*" or "/" or "%" => 5,
        _ => 0,
    };

    public static string Function(string symbol) => symbol == "in" ? In : $"_{symbol}_";

    /// <summary>The symbol of a binary operator's function, or null.</summary>
    public static string? Symbol(string function) => function switch
    {
        In => "in",
        Index or Conditional => null,
        ['_', .. var symbol, '_'] when !char.IsLetter(symbol[0]) => symbol,
        _ => null,
    };
}
