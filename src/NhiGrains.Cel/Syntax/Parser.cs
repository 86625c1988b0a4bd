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
        var condition = Binary(Operators.LoosestPrecedence);
        if (Current.Is("?"))
        {
            var mark = Take();
            var whenTrue = Binary(Operators.LoosestPrecedence);
            Expect(":");
            condition = _nodes.Call(mark.Position, Operators.Conditional, condition, whenTrue, Expression());
        }

        _depth--;
        return condition;
    }

    /// <summary>Operands joined by operators that bind at least as tightly as the precedence says: one frame, however many there are.</summary>
    private Expr Binary(int loosest)
    {
        var left = Unary();
        while (Operators.Precedence(Current) is var precedence && precedence >= loosest)
            left = precedence <= Operators.LogicalPrecedence ? Logical(left, precedence) : Call(left, Take(), precedence);
        return left;
    }

    private Expr Call(Expr left, Token symbol, int precedence) =>
        _nodes.Call(symbol.Position, Operators.Function(symbol.Text), left, Binary(precedence + 1));

    /// <summary>A chain of one logical operator becomes a balanced tree: it is associative, and a long chain stays shallow.</summary>
    private Expr Logical(Expr first, int precedence)
    {
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

    /// <summary>Signs cancel in pairs, as in the reference implementation, so that a long row of them stays shallow.</summary>
    private Expr Unary()
    {
        if (!Current.Is("-") && !Current.Is("!"))
            return _primaries.Member(negative: null);
        var first = Current;
        var count = 0;
        for (; Current.Is(first.Text); count++)
            Take();

        // A single minus before a number belongs to the number: -9223372036854775808 is in range.
        if (count == 1 && first.Is("-") && Current.Kind is TokenKind.Int or TokenKind.Double)
            return _primaries.Member(first);
        var operand = _primaries.Member(negative: null);
        var function = first.Is("-") ? Operators.Negate : Operators.Not;
        return count % 2 == 0 ? operand : _nodes.Call(first.Position, function, operand);
    }
}
