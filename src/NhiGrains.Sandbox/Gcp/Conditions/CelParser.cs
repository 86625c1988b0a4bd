namespace NhiGrains.Sandbox.Gcp.Conditions;

/// <summary>
/// Reads the part of CEL that IAM conditions for time and resources use: <c>request.time</c>, <c>resource.name</c>, <c>.type</c> and
/// <c>.service</c>, <c>timestamp("…")</c>, <c>api.getAttribute</c> of the prefix of a list of objects, <c>startsWith</c>, <c>endsWith</c>, comparisons, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>
/// and parentheses. Types are checked while reading, as Google does when a policy is set.
/// </summary>
internal sealed class CelParser
{
    /// <summary>As many <c>&amp;&amp;</c>, <c>||</c> and <c>!</c> as Google allows in one condition.</summary>
    internal const int MostLogicalOperators = 12;

    private const int Deepest = 64;

    private readonly List<CelToken> _tokens;
    private int _next;
    private int _operators;
    private int _depth;

    private CelParser(string expression) => _tokens = CelTokens.Read(expression);

    private CelToken Now => _tokens[_next];

    /// <exception cref="CelException">With the position of what is wrong or not known here.</exception>
    public static CelNode Parse(string expression)
    {
        var parser = new CelParser(expression);
        var root = parser.Or();
        if (parser.Now.Kind != CelTokenKind.End)
            throw new CelException(parser.Now.Position, $"'{parser.Now.Value}' is not expected");
        Need(root, CelType.Truth, 0);
        return root;
    }

    private CelNode Or()
    {
        if (++_depth > Deepest)
            throw new CelException(Now.Position, "the expression is too deep");
        var left = And();
        while (Now.Is("||"))
            left = Logical(left, And, CelLogic.Or);
        _depth--;
        return left;
    }

    private CelNode And()
    {
        var left = Comparison();
        while (Now.Is("&&"))
            left = Logical(left, Comparison, CelLogic.And);
        return left;
    }

    private CelNode Logical(CelNode left, Func<CelNode> next, Func<object?, object?, object?> combine)
    {
        var at = Take().Position;
        CountOperator(at);
        Need(left, CelType.Truth, at);
        var right = next();
        Need(right, CelType.Truth, at);
        return new(CelType.Truth, context => combine(left.Evaluate(context), right.Evaluate(context)));
    }

    private CelNode Comparison()
    {
        var left = Unary();
        if (Now is not { Kind: CelTokenKind.Symbol, Value: "==" or "!=" or "<" or "<=" or ">" or ">=" } sign)
            return left;
        Take();
        var right = Unary();
        if (left.Type != right.Type)
            throw new CelException(sign.Position, $"found no matching overload for '{sign.Value}' of {left.Type} and {right.Type}");
        return new(CelType.Truth, context => CelLogic.Compare(sign.Value, left.Evaluate(context), right.Evaluate(context)));
    }

    private CelNode Unary()
    {
        if (!Now.Is("!"))
            return Primary();
        var at = Take().Position;
        CountOperator(at);
        if (++_depth > Deepest)
            throw new CelException(at, "the expression is too deep");
        var inner = Unary();
        _depth--;
        Need(inner, CelType.Truth, at);
        return new(CelType.Truth, context => inner.Evaluate(context) is bool truth ? !truth : null);
    }

    private CelNode Primary()
    {
        var token = Take();
        CelNode node;
        if (token.Is("("))
        {
            node = Or();
            Expect(")");
        }
        else if (token.Kind == CelTokenKind.Text)
        {
            node = new(CelType.Text, _ => token.Value);
        }
        else
        {
            node = token.Kind == CelTokenKind.Name ? Named(token) : throw new CelException(token.Position, "a value is expected");
        }

        return Now.Is(".") ? Method(node) : node;
    }

    private CelNode Named(CelToken token)
    {
        switch (token.Value)
        {
            case "true":
                return new(CelType.Truth, _ => true);
            case "false":
                return new(CelType.Truth, _ => false);
            case "timestamp":
                Expect("(");
                var text = Take();
                if (text.Kind != CelTokenKind.Text)
                    throw new CelException(text.Position, "timestamp takes a text");
                Expect(")");
                var time = CelLogic.ReadTime(text.Value);
                return new(CelType.Time, _ => time);
            default:
                Expect(".");
                var member = Take();
                return (token.Value, member.Value) switch
                {
                    ("request", "time") => new(CelType.Time, context => context.Time),
                    ("resource", "name") => new(CelType.Text, context => context.ResourceName),
                    ("resource", "type") => new(CelType.Text, context => context.ResourceType),
                    ("resource", "service") => new(CelType.Text, context => context.ResourceService),
                    ("api", "getAttribute") => Attribute(),
                    _ => throw new CelException(token.Position, $"'{token.Value}.{member.Value}' is not known here"),
                };
        }
    }

    /// <summary>What a service tells of a call, or the default where it tells nothing.</summary>
    private CelNode Attribute()
    {
        Expect("(");
        var name = Take();
        Expect(",");
        var otherwise = Take();
        Expect(")");
        if (otherwise.Kind != CelTokenKind.Text || name is not { Kind: CelTokenKind.Text, Value: "storage.googleapis.com/objectListPrefix" })
            throw new CelException(name.Position, $"the attribute '{name.Value}' is not known here");
        return new(CelType.Text, context => context.ObjectListPrefix ?? otherwise.Value);
    }

    private CelNode Method(CelNode on)
    {
        Take();
        var name = Take();
        Expect("(");
        var argument = Or();
        Expect(")");
        if (on.Type != CelType.Text || argument.Type != CelType.Text)
            throw new CelException(name.Position, $"found no matching overload for '{name.Value}'");
        Func<string, string, bool> holds = name.Value switch
        {
            "startsWith" => (text, part) => text.StartsWith(part, StringComparison.Ordinal),
            "endsWith" => (text, part) => text.EndsWith(part, StringComparison.Ordinal),
            _ => throw new CelException(name.Position, $"the function '{name.Value}' is not known here"),
        };
        return new(
            CelType.Truth, context => on.Evaluate(context) is string text && argument.Evaluate(context) is string part ? holds(text, part) : null);
    }

    private CelToken Take() =>
        Now.Kind == CelTokenKind.End ? throw new CelException(Now.Position, "the expression ends too early") : _tokens[_next++];

    private void Expect(string symbol)
    {
        if (Now is var token && !Now.Is(symbol))
            throw new CelException(token.Position, $"'{symbol}' is expected");
        _next++;
    }

    private void CountOperator(int at)
    {
        if (++_operators > MostLogicalOperators)
            throw new CelException(at, $"there are more than {MostLogicalOperators} logical operators");
    }

    private static void Need(CelNode node, CelType type, int at)
    {
        if (node.Type != type)
            throw new CelException(at, $"a {type} is expected, and this is a {node.Type}");
    }
}
