namespace NhiGrains.Cel.Syntax;

/// <summary>
/// Reads an expression by recursive descent (Language Definition, <i>Syntax</i>). Recursion is bounded by
/// <see cref="CelLimits.MaxDepth"/>, whatever the input.
/// </summary>
internal sealed class Parser
{
    private readonly Lexer _lexer;
    private readonly CelLimits _limits;
    private readonly NodeFactory _nodes;
    private readonly PrimaryParser _primaries;
    private int _depth;

    private Parser(Source source, CelLimits limits)
    {
        _lexer = new Lexer(source);
        _limits = limits;
        _nodes = new NodeFactory(limits);
        _primaries = new PrimaryParser(this, _nodes);
        Current = _lexer.Next();
    }

    public Token Current { get; private set; }

    /// <exception cref="SyntaxFailure">The text is no expression, or is above a limit.</exception>
    public static Expr Parse(Source source, CelLimits limits)
    {
        var parser = new Parser(source, limits);
        var expression = parser.Expression();
        return parser.Current.Kind == TokenKind.End ? expression : throw parser.Unexpected("the end of the expression");
    }

    public Token Take()
    {
        var taken = Current;
        Current = _lexer.Next();
        return taken;
    }

    public bool Accept(string punctuation)
    {
        if (!Current.Is(punctuation))
            return false;
        Take();
        return true;
    }

    public Token Expect(string punctuation) => Current.Is(punctuation) ? Take() : throw Unexpected($"'{punctuation}'");

    public SyntaxFailure Unexpected(string expected) =>
        new(CelIssueKind.Syntax, Current.Position, $"Expected {expected}, found {Current}.");

    public Expr Expression()
    {
        if (++_depth > _limits.MaxDepth)
            throw _nodes.TooDeep(Current.Position);
        var condition = Binary(1);
        if (Current.Is("?"))
        {
            var mark = Take();
            var whenTrue = Binary(1);
            Expect(":");
            condition = _nodes.Call(mark.Position, Operators.Conditional, condition, whenTrue, Expression());
        }

        _depth--;
        return condition;
    }

    private Expr Binary(int precedence)
    {
        if (precedence > 5)
            return Unary();
        if (precedence <= 2)
            return Logical(precedence);
        var left = Binary(precedence + 1);
        while (Operators.Precedence(Current) == precedence)
        {
            var symbol = Take();
            left = _nodes.Call(symbol.Position, Operators.Function(symbol.Text), left, Binary(precedence + 1));
        }

        return left;
    }

    /// <summary>A chain of one logical operator becomes a balanced tree: it is associative, and a long chain stays shallow.</summary>
    private Expr Logical(int precedence)
    {
        var first = Binary(precedence + 1);
        if (Operators.Precedence(Current) != precedence)
            return first;
        List<Expr> terms = [first];
        List<Token> symbols = [];
        while (Operators.Precedence(Current) == precedence)
        {
            symbols.Add(Take());
            terms.Add(Binary(precedence + 1));
        }

        return Balanced(terms, symbols, 0, symbols.Count - 1);
    }

    private Expr Balanced(List<Expr> terms, List<Token> symbols, int from, int to)
    {
        var middle = (from + to + 1) / 2;
        var left = middle == from ? terms[middle] : Balanced(terms, symbols, from, middle - 1);
        var right = middle == to ? terms[middle + 1] : Balanced(terms, symbols, middle + 1, to);
        return _nodes.Call(symbols[middle].Position, Operators.Function(symbols[middle].Text), left, right);
    }

    private Expr Unary()
    {
        if (!Current.Is("-") && !Current.Is("!"))
            return _primaries.Member(negative: null);
        var symbol = Current.Text;
        List<Token> signs = [];
        while (Current.Is(symbol))
        {
            signs.Add(Take());
            if (signs.Count > _limits.MaxDepth)
                throw _nodes.TooDeep(Current.Position);
        }

        // The last minus before a number belongs to the number: -9223372036854775808 is in range.
        var isNumber = symbol == "-" && Current.Kind is TokenKind.Int or TokenKind.Double;
        var operand = _primaries.Member(isNumber ? signs[^1] : null);
        for (var i = signs.Count - (isNumber ? 2 : 1); i >= 0; i--)
            operand = _nodes.Call(signs[i].Position, symbol == "-" ? Operators.Negate : Operators.Not, operand);
        return operand;
    }
}
